"""What becomes of a run: another name, closed and opened, or removed while it is empty."""

from datetime import date

import pytest
from sqlalchemy import func, select

from lms.assignments.models import Draft, Version
from lms.db import db
from lms.files.models import StoredFile
from lms.runs.models import TRAINER, Announcement, Enrolment, Run, RunDay


@pytest.fixture
def admin(make, sign_in):
    return sign_in(make.person(roles=("admin",)))


@pytest.fixture
def run(make):
    run = make.run(participants=2, name="Najaar 2026", first_day=date(2026, 11, 6))
    db.session.commit()
    return run


def url(run, rest=""):
    return f"/beheer/uitvoeringen/{run.id}{rest}"


def hand_in(browser, run, text="Mijn werk."):
    answer = browser.post(f"/runs/{run.id}/opdracht/inleveren", data={"text": text, "revision": "0"})
    return answer.status_code


def test_rename(admin, make, run):
    other = make.run(run.course, name="Voorjaar 2027")
    db.session.commit()
    answer = admin.post(url(run, "/naam"), data={"name": "  Najaar\t2026, Zwolle "})
    assert "De uitvoering heet nu Najaar 2026, Zwolle." in admin.get(answer.location).text
    db.session.refresh(run)
    assert run.name == "Najaar 2026, Zwolle"
    for name, sentence in (
        (" ", "Geef de uitvoering een naam"),
        ("x" * 201, "Deze naam is te lang."),
        (other.name.upper(), "Er is al een uitvoering met deze naam."),
    ):
        answer = admin.post(url(run, "/naam"), data={"name": name})
        assert answer.status_code == 422
        assert sentence in answer.text and "<title>Fout:" in answer.text
        db.session.refresh(run)
        assert run.name == "Najaar 2026, Zwolle"
    assert admin.post(url(run, "/naam"), data={"name": run.name.upper()}).status_code == 302, "capitals of its own name"
    assert "Uitvoering hernoemd" in admin.get("/beheer/logboek").text


def test_a_closed_run_leaves_the_lists_and_can_be_read(admin, make, sign_in, run):
    participant, trainer = sign_in(make.people(run)[0]), sign_in(make.people(run, TRAINER)[0])
    assert hand_in(participant, run) == 302
    assert run.name in trainer.get("/vandaag").text
    assert make.people(run)[0].name in trainer.get("/vandaag").text
    assert participant.get("/courses/").location == f"/runs/{run.id}/"
    assert "Afgesloten uitvoeringen" in admin.get("/beheer/").text

    answer = admin.post(url(run, "/sluiten"))
    assert "Najaar 2026 is afgesloten." in admin.get(answer.location).text
    admin.post(url(run, "/sluiten"))
    for browser in (participant, trainer):
        assert run.name not in browser.get("/vandaag").text
        listed = browser.get("/courses/").text
        assert run.name not in listed and 'href="/runs/afgesloten"' in listed
        assert f'href="/runs/{run.id}/"' in browser.get("/runs/afgesloten").text
        assert "Deze uitvoering is afgesloten." in browser.get(f"/runs/{run.id}/").text
    assert "Mijn werk." in participant.get(f"/runs/{run.id}/opdracht/versies/1").text
    assert participant.get(f"/runs/{run.id}/opdracht/versies").status_code == 200
    version = db.session.scalar(select(Version.id))
    assert "Mijn werk." in trainer.get(f"/runs/{run.id}/beoordelen/{version}").text
    assert f'href="{url(run)}"' not in admin.get("/beheer/").text
    assert f'href="{url(run)}"' in admin.get("/beheer/uitvoeringen/afgesloten").text

    admin.post(url(run, "/openen"))
    assert run.name in trainer.get("/vandaag").text
    assert participant.get("/courses/").location == f"/runs/{run.id}/"
    log = admin.get("/beheer/logboek").text
    assert log.count("Uitvoering afgesloten") == log.count("Uitvoering weer geopend") == 1


def test_nothing_comes_in_any_more(admin, make, sign_in, run):
    participant = sign_in(make.people(run)[0])
    admin.post(url(run, "/sluiten"))
    page = participant.get(f"/runs/{run.id}/opdracht").text
    assert "Deze uitvoering is afgesloten. Inleveren kan niet meer." in page
    assert "/inleveren" not in page
    answer = participant.post(f"/runs/{run.id}/opdracht/inleveren", data={"text": "Te laat.", "revision": "0"})
    assert answer.status_code == 403
    assert "Deze uitvoering is afgesloten." in answer.text
    assert not db.session.scalar(select(Version))


def test_the_closed_list_is_ones_own(admin, make, sign_in, run):
    other = sign_in(make.people(make.run())[0])
    admin.post(url(run, "/sluiten"))
    page = other.get("/runs/afgesloten")
    assert page.status_code == 200
    assert run.name not in page.text
    assert other.get("/courses/").status_code == 302, "nothing closed, so straight to the only run"
    assert other.get(f"/runs/{run.id}/").status_code == 404


def test_who_has_only_a_closed_run_has_today(admin, make, sign_in, run):
    admin.post(url(run, "/sluiten"))
    assert sign_in(make.people(run)[0]).get("/vandaag").status_code == 200


def test_an_empty_run_is_removed_with_all_that_hangs_on_it(admin, make, sign_in, run):
    participant = sign_in(make.people(run)[0])
    participant.post(f"/runs/{run.id}/opdracht/concept", data={"text": "Een begin.", "revision": "0"})
    admin.post(f"/runs/{run.id}/berichten/nieuw", data={"title": "Welkom", "body": "Tot dan."})
    assert db.session.scalar(select(Draft))
    page = url(run)
    unsure = admin.post(f"{page}/verwijderen")
    assert unsure.status_code == 422
    assert "Kruis aan dat u deze uitvoering wilt verwijderen." in unsure.text
    answer = admin.post(f"{page}/verwijderen", data={"sure": "y"})
    assert "Najaar 2026 is verwijderd." in admin.get(answer.location).text
    for table in (Run, RunDay, Enrolment, Draft, Announcement):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0, table
    assert participant.get("/vandaag").status_code == 200, "the account stays"
    assert admin.get(page).status_code == 404
    assert "Uitvoering verwijderd" in admin.get("/beheer/logboek").text


def test_files_of_drafts_go_along(admin, make, sign_in, run, worker, app, tmp_path):
    participant = sign_in(make.people(run)[0])
    with open(__file__, "rb") as file:
        data = {"text": "", "revision": "0", "files": (file, "begin.txt")}
        assert participant.post(f"/runs/{run.id}/opdracht/concept", data=data).status_code == 302
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 1
    store = app.config["INSTANCE"] / "files"
    assert len([path for path in store.rglob("*") if path.is_file()]) == 1
    admin.post(url(run, "/verwijderen"), data={"sure": "y"})
    worker()
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 0
    assert not [path for path in store.rglob("*") if path.is_file()]


def test_a_run_with_work_stays(admin, make, sign_in, run):
    person = make.people(run)[0]
    assert "Verwijder deze uitvoering" in admin.get(url(run)).text
    hand_in(sign_in(person), run)
    left = db.session.scalar(select(Enrolment).where(Enrolment.person_id == person.id))
    admin.post(url(run, f"/mensen/{left.id}/verwijderen"))
    assert "Verwijder deze uitvoering" not in admin.get(url(run)).text
    refused = admin.post(url(run, "/verwijderen"), data={"sure": "y"})
    assert refused.status_code == 409
    assert "Er is werk ingeleverd." in refused.text
    assert db.session.scalar(select(Version))


def test_only_for_administrators(make, sign_in, client, run):
    trainer = sign_in(make.people(run, TRAINER)[0])
    for rest in ("/naam", "/sluiten", "/openen", "/verwijderen"):
        assert trainer.post(url(run, rest), data={"name": "X", "sure": "y"}).status_code == 403
        assert client.post(url(run, rest)).status_code == 401
    db.session.refresh(run)
    assert (run.name, run.archived_at) == ("Najaar 2026", None)


def test_the_lists_cost_the_same_for_many(admin, make, sign_in, run, queries):
    trainer = make.people(run, TRAINER)[0]
    browser = sign_in(trainer)
    admin.post(url(run, "/sluiten"))
    paths = [(browser, "/runs/afgesloten"), (browser, "/courses/"), (admin, "/beheer/uitvoeringen/afgesloten")]

    def counted():
        numbers = []
        for who, path in paths:
            with queries() as seen:
                assert who.get(path).status_code == 200
            numbers.append(len(seen))
        return numbers

    counted()
    few = counted()
    for number in range(60):
        other = make.run(run.course)
        make.enrol(other, trainer, TRAINER)
        if number % 2:
            other.archived_at = run.days[0].starts_at
    db.session.commit()
    assert counted() == few
    assert max(few) <= 12
