"""Walking the step plan: in order, each step once, the last one can be opened again."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from lms.api import db
from plugins.community import plan
from plugins.community.models import CommunityStep, Plan, PlanStep

NOTE = "Twaalf gesprekken aan de leestafel."
KEYS = ["inventarisatie", "waarom-hoe-wat", "contact", "concept", "doelen", "kalender", "werkend", "geevalueerd"]


def finish(browser, community, step, note=NOTE):
    return browser.post(f"/community/{community.id}/klaar", data={"step": step, "note": note})


def reopen(browser, community, step):
    return browser.post(f"/community/{community.id}/open", data={"step": step})


def done(community):
    db.session.expire_all()
    return [place.step.key for place in community.walk().places if place.state == "done"]


def test_the_plan_is_rows_that_are_loaded_once(app):
    steps = db.session.scalars(select(PlanStep).order_by(PlanStep.position)).all()
    assert [step.key for step in steps] == KEYS
    assert [step.position for step in steps] == list(range(1, 9))
    for step in steps:
        assert re.fullmatch(r"[A-ZÉ][^.]+\.", step.needed), "what is needed is one sentence"
        assert step.task[-1] in ".?"
    steps[0].title = "Op een rij"
    plan.load()
    db.session.commit()
    assert db.session.scalars(select(Plan)).one().steps[0].title == "Op een rij"
    assert plan.step_keys() == KEYS


def test_a_step_is_done_with_what_it_brought(make, sign_in, begin):
    community = begin()
    person = make.person("Noor de Wit")
    browser = sign_in(person)
    page = browser.get(f"/community/{community.id}/stappen").text
    assert "Noem geen namen van bezoekers." in page
    response = finish(browser, community, "inventarisatie")
    assert response.location == f"/community/{community.id}/stappen"
    page = sign_in(make.person()).get(f"/community/{community.id}/stappen").text
    assert "De stap is klaar" not in page  # said to who pressed only
    assert NOTE in page
    assert "Noor de Wit, " in page
    assert "Stap 2 van 8: waarom, hoe en wat nodig" in page
    assert "1 trede is gevuld: klaar. Het lint hangt aan trede 2." in page
    assert done(community) == KEYS[:1]


def test_all_the_way_to_the_end(make, sign_in, begin):
    community = begin()
    browser = sign_in(make.person())
    for key in KEYS:
        assert finish(browser, community, key).status_code == 302, key
    page = browser.get(f"/community/{community.id}/stappen").text
    assert "Alle 8 stappen zijn klaar" in page
    assert "Rond deze stap af" not in page
    refused = finish(browser, community, KEYS[-1])
    assert refused.status_code == 409
    assert done(community) == KEYS


@pytest.mark.parametrize(
    ("note", "sentence"),
    [
        ("", "Schrijf in een paar woorden wat deze stap opleverde."),
        (" \n ", "Schrijf in een paar woorden wat deze stap opleverde."),
        ("kort", "Schrijf iets meer: nog minstens 6 tekens."),
        ("negen tek", "Schrijf iets meer: nog minstens 1 teken."),
        ("x" * 2001, "Er passen 2000 tekens. Haal er 1 weg."),
    ],
)
def test_a_note_that_does_not_fit_is_refused_at_the_field(make, sign_in, begin, note, sentence):
    community = begin()
    response = finish(sign_in(make.person()), community, "inventarisatie", note)
    assert response.status_code == 422
    assert sentence in response.text
    assert 'id="note-error"' in response.text
    assert note.strip() in response.text
    assert done(community) == []


@pytest.mark.parametrize("length", [10, 2000])
def test_the_limits_themselves_fit(make, sign_in, begin, length):
    community = begin()
    assert finish(sign_in(make.person()), community, "inventarisatie", "x" * length).status_code == 302


def test_a_step_cannot_be_skipped(make, sign_in, begin):
    community = begin(done=1)
    response = finish(sign_in(make.person()), community, "concept")
    assert response.status_code == 409
    assert "Rond eerst «Waarom, hoe en wat nodig» af. «Concept» komt daarna." in response.text
    assert NOTE in response.text  # what was typed is given back
    assert done(community) == KEYS[:1]


@pytest.mark.parametrize("key", ["", "onzin", "x" * 5000, "1"])
def test_a_step_that_is_not_in_the_plan_is_refused(make, sign_in, begin, key):
    community = begin()
    response = finish(sign_in(make.person()), community, key)
    assert response.status_code == 409
    assert "Deze stap staat niet in uw stappenplan." in response.text
    assert done(community) == []


def test_a_step_that_a_colleague_just_did_is_told(make, sign_in, begin):
    community = begin()
    finish(sign_in(make.person("Noor de Wit")), community, "inventarisatie", "Noor schreef dit op.")
    response = finish(sign_in(make.person()), community, "inventarisatie", "Een ander schreef dit op.")
    assert response.status_code == 409
    assert "De stap «Inventarisatie» is al klaar. Noor de Wit rondde die af op" in response.text
    assert "Een ander schreef dit op." in response.text
    notes = db.session.scalars(select(CommunityStep.note)).all()
    assert notes == ["Noor schreef dit op."]


def at_once(*actions):
    """Do the actions in threads that start together; returns their answers."""
    barrier = threading.Barrier(len(actions))

    def run(action):
        barrier.wait()
        return action()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def test_two_colleagues_press_at_the_same_moment(make, sign_in, begin):
    community = begin()
    browsers = [sign_in(make.person()) for _number in range(4)]
    id = community.id
    data = {"step": "inventarisatie", "note": NOTE}
    db.session.rollback()
    answers = at_once(*[lambda b=b: b.post(f"/community/{id}/klaar", data=data) for b in browsers])
    assert sorted(answer.status_code for answer in answers) == [302, 409, 409, 409]
    assert done(community) == KEYS[:1]


def test_two_colleagues_begin_at_the_same_moment(make, sign_in):
    browsers = [sign_in(make.person()) for _number in range(4)]
    data = {"name": "Taalcafé", "target_group": "Buren."}
    db.session.rollback()
    answers = at_once(*[lambda b=b: b.post("/community/begin", data=data) for b in browsers])
    assert sorted(answer.status_code for answer in answers) == [302, 409, 409, 409]


def test_the_last_step_can_be_opened_again_and_keeps_its_note(make, sign_in, begin):
    community = begin(done=1)
    browser = sign_in(make.person())
    finish(browser, community, "waarom-hoe-wat", "Gekozen: mensen die Nederlands leren.")
    page = browser.get(f"/community/{community.id}/stappen").text
    assert page.count("Maak ongedaan") == 1
    assert reopen(browser, community, "waarom-hoe-wat").status_code == 302
    assert done(community) == KEYS[:1]
    page = browser.get(f"/community/{community.id}/stappen").text
    assert "Gekozen: mensen die Nederlands leren.</textarea>" in page
    assert finish(browser, community, "waarom-hoe-wat", "Gekozen: jonge ouders.").status_code == 302
    assert done(community) == KEYS[:2]
    assert "Gekozen: jonge ouders." in browser.get(f"/community/{community.id}/stappen").text


@pytest.mark.parametrize("key", ["inventarisatie", "contact", "onzin", ""])
def test_only_the_last_one_can_be_opened_again(make, sign_in, begin, key):
    community = begin(done=2)
    response = reopen(sign_in(make.person()), community, key)
    assert response.status_code == 409
    assert "U kunt alleen de stap die het laatst is afgerond weer openen." in response.text
    assert done(community) == KEYS[:2]


def test_nothing_done_means_nothing_to_open(make, sign_in, begin):
    community = begin()
    assert "Maak ongedaan" not in sign_in(make.person()).get(f"/community/{community.id}/stappen").text
    assert reopen(sign_in(make.person()), community, "inventarisatie").status_code == 409
