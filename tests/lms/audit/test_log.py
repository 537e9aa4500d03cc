"""The log of who did what to whose: what comes into it, and who may read it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms import clock
from lms.accounts import tokens
from lms.accounts.models import Person
from lms.audit.models import AuditEntry
from lms.audit.services import record
from lms.db import db


@pytest.fixture
def me(make):
    return make.person("Bea Beheer", roles=("admin",))


@pytest.fixture
def admin(me, sign_in):
    return sign_in(me)


def log():
    db.session.rollback()
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
    return [(e.action, e.actor_id, e.person_id, e.details) for e in entries]


def test_roles_and_accounts(admin, me, make):
    noor = make.person("Noor")
    page = f"/beheer/mensen/{noor.id}"
    admin.post(f"{page}/rollen", data={"roles": ["admin"]})
    admin.post(f"{page}/rollen", data={"roles": ["admin"]})  # the same once more is nothing
    admin.post(f"{page}/rollen", data={"roles": []})
    admin.post(f"{page}/sluiten")
    admin.post(f"{page}/sluiten")
    admin.post(f"{page}/openen")
    role = {"role": "admin", "library_id": None}
    assert log() == [
        ("core.role_given", me.id, noor.id, role),
        ("core.role_taken", me.id, noor.id, role),
        ("core.account_closed", me.id, noor.id, {}),
        ("core.account_opened", me.id, noor.id, {}),
    ]


def test_people_of_a_run_and_its_days(admin, me, make):
    run = make.run(participants=0)
    path = f"/beheer/uitvoeringen/{run.id}"
    admin.post(f"{path}/deelnemers", data={"deelnemers-people": "Noor; noor@test.example; Bibliotheek Waterdorp"})
    noor = db.session.scalar(select(Person).where(Person.email == "noor@test.example"))
    assert log() == [
        ("core.account_made", me.id, noor.id, {}),
        ("core.enrolled", me.id, noor.id, {"run_id": run.id, "role": "participant"}),
    ]
    enrolment = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "core.enrolled")).one().subject_id
    admin.post(f"{path}/mensen/{enrolment}/verwijderen", data={})
    assert log()[-1] == ("core.left", me.id, noor.id, {"run_id": run.id, "role": "participant"})
    admin.post(f"{path}/deelnemers", data={"deelnemers-people": "noor@test.example"})
    assert [entry[0] for entry in log()][-1] == "core.enrolled"
    day = run.days[1]
    old = clock.local(day.starts_at).date()
    new = old + timedelta(days=1)
    form = {"date": new.isoformat(), "start": "09:30", "end": "16:30", "place": "Zaal 1"}
    assert admin.post(f"{path}/lesdagen/2", data=form).status_code == 302
    moved = {"run_id": run.id, "number": 2, "old": old.isoformat(), "new": new.isoformat()}
    assert log()[-1] == ("core.day_changed", me.id, None, moved)
    page = admin.get("/beheer/logboek").text
    assert f"Lesdag gewijzigd: {run.name}, Lesdag 2, van {old.day} " in page
    assert f"{old.day} " in page
    assert "Noor" in page


def test_what_is_refused_leaves_no_trace(admin, make):
    run = make.run()
    admin.post(f"/beheer/uitvoeringen/{run.id}/deelnemers", data={"deelnemers-people": "Noor; geen adres; B"})
    assert log() == []


def test_the_command_line_is_nobody(lms_command, make):
    done = lms_command("user", "add", "noor@test.example", "Noor", "--role", "admin")
    assert done.exit_code == 0, done.output
    assert [(action, actor) for action, actor, _person, _details in log()] == [
        ("core.account_made", None),
        ("core.role_given", None),
    ]
    entry = db.session.scalars(select(AuditEntry)).first()
    assert entry.via == "command"


def test_the_log_reads_and_is_searched(admin, me, make):
    noor, gone = make.person("Noor de Wit"), make.person("Weg Was")
    noor.email = "noor@test.example"
    record("core.role_given", subject=noor, person=noor, actor=me, role="admin", library_id=None)
    record("core.account_closed", subject=gone, person=gone, actor=noor)
    record("buurt.zaaide", subject=gone, person=gone, actor=gone)
    db.session.flush()
    number = gone.id
    db.session.delete(gone)
    db.session.commit()
    page = admin.get("/beheer/logboek").text
    assert "Rol gegeven: Beheerder" in page
    assert f"iemand die is vertrokken (nummer {number})" in page
    assert "buurt.zaaide" in page
    assert "iemand die is vertrokken</td>" in page

    def hits(text):
        return admin.get("/beheer/logboek", query_string={"q": text}).text.count('<tr role="row"><th scope="row"')

    assert hits("noor@test.example") == hits("de wit") == hits("NOOR") == 2
    assert hits("") == 3
    assert hits("%") == hits("noor@test") == hits("\x00x") == 0
    assert "Niets gevonden." in admin.get("/beheer/logboek?q=niemand").text
    assert admin.get("/beheer/logboek?page=99").status_code == 200
    assert admin.get("/beheer/logboek?page=x").status_code == 200


def test_an_empty_log_says_so(admin):
    assert "Er staat nog niets in het logboek." in admin.get("/beheer/logboek").text


def test_only_administrators_read_it(client, make, sign_in):
    run = make.run()
    assert "/login" in client.get("/beheer/logboek").location
    for role in ("participant", "trainer"):
        assert sign_in(make.people(run, role)[0]).get("/beheer/logboek").status_code == 403


def test_it_has_pages_and_asks_the_same_number_of_questions(admin, me, make, queries):
    people = [make.person() for _ in range(60)]
    counts = []
    admin.get("/beheer/logboek")  # what is asked once for each process
    for start, end in ((0, 3), (3, 60)):
        for person in people[start:end]:
            record("core.role_given", subject=person, person=person, actor=me, role="admin", library_id=None)
        db.session.commit()
        with queries() as seen:
            page = admin.get("/beheer/logboek").text
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 12
    assert "60 regels" in page
    assert page.count('<tr role="row"><th scope="row"') == 50
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 60


def test_a_password_that_somebody_chose(app, make, sign_in):
    """By a link or on the own page: who it was, and never the password."""
    noor = make.person("Noor")
    link = f"/uitnodiging/{tokens.make(tokens.INVITATION, noor)}"
    db.session.commit()
    client = app.test_client()
    chosen = {"new": "drie losse woorden", "again": "drie losse woorden"}
    assert client.post(link, data=chosen).status_code == 302
    assert client.post(link, data=chosen).status_code == 410
    later = {"current": "drie losse woorden", "new": "vier andere losse woorden", "again": "vier andere losse woorden"}
    assert client.post("/account", data={**later, "current": "fout"}).status_code == 422
    assert client.post("/account", data=later).status_code == 302
    assert log() == [("core.password_set", noor.id, noor.id, {})] * 2
