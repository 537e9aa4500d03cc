"""Work that was given up is seen by administrators, who can have it tried again."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.clock import now
from lms.db import db
from lms.jobs.models import Job
from lms.jobs.services import MAX_ATTEMPTS, run_due
from lms.notifications.services import send


@pytest.fixture
def admin(make, sign_in):
    return sign_in(make.person(roles=("admin",)))


def fail(count=1, **fields):
    given = {"kind": "core.mail", "state": "failed", "attempts": MAX_ATTEMPTS, "payload": {"message_id": "<x>"}}
    jobs = [Job(**given | {"error": f"SMTPDataError: (550, {n})"} | fields) for n in range(count)]
    db.session.add_all(jobs)
    db.session.commit()
    return [job.id for job in jobs]


def states():
    db.session.rollback()
    return db.session.scalars(select(Job.state).order_by(Job.id)).all()


def test_all_is_well(admin):
    assert "taak van de site" not in admin.get("/beheer/").text
    page = admin.get("/beheer/taken").text
    assert "Er is niets mislukt." in page and "worker" not in page


def test_what_failed_is_seen_and_tried_again(app, admin, make):
    send(make.person(), "receipt", "Ontvangen", "Tekst.")
    job = db.session.scalar(select(Job))
    job.state, job.attempts, job.error = "failed", MAX_ATTEMPTS, "SMTPDataError: (550, b'<b>nobody</b>')"
    db.session.commit()
    number = job.id
    assert "1 taak van de site mislukte" in admin.get("/beheer/").text
    page = admin.get("/beheer/taken").text
    assert "Een mail versturen" in page and f"{MAX_ATTEMPTS} keer geprobeerd" in page and "&lt;b&gt;nobody" in page
    assert admin.post(f"/beheer/taken/{number}/opnieuw").location == "/beheer/taken"
    assert states() == ["waiting"]
    assert admin.post(f"/beheer/taken/{number}/opnieuw").status_code == 302, "pressed twice"
    db.session.rollback()
    assert run_due() == 1
    assert states() == ["done"]
    assert "Er is niets mislukt." in admin.get("/beheer/taken").text
    admin.post(f"/beheer/taken/{number}/opnieuw")
    admin.post(f"/beheer/taken/{number}/verwijderen")
    assert states() == ["done"], "what is done stays done"


def test_all_at_once_and_a_list_of_any_length(admin, queries):
    numbers = fail(45)
    with queries() as seen:
        page = admin.get("/beheer/taken").text
    assert len(seen) <= 7
    assert "(550, 44)" in page and "(550, 24)" not in page
    assert "(550, 24)" in admin.get("/beheer/taken?page=2").text
    for odd in ("0", "-1", "99", "x"):
        assert admin.get(f"/beheer/taken?page={odd}").status_code == 200
    admin.post("/beheer/taken/opnieuw")
    assert states() == ["waiting"] * len(numbers)
    assert "45 taken gaan opnieuw." in admin.get("/beheer/taken").text


def test_one_can_be_left_undone(admin):
    first, second = fail(2)
    admin.post(f"/beheer/taken/{first}/verwijderen")
    assert db.session.scalars(select(Job.id)).all() == [second]
    assert admin.post(f"/beheer/taken/{first}/verwijderen").status_code == 404
    assert admin.post(f"/beheer/taken/{first}/opnieuw").status_code == 404


def test_work_that_waits_too_long_means_that_no_worker_runs(admin):
    fail(state="waiting", attempts=0, due_at=now() - timedelta(minutes=3))
    assert "worker" not in admin.get("/beheer/taken").text
    fail(state="waiting", attempts=0, due_at=now() - timedelta(minutes=20))
    assert "Waarschijnlijk draait de worker niet." in admin.get("/beheer/taken").text
    assert "Er wacht werk van de site" in admin.get("/beheer/").text


def test_work_of_a_plugin_that_is_off_alarms_nobody(admin):
    fail(kind="buren.mail", state="waiting", due_at=now() - timedelta(days=2))
    assert "worker" not in admin.get("/beheer/taken").text


def test_a_kind_without_a_label_is_called_by_its_name(admin):
    fail(kind="buren.mail")
    assert "<b>buren.mail</b>" in admin.get("/beheer/taken").text


def test_for_administrators_only(app, client, make, sign_in):
    [number] = fail()
    member = sign_in(make.person())
    assert client.get("/beheer/taken").location.startswith("/login")
    assert member.get("/beheer/taken").status_code == 403
    for path in ("/beheer/taken/opnieuw", f"/beheer/taken/{number}/opnieuw", f"/beheer/taken/{number}/verwijderen"):
        assert client.post(path).status_code == 401
        assert member.post(path).status_code == 403
    assert states() == ["failed"]
