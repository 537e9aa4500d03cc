"""A person leaves: what is theirs goes, what stays loses the name, and nothing of it is found anywhere."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from lms.accounts.models import Person, RoleGrant
from lms.assignments.models import Version
from lms.audit.models import AuditEntry
from lms.db import db
from lms.errors import Conflict
from lms.files.models import StoredFile
from lms.grading.models import Assessment
from lms.jobs.models import Job
from lms.notifications.models import Mail
from lms.privacy import services
from lms.runs.models import Announcement, Enrolment, Run

from .conftest import (
    EMAIL,
    NAME,
    PASSWORD,
    TRAINER_EMAIL,
    TRAINER_NAME,
    WORDS,
    close_database,
    found_in_files,
    found_in_tables,
    give_password,
)

OWN = (NAME, EMAIL, *WORDS.values())
GONE = "iemand die is vertrokken"


def remove_oneself(house, person, address=None, password=PASSWORD):
    return house.sign_in(person).post(
        "/account/verwijderen", data={"address": address or person.email, "current": password}
    )


def test_nothing_of_a_participant_is_left(house, app, worker, lms_command, tmp_path):
    worker()
    assert {word for word in OWN if found_in_tables(word)} == set(OWN) - {WORDS["file"]}
    folder = app.config["INSTANCE"]
    browser = house.sign_in(house.noor)
    close_database()
    assert found_in_files(folder / "files", WORDS["file"])
    if db.engine.dialect.name == "sqlite":
        assert found_in_files(folder, WORDS["work"], NAME)

    answer = browser.post("/account/verwijderen", data={"address": EMAIL, "current": PASSWORD})
    assert answer.location == "/account/verwijderd"
    worker()
    assert found_in_tables(*OWN) == []
    close_database()
    assert found_in_files(folder, *OWN) == []
    (tmp_path / "backup").mkdir()
    backup = lms_command("backup", tmp_path / "backup" / "site.zip")
    assert backup.exit_code == 0, backup.output
    assert found_in_files(tmp_path / "backup", "Najaarsgroep"), "the search must be able to find what is there"
    assert found_in_files(tmp_path / "backup", *OWN) == []


def test_what_a_trainer_gave_stays_without_the_name(house, worker):
    worker()
    assert remove_oneself(house, house.ineke).status_code == 302
    worker()
    assert found_in_tables(TRAINER_NAME, TRAINER_EMAIL) == []
    assert found_in_tables("Vermaas") == []
    given = db.session.scalars(select(Assessment).order_by(Assessment.id)).all()
    assert [(a.assessor_id, a.overall, a.words) for a in given] == [
        (None, "goed", "Dit leest prettig."),
        (None, "goed", f"Mooi werk. Groet, {GONE}"),
    ]
    assert {level.words for a in given for level in a.criteria} >= {"Over bronnen."}
    (message,) = db.session.scalars(select(Announcement))
    assert (message.author_id, message.body) == (None, f"Tot dan.\n\nGroet, {GONE}")
    assert GONE in message.body_html
    noor = house.sign_in(db.session.get(Person, house.ids["noor"]))
    assert "Van een oud-trainer" in noor.get(house.url).text
    assert "Iemand die is vertrokken" in noor.get(f"/runs/{house.run.id}/").text


def test_a_run_keeps_the_number_of_who_took_part(house):
    assert remove_oneself(house, house.noor).status_code == 302
    assert db.session.get(Run, house.run.id).removed == 1
    page = house.sign_in(db.session.get(Person, house.ids["admin"])).get(f"/beheer/uitvoeringen/{house.run.id}").text
    assert "En 1 deelnemer van wie het account is verwijderd." in page


def test_the_work_of_others_is_untouched(house):
    mails = select(func.count()).where(Mail.person_id == house.other.id)
    before = db.session.scalar(mails)
    assert remove_oneself(house, house.noor).status_code == 302
    (left,) = db.session.scalars(select(Version))
    assert left.text == "Van een ander."
    assert db.session.scalar(mails) == before


def test_mails_to_others_lose_the_name_and_still_go_out(house, worker):
    waiting = db.session.scalars(select(Mail.message_id).where(Mail.person_id == house.ineke.id)).all()
    assert waiting
    assert remove_oneself(house, house.noor).status_code == 302
    worker()
    sent = db.session.scalars(select(Mail).where(Mail.message_id.in_(waiting))).all()
    assert all(mail.sent_at for mail in sent)
    (absence,) = (mail for mail in sent if mail.kind == "absence")
    assert GONE in absence.subject
    assert "Toelichting: …" in absence.body


def test_sessions_end_at_once_and_a_number_is_never_given_again(house, make, app):
    other_device = house.sign_in(house.noor)
    assert other_device.get("/account").status_code == 200
    old = (house.noor.id, house.noor.version)
    browser = house.sign_in(house.noor)
    assert browser.post("/account/verwijderen", data={"address": EMAIL, "current": PASSWORD}).status_code == 302
    for device in (browser, other_device):
        assert "/login" in device.get("/account").location
    assert "Uw account is verwijderd" in browser.get("/account/verwijderd").text
    newcomer = make.person("Nieuwe Nel")
    assert newcomer.id > old[0]
    assert app.test_client().post("/login", data={"email": EMAIL, "password": PASSWORD}).status_code == 422


def test_a_number_of_the_last_person_is_not_given_again(make):
    last = make.person("Laatste Lies")
    number, version = last.id, last.version
    services.remove(last)
    db.session.commit()
    after = make.person("Nieuwe Nel")
    assert after.id != number
    assert after.version != version


def test_links_in_mails_are_used_up(house, app):
    mail = db.session.scalar(select(Mail).where(Mail.person_id == house.noor.id, Mail.kind == "reset"))
    path = re.search(r"/wachtwoord/\S+", mail.body)[0]
    assert app.test_client().get(path).status_code == 200
    assert remove_oneself(house, house.noor).status_code == 302
    assert app.test_client().get(path).status_code == 410


def test_the_page_says_what_goes_and_what_stays(house):
    page = house.sign_in(house.noor).get("/account/verwijderen").text
    goes, stays = page.split("Dit blijft, zonder de naam")
    assert re.search(r"Ingeleverd werk</span> <b[^>]*>1</b>", goes)
    assert re.search(r"Bestanden</span> <b[^>]*>1</b>", goes)
    assert re.search(r"Ontvangen oordelen</span> <b[^>]*>1</b>", goes)
    assert "Gegeven oordelen" not in page
    assert "Regels in het logboek" in stays
    trainer = house.sign_in(house.ineke).get("/account/verwijderen").text
    assert re.search(r"Gegeven oordelen</span> <b[^>]*>2</b>", trainer.split("Dit blijft, zonder de naam")[1])


def test_two_presses_at_one_moment_remove_once(house):
    windows, together = [house.sign_in(house.noor) for _press in range(4)], Barrier(4)
    db.session.remove()

    def press(window):
        together.wait()
        return window.post("/account/verwijderen", data={"address": EMAIL, "current": PASSWORD}).status_code

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(press, windows)) <= {302, 401}  # of who comes when it is done we know nobody
    assert db.session.scalar(select(Person).where(Person.email == EMAIL)) is None


def test_an_administrator_removes_somebody(house):
    admin = house.sign_in(house.admin)
    page = f"/beheer/mensen/{house.noor.id}"
    assert f"{page}/gegevens" in admin.get(page).text
    assert f"{page}/verwijderen" in admin.get(f"{page}/gegevens").text
    assert f"{NAME} verwijderen" in admin.get(f"{page}/verwijderen").text
    form = {"address": EMAIL.upper(), "current": PASSWORD}
    answer = admin.post(f"{page}/verwijderen", data=form)
    assert answer.location == "/beheer/mensen"
    assert f"gegevens van {NAME} zijn verwijderd" in admin.get("/beheer/mensen").text
    assert found_in_tables(*OWN) == []
    again = admin.post(f"{page}/verwijderen", data=form)
    assert again.location == "/beheer/mensen"
    assert "Dit account was al verwijderd." in admin.get("/beheer/mensen").text
    for path in (f"{page}/verwijderen", f"{page}/gegevens", "/beheer/mensen/99999/verwijderen"):
        assert admin.get(path).status_code == 404
    assert admin.post("/beheer/mensen/99999/verwijderen", data=form).status_code == 404
    log = db.session.scalars(select(AuditEntry).where(AuditEntry.action == services.REMOVED)).one()
    assert (log.actor_id, log.person_id, log.subject_id) == (house.ids["admin"], None, house.ids["noor"])


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({}, "Typ het e-mailadres van het account."),
        ({"address": EMAIL, "current": ""}, "Vul uw wachtwoord in."),
        ({"address": "iemand@test.example", "current": PASSWORD}, f"Typ {EMAIL}."),
        ({"address": NAME, "current": PASSWORD}, "Dit is niet het e-mailadres van dit account."),
        ({"address": EMAIL, "current": "geraden wachtwoord"}, "Dit is niet uw wachtwoord."),
    ],
)
def test_nobody_leaves_by_accident(house, form, sentence):
    answer = house.sign_in(house.noor).post("/account/verwijderen", data=form)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert form.get("address", "") in answer.text
    assert db.session.get(Person, house.ids["noor"]) is not None
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 1


def test_a_password_is_tried_five_times(house):
    form = {"address": EMAIL, "current": "geraden wachtwoord"}
    browser = house.sign_in(house.noor)
    for _try in range(5):
        assert browser.post("/account/verwijderen", data=form).status_code == 422
    answer = browser.post("/account/verwijderen", data={**form, "current": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 60
    assert "Te veel pogingen." in answer.text
    assert db.session.get(Person, house.ids["noor"]) is not None


def test_the_last_administrator_stays(house, make, lms_command):
    answer = remove_oneself(house, house.admin)
    assert answer.status_code == 409
    assert "Dit is de laatste beheerder." in answer.text
    command = lms_command("user", "remove", house.admin.email, "--yes")
    assert (command.exit_code, "laatste beheerder" in command.output) == (1, True)
    closed = make.person("Gesloten Gré", roles=("admin",))
    closed.active = False
    db.session.commit()
    assert remove_oneself(house, house.admin).status_code == 409, "a closed account administers nothing"
    make.person("Tweede Tom", roles=("admin",))
    assert remove_oneself(house, house.admin).status_code == 302
    assert db.session.get(Person, house.ids["admin"]) is None


def test_an_administrator_removes_oneself_only_at_ones_own_account(house, make):
    make.person("Tweede Tom", roles=("admin",))
    admin = house.sign_in(house.admin)
    page = f"/beheer/mensen/{house.admin.id}/verwijderen"
    assert admin.get(page).location == "/account/verwijderen"
    assert admin.post(page, data={"address": house.admin.email, "current": PASSWORD}).status_code == 409
    assert db.session.get(Person, house.ids["admin"]) is not None


def test_nobody_else_may(house, client):
    for person in (house.noor, house.ineke):
        browser = house.sign_in(person)
        for page in ("gegevens", "verwijderen"):
            path = f"/beheer/mensen/{house.other.id}/{page}"
            form = {"address": house.other.email, "current": PASSWORD}
            assert browser.get(path).status_code == 403
            assert browser.post(path, data=form).status_code == 403
    for path in ("/account/verwijderen", "/account/gegevens", f"/beheer/mensen/{house.noor.id}/verwijderen"):
        assert "/login" in client.get(path).location
        assert client.post(path).status_code == 401
    assert db.session.get(Person, house.ids["noor"]) is not None


def test_the_command_shows_what_goes_and_asks_for_the_address(house, lms_command, worker):
    refused = lms_command("user", "remove", EMAIL, input="iemand@test.example\n")
    assert refused.exit_code == 1
    assert "Er is niets verwijderd." in refused.output
    aborted = lms_command("user", "remove", EMAIL, input="")
    assert aborted.exit_code == 1
    assert db.session.get(Person, house.ids["noor"]) is not None
    done = lms_command("user", "remove", EMAIL, input=f"{EMAIL}\n")
    assert done.exit_code == 0, done.output
    goes, stays = done.output.split("This stays, without the name:")
    assert re.search(r"1  Ingeleverd werk", goes)
    assert "logboek" in stays
    worker()
    assert found_in_tables(*OWN) == []
    again = lms_command("user", "remove", EMAIL, "--yes")
    assert again.exit_code == 1
    assert f"Er is geen account met het adres {EMAIL}." in again.output


def test_without_its_worker_the_bytes_wait_as_jobs_that_name_nobody(house):
    key = db.session.scalar(select(StoredFile.key))
    services.remove(house.noor)
    db.session.commit()
    (job,) = db.session.scalars(select(Job).where(Job.kind == "core.forget_bytes"))
    assert job.payload == {"key": key}


def test_all_or_nothing(house, monkeypatch):
    broken = next(p for p in services.registry().plugins if p.name == "core").personal_data[0]
    assert broken.erase  # the core lets go last; after it only the row of the person is left

    def fail(_row):
        raise Conflict("De schijf is vol.")

    monkeypatch.setattr(db.session, "delete", fail)
    with pytest.raises(Conflict):
        services.remove(house.noor)
    monkeypatch.undo()
    db.session.rollback()
    enrolled = select(func.count()).select_from(Enrolment).where(Enrolment.person_id == house.ids["noor"])
    assert db.session.scalar(enrolled) == 1
    assert found_in_tables(WORDS["work"])


def test_somebody_who_never_came_can_be_removed(make, lms_command):
    person = make.person("Nooit Geweest", roles=("contact@library",))
    email = person.email
    done = lms_command("user", "remove", email, "--yes")
    assert done.exit_code == 0, done.output
    assert found_in_tables("Nooit Geweest", email) == []
    assert db.session.scalar(select(func.count()).select_from(RoleGrant)) == 0


def test_the_page_asks_the_same_number_of_questions_however_much_there_is(make, sign_in, queries):
    small, large = make.person(), make.person()
    for _number in range(12):
        run = make.run(participants=0)
        make.enrol(run, large)
    give_password(large)
    counts = []
    sign_in(small).get("/account/verwijderen")  # what is asked once for each process
    for person in (small, large):
        browser = sign_in(person)
        with queries() as seen:
            assert browser.get("/account/verwijderen").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 12
