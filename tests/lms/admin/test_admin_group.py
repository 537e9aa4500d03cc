"""What trainers do for their group: a message to everybody, and the list on paper."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from lms import clock
from lms.db import db
from lms.notifications.models import Mail
from lms.runs.models import PARTICIPANT, TRAINER, Absence, Announcement, Enrolment

MESSAGE = {"title": "Neem een trui mee", "body": "Het is **koud** in de zaal.\n\n<script>alert(1)</script>"}


@pytest.fixture
def run(make):
    run = make.run(participants=3, trainers=2)
    db.session.commit()
    return run


@pytest.fixture
def trainer(make, run, sign_in):
    return sign_in(make.people(run, TRAINER)[0])


def url(run):
    return f"/runs/{run.id}/berichten/nieuw"


def test_a_message_reaches_everybody(make, run, trainer, sign_in, worker):
    left = db.session.scalar(select(Enrolment).where(Enrolment.run_id == run.id, Enrolment.role == PARTICIPANT))
    left.left_at = clock.now()
    db.session.commit()
    assert trainer.get(url(run)).status_code == 200
    assert trainer.post(url(run), data=MESSAGE).location == f"/runs/{run.id}/"
    mails = list(db.session.scalars(select(Mail)))
    writer, other = make.people(run, TRAINER)
    everybody = {person.email for person in [*make.people(run), other]}
    assert {mail.to for mail in mails} == everybody - {left.person.email}, "the writer saw it on the screen"
    assert writer.email not in everybody
    assert len(mails) == 3
    assert mails[0].subject == "Neem een trui mee"
    assert "\n\nHet is koud in de zaal.\n\n" in mails[0].body
    assert worker() == 3
    page = sign_in(make.people(run)[1]).get(f"/runs/{run.id}/").text
    assert "Het is <strong>koud</strong> in de zaal." in page
    assert "<script>alert" not in page


def test_a_second_press_sends_nothing_twice(run, trainer):
    trainer.post(url(run), data=MESSAGE)
    trainer.post(url(run), data=MESSAGE)
    assert db.session.scalar(select(func.count()).select_from(Announcement)) == 1
    assert db.session.scalar(select(func.count()).select_from(Mail)) == 4
    trainer.post(url(run), data=MESSAGE | {"body": "Toch niet."})
    assert db.session.scalar(select(func.count()).select_from(Announcement)) == 2


def test_two_presses_at_one_moment_send_nothing_twice(make, run, sign_in):
    author, address, together = make.people(run, TRAINER)[0], url(run), Barrier(4)
    windows = [sign_in(author) for _press in range(4)]
    db.session.remove()

    def press(window):
        together.wait()
        return window.post(address, data=MESSAGE).status_code

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(press, windows)) == [302] * 4
    assert db.session.scalar(select(func.count()).select_from(Announcement)) == 1
    assert db.session.scalar(select(func.count()).select_from(Mail)) == 4


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": " "}, "Schrijf waar het bericht over gaat."),
        ({"title": "x" * 201}, "Dit onderwerp is te lang. Schrijf hoogstens 200 tekens."),
        ({"body": "\n "}, "Schrijf uw bericht."),
        ({"body": "x" * 10_001}, "Dit bericht is te lang. Schrijf hoogstens 10.000 tekens."),
    ],
)
def test_a_message_that_says_nothing(run, trainer, changes, sentence):
    response = trainer.post(url(run), data=MESSAGE | {"title": "Trui"} | changes)
    assert response.status_code == 422
    assert sentence in response.text
    assert "Trui" in response.text or "koud" in response.text
    assert not db.session.scalar(select(Announcement))


def test_the_subject_is_one_line(run, trainer):
    trainer.post(url(run), data=MESSAGE | {"title": "Trui\r\nBcc: ander@b.example"})
    assert db.session.scalar(select(Mail)).subject == "Trui Bcc: ander@b.example"


def test_the_list_has_people_absences_and_room_to_sign(make, run, trainer):
    absent = db.session.scalar(select(Enrolment).where(Enrolment.run_id == run.id, Enrolment.role == PARTICIPANT))
    db.session.add(Absence(enrolment_id=absent.id, day_number=2))
    db.session.commit()
    page = trainer.get(f"/runs/{run.id}/lijst").text
    for person in [*make.people(run), *make.people(run, TRAINER)]:
        assert person.name in page
        assert person.email in page
    assert "Bibliotheek Waterdorp" in page
    assert "Handtekening" in page
    assert 'data-th="Afgemeld voor">Lesdag 2</td>' in page


@pytest.mark.parametrize("path", ["berichten/nieuw", "lijst"])
def test_for_trainers_of_this_run_and_administrators_only(make, sign_in, client, run, path):
    address = f"/runs/{run.id}/{path}"
    other = make.run(participants=1)
    both = make.person()  # leads one group and learns in another
    make.enrol(other, both, TRAINER)
    make.enrol(run, both)
    assert sign_in(make.people(run)[0]).get(address).status_code == 403
    assert sign_in(make.people(other, TRAINER)[0]).get(address).status_code == 404
    assert sign_in(both).get(address).status_code == 404
    assert sign_in(make.person(roles=("admin",))).get(address).status_code == 200
    assert client.get(address).status_code == 302


def test_writing_is_for_the_same_people(make, sign_in, client, run):
    other = make.run()
    assert sign_in(make.people(run)[0]).post(url(run), data=MESSAGE).status_code == 403
    assert sign_in(make.people(other, TRAINER)[0]).post(url(run), data=MESSAGE).status_code == 404
    assert client.post(url(run), data=MESSAGE).status_code == 401
    assert not db.session.scalar(select(Announcement))
    assert sign_in(make.person(roles=("admin",))).post(url(run), data=MESSAGE).status_code == 302
