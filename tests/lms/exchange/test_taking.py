"""Work is shown row by row, chosen, confirmed and taken back; twice doubles nothing; who may is the taker's policy."""

import re
from threading import Thread

import pytest
from sqlalchemy import func, select

from lms.api import Piece, origins
from lms.assignments import services as assignments
from lms.audit.models import AuditEntry
from lms.db import db, write_now
from lms.exchange import services
from lms.exchange.models import Taking, TakingRow
from lms.exchange.pieces import Target
from lms.grading import services as grading
from lms.privacy.services import remove
from lms.registry import registry
from lms.runs.visits import load_run, load_visit
from lms.testing import RUBRIC

from .conftest import Board, Book, Note, plugins

ADDRESS = "/overnemen/prikbord.books/7"


def stamps(page):
    return re.findall(r'name="stand" value="([^"]+)"', page)


def states(page):
    """The rows of the preview: the name and what is said of it."""
    return dict(
        re.findall(r"<b>([^<]+)</b>.*?<span class=\"lp-status[^>]*>(?:<svg.*?</svg>)?([^<]+)</span>", page, re.S)
    )


def confirm(browser, *rows, page=None, address=ADDRESS, **fields):
    page = page or browser.get(address).text
    return browser.post(address, data={"naar": "1", "rows": list(rows), "stand": stamps(page), **fields})


def test_a_preview_then_a_choice_then_a_confirmation(reader, sign_in, world):
    db.session.add(Note(board_id=1, title="Het diner", writer="Koch"))
    db.session.add(Note(board_id=1, title="Max Havelaar", writer="Dekker"))
    browser = sign_in(reader)
    page = browser.get(ADDRESS).text
    assert states(page) == {
        "De avonden": "nieuw", "Het diner": "staat er al", "Max Havelaar": "staat er al, met andere gegevens",
    }  # fmt: skip
    assert "Dekker" in page and "Multatuli" in page, "what was and what it becomes"
    assert "blijft in de kring" not in page
    assert re.findall(r'name="rows" value="(\d)"[^>]* checked', page) == ["1"], "what is there by hand is not suggested"
    assert world.notes() == {"Het diner": "Koch", "Max Havelaar": "Dekker"}, "looking changes nothing"
    done = confirm(browser, "1", page=page)
    assert done.status_code == 302
    assert "1 rij is overgenomen" in browser.get(done.location).text
    assert world.notes() == {"De avonden": "Reve", "Het diner": "Koch", "Max Havelaar": "Dekker"}
    assert db.session.scalar(select(AuditEntry.action).order_by(AuditEntry.id.desc()).limit(1)) == "core.taken"


def test_twice_doubles_nothing(reader, sign_in, world):
    browser = sign_in(reader)
    page = browser.get(ADDRESS).text
    first, second = (confirm(browser, "1", "2", page=page) for _click in range(2))
    assert first.location == second.location, "a second click leads to what the first did"
    assert len(world.notes()) == 2
    assert db.session.scalar(select(func.count()).select_from(TakingRow)) == 2
    confirm(browser, "1", "2", "3", page=browser.get(ADDRESS).text)
    assert len(world.notes()) == 3
    assert set(states(browser.get(ADDRESS).text).values()) == {"staat er al"}
    assert "Alles staat er al" in browser.get(ADDRESS).text


def test_two_at_the_same_moment_take_once(app, reader, world):
    db.session.commit()
    offer, target, number = registry().offers["prikbord.books"], Target("1", "Het prikbord"), reader.id
    exchange = registry().exchanges["books"]
    faults = []

    def press():
        with app.test_request_context(method="POST"):
            try:
                person = db.session.get(type(reader), number)
                piece = services.load_piece(person, exchange, "7")
                shown = services.compare(person, exchange, offer, piece, target)
                stamps = {one.row.id: one.stamp for one in shown.rows}
                write_now()
                services.take(person, exchange, offer, "7", target, stamps)
                db.session.commit()
            except Exception as error:
                faults.append(error)
            finally:
                db.session.remove()

    db.session.remove()
    presses = [Thread(target=press) for _ in range(3)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    assert not faults
    assert len(world.notes()) == 3
    assert db.session.scalar(select(func.count()).where(TakingRow.live.is_(True))) == 3
    assert db.session.scalar(select(func.count()).select_from(Taking)) == 1


def test_a_change_at_the_source_is_offered_and_undone_to_what_it_was(reader, sign_in, world):
    browser = sign_in(reader)
    first = confirm(browser, "1", "2").location
    world.circles[7].books[0].writer = "Gerard Reve"
    page = browser.get(ADDRESS).text
    assert states(page)["De avonden"] == "gewijzigd sinds u het overnam"
    again = confirm(browser, "1", page=page).location
    assert world.notes()["De avonden"] == "Gerard Reve"
    browser.post(f"{again}/terug")
    assert world.notes() == {"De avonden": "Reve", "Het diner": "Koch"}
    browser.post(f"{first}/terug")
    assert world.notes() == {}
    assert set(states(browser.get(ADDRESS).text).values()) == {"nieuw"}


def test_undoing_leaves_what_somebody_changed_and_says_so(reader, sign_in, world):
    browser = sign_in(reader)
    there = confirm(browser, "1", "2", "3").location
    notes = {note.title: note for note in db.session.scalars(select(Note))}
    notes["Het diner"].writer = "Herman Koch"
    db.session.delete(notes["Max Havelaar"])
    for _click in range(2):
        assert browser.post(f"{there}/terug").status_code == 302
    assert world.notes() == {"Het diner": "Herman Koch"}
    page = browser.get(there).text
    assert "1 rij bleef staan, want die is daarna met de hand gewijzigd" in page
    assert "bleef staan: daarna met de hand gewijzigd" in page
    assert "was daar al weggehaald" in page
    # What stayed is still known, so taking again adds the other two and no second one.
    confirm(browser, "1", "2", "3")
    assert world.notes() == {"De avonden": "Reve", "Het diner": "Herman Koch", "Max Havelaar": "Multatuli"}


def test_an_older_taking_leaves_what_a_later_one_did(reader, sign_in, world):
    browser = sign_in(reader)
    first = confirm(browser, "1", "2").location
    world.circles[7].books[0].writer = "Gerard Reve"
    confirm(browser, "1")
    browser.post(f"{first}/terug")
    assert world.notes() == {"De avonden": "Gerard Reve"}
    assert "bleef staan: later opnieuw overgenomen" in browser.get(first).text


def test_what_changed_since_the_preview_is_not_taken(reader, sign_in, world):
    browser = sign_in(reader)
    page = browser.get(ADDRESS).text
    world.circles[7].books[0].writer = "Iemand anders"
    answer = confirm(browser, "1", "2", page=page)
    assert answer.status_code == 409
    assert "Er is nog niets overgenomen" in answer.text
    assert world.notes() == {}
    none = confirm(browser, page=page)
    assert none.status_code == 422
    assert "Kies ten minste één rij" in none.text


def test_all_or_nothing(reader, sign_in, world):
    """The taker fails at its second row: the first is not kept either, and can be taken later."""
    world.circles[7].books.append(Book(4, "Het diner", "Dubbel"))
    browser = sign_in(reader)
    assert confirm(browser, "1", "2", "4").status_code == 500
    assert world.notes() == {}
    assert db.session.scalar(select(func.count()).select_from(Taking)) == 0
    assert confirm(browser, "1", "2").status_code == 302


def test_who_may(reader, make, sign_in, world):
    stranger = make.person()
    assert sign_in(stranger).get(ADDRESS).status_code == 404, "the work is not theirs"
    world.boards[stranger.id] = [Board(2, "Ander bord")]
    browser = sign_in(reader)
    assert confirm(browser, "1", naar="2").status_code == 404, "the board is not theirs"
    there = confirm(browser, "1").location
    assert sign_in(stranger).get(there).status_code == 404
    assert sign_in(stranger).post(f"{there}/terug").status_code == 404
    world.boards[reader.id] = []
    assert browser.post(f"{there}/terug").status_code == 404, "nor is it any longer"
    assert "Maak eerst een prikbord." in browser.get(ADDRESS).text
    assert browser.get("/overnemen/prikbord.iets/7").status_code == 404
    assert world.notes() == {"De avonden": "Reve"}


def test_several_places_to_choose_from(reader, sign_in, world):
    world.boards[reader.id] = [Board(1, "Het prikbord"), Board(2, "De zolder")]
    browser = sign_in(reader)
    page = browser.get(ADDRESS).text
    assert "De zolder" in page and "De avonden" not in page
    page = browser.get(f"{ADDRESS}?naar=2").text
    confirm(browser, "1", page=page, naar="2")
    assert (world.notes(1), world.notes(2)) == ({}, {"De avonden": "Reve"})
    assert browser.get(f"{ADDRESS}?naar=3").status_code == 404


def test_it_says_where_it_came_from_until_that_person_goes(app, reader, sign_in, world):
    browser = sign_in(reader)
    confirm(browser, "1", "2")
    refs = {note.title: str(note.id) for note in db.session.scalars(select(Note))}
    found = origins("prikbord.books", refs.values())
    assert found[refs["De avonden"]].words == "uit de leeskring van Noor de Wit"
    assert found[refs["De avonden"]].title == "Leeskring Waterdorp"
    with app.test_request_context():
        remove(reader)
        db.session.commit()
    assert origins("prikbord.books", refs.values())[refs["De avonden"]].words == "uit de leeskring"
    assert world.notes() == {"De avonden": "Reve", "Het diner": "Koch"}


@pytest.mark.parametrize("rows", [2, 60])
def test_the_number_of_queries_does_not_grow(reader, sign_in, world, queries, rows):
    world.circles[7].books = [Book(n, f"Boek {n}", "Schrijver") for n in range(rows)]
    browser = sign_in(reader)
    with queries() as seen:
        page = browser.get(ADDRESS).text
    assert len(seen) <= 5, seen
    done = confirm(browser, *map(str, range(rows)), page=page)
    with queries() as seen:
        browser.get(done.location)
    assert len(seen) <= 6, seen


def test_the_offers_stand_on_today_and_with_the_assignment(make, reader, sign_in, world):
    run = make.run(participants=0)
    make.enrol(run, reader)
    visit = load_visit(reader, run.id, "opdracht")
    world.ready = [Piece("7", "Leeskring Waterdorp", run_id=run.id, activity_id=visit.activity.id)]
    version = assignments.hand_in(
        visit, assignments.make_ready("Werk.", 0, render=True), url="http://localhost/"
    ).version
    browser = sign_in(reader)
    assert "Zet op het prikbord" not in browser.get(f"/runs/{run.id}/opdracht").text, "it was not judged yet"
    trainer = make.people(run, "trainer")[0]
    work = grading.load_work(load_run(trainer, run.id, trainer=True), version.id)
    levels = {criterion["slug"]: "voldoende" for criterion in RUBRIC}
    grading.release(work, trainer, grading.Judgement("voldoende", "", levels, {}), 0, "http://localhost/")
    for address in ("/vandaag", f"/runs/{run.id}/opdracht"):
        page = browser.get(address).text
        assert f'href="{ADDRESS}">Zet op het prikbord' in page, address
    confirm(browser, "1")
    assert "Zet op het prikbord" not in browser.get("/vandaag").text
    assert "Overgenomen op" in browser.get(f"/runs/{run.id}/opdracht").text


def test_an_offer_for_what_nobody_hands_out_lies_dormant(make_app, world, lms_command, reader, sign_in):
    alone = make_app(plugins=plugins(world)[1:])
    said = lms_command("plugins", site=alone).output
    assert "offers: prikbord.books (dormant: nobody hands out books)" in said
    assert "offers: prikbord.books\n" in lms_command("plugins").output
    with alone.app_context():
        assert registry().offers == {}
