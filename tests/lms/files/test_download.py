"""Who gets a file, and how: always as a download."""

import io

import pytest
from werkzeug.datastructures import FileStorage

from lms import clock
from lms.assignments.models import Submission, Version
from lms.courses.models import Activity
from lms.db import db
from lms.files import services, store
from lms.runs.models import TRAINER, Enrolment

from .conftest import PDF


@pytest.fixture
def run(make):
    return make.run(participants=2)


@pytest.fixture
def owner(make, run):
    return make.people(run)[0]


@pytest.fixture
def add(app, owner):
    """``add(name, data)``: a file of the owner, in no version yet."""

    def add(name="verslag.pdf", data=PDF):
        with app.test_request_context():
            stored = services.add(owner, services.receive(FileStorage(io.BytesIO(data), name)))
        db.session.commit()
        return stored

    return add


def hand_in(run, owner, stored):
    enrolment = db.session.query(Enrolment).filter_by(run_id=run.id, person_id=owner.id).one()
    activity = db.session.query(Activity).filter_by(course_id=run.course_id, slug="opdracht").one()
    submission = Submission(enrolment_id=enrolment.id, activity_id=activity.id)
    db.session.add(Version(submission=submission, number=1, files=[stored]))
    db.session.commit()


def url(stored, name="x"):
    return f"/bestanden/{stored.id}/{name}"


def test_the_owner_gets_it_as_a_download(owner, add, sign_in):
    answer = sign_in(owner).get(url(add(), "verslag.pdf"))
    assert answer.status_code == 200
    assert answer.data == PDF
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == "attachment; filename=verslag.pdf"
    assert answer.headers["Content-Length"] == str(len(PDF))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_names_of_every_kind(owner, add, sign_in):
    browser = sign_in(owner)
    cases = {
        'Café 🐝; "x".pdf': "filename*=UTF-8''Caf%C3%A9%20%F0%9F%90%9D%3B%20%22x%22.pdf",
        "kaart van noord.pdf": 'filename="kaart van noord.pdf"',
        "地图.pdf": "filename*=UTF-8''%E5%9C%B0%E5%9B%BE.pdf",
    }
    for name, header in cases.items():
        answer = browser.get(url(add(name)))
        assert header in answer.headers["Content-Disposition"]
        assert answer.headers["Content-Disposition"].startswith("attachment;")


def test_the_name_in_the_address_decides_nothing(owner, add, sign_in):
    answer = sign_in(owner).get(url(add(), "kwaad.html"))
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")


def test_a_large_file_comes_whole(owner, add, sign_in):
    data = b"%PDF-1.7" + bytes(range(256)) * 12_000
    answer = sign_in(owner).get(url(add(data=data)))
    assert answer.data == data


def test_a_trainer_gets_what_was_handed_in_and_nothing_before(make, run, owner, add, sign_in):
    stored = add()
    trainer = sign_in(make.people(run, TRAINER)[0])
    assert trainer.get(url(stored)).status_code == 404
    hand_in(run, owner, stored)
    assert trainer.get(url(stored)).status_code == 200


def test_others_get_nothing(make, run, owner, add, sign_in):
    stored = add()
    hand_in(run, owner, stored)
    other_run = make.run()
    make.enrol(other_run, owner)  # the owner is there too, but the work is not
    for person in (
        make.people(run)[1],
        make.people(other_run, TRAINER)[0],
        make.person(roles=("admin",)),
        make.person(),
    ):
        answer = sign_in(person).get(url(stored))
        assert answer.status_code == 404
        assert answer.data.find(PDF) < 0


def test_a_trainer_who_left_gets_nothing(make, run, owner, add, sign_in):
    stored = add()
    hand_in(run, owner, stored)
    trainer = make.people(run, TRAINER)[0]
    db.session.query(Enrolment).filter_by(person_id=trainer.id).one().left_at = clock.now()
    assert sign_in(trainer).get(url(stored)).status_code == 404


def test_anonymous_and_unknown(client, owner, add, sign_in):
    answer = client.get(url(add()))
    assert answer.status_code == 302 and "/login" in answer.location
    assert sign_in(owner).get("/bestanden/999/x.pdf").status_code == 404
    assert sign_in(owner).get("/bestanden/1").status_code == 404


def test_few_queries(make, run, owner, add, sign_in, queries):
    stored = add()
    hand_in(run, owner, stored)
    address, browser = url(stored), sign_in(make.people(run, TRAINER)[0])
    with queries() as seen:
        assert browser.get(address).status_code == 200
    assert len(seen) <= 4


def test_forgetting_waits_for_the_worker(owner, add, worker):
    stored = add()
    key = stored.key
    services.forget(stored)
    assert b"".join(store.read(key)) == PDF, "the row could still come back"
    worker()
    with pytest.raises(FileNotFoundError):
        store.read(key)
    store.delete(key)  # once more is no fault
