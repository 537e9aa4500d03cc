"""The pages of a course in a run: who sees which, and what a lesson day shows of them."""

import re
from datetime import timedelta

import pytest

from lms import clock
from lms.testing import RUBRIC

TEXT = "Lees [de les](../1-thema/les.md) en [het begrip](begrippen.md#doelgroep)."


@pytest.fixture
def run(make):
    """A run of a course with a page of each kind, and an assignment with a worksheet that begins on day 1."""
    settings = {"number": 1, "purpose": "Doel.", "rubric": RUBRIC, "worksheet": "course_cl.surroundings"}
    course = make.course(activities={"les": "core.lesson", "opdracht": "core.assignment"}, opdracht=settings)
    make.page(course, "begrippen", "glossary", body="## Doelgroep\n\nVoor wie u het doet.")
    for slug, kind in (("dag-1", "programme"), ("draaiboek", "script"), ("kaart", "handout")):
        make.page(
            course, slug, kind, body=TEXT if kind != "handout" else "| Wie |\n| --- |\n|  |\n", title=f"Dat is {slug}"
        )
    course.days[0].bring = "Een plattegrond."
    make.page(course, "kaart-2", "handout", day_number=2, title="Dat is kaart 2")
    return make.run(course, first_day=clock.today() + timedelta(days=1))


@pytest.fixture
def participant(make, run, sign_in):
    return sign_in(make.people(run)[0])


@pytest.fixture
def trainer(make, run, sign_in):
    return sign_in(make.people(run, "trainer")[0])


@pytest.fixture
def admin(make, sign_in):
    return sign_in(make.person(roles=("admin",)))


def test_the_glossary_has_its_terms_with_their_places(participant, run):
    page = participant.get(f"/runs/{run.id}/materiaal/begrippen")
    assert page.status_code == 200
    assert '<h2 id="doelgroep">Doelgroep</h2>' in page.text


def test_the_glossary_has_letters_to_jump_by(make, participant, run):
    make.page(run.course, "lijst", "glossary", body="## Buurt\n\nX.\n\n## BATNA\n\nX.\n\n## élan\n\nX.")
    page = participant.get(f"/runs/{run.id}/materiaal/lijst").text
    letters = page[page.index('class="lp-letters') : page.index("<article")]
    assert re.findall('href="#(.+?)">(.)<', letters) == [("buurt", "B"), ("élan", "É")]
    assert "lp-letters" not in participant.get(f"/runs/{run.id}/materiaal/kaart").text


def test_from_a_lesson_to_the_glossary_and_back(participant, run):
    def back(came_from):
        page = participant.get(f"/runs/{run.id}/materiaal/begrippen", headers={"Referer": came_from}).text
        assert ("Terug<" in page) == came_from.endswith(f"/{run.id}/les"), "also beside the letters, which stay in view"
        return re.search('class="lp-back" href="(.+?)"', page)[1]

    assert back(f"http://localhost/runs/{run.id}/les") == f"/runs/{run.id}/les"
    for elsewhere in ("", "http://[", "http://localhost/vandaag", f"http://localhost/runs/{run.id + 1}/les"):
        assert back(elsewhere) == f"/runs/{run.id}/materiaal"


def test_a_lesson_day_shows_its_programme_with_links_that_lead_right(participant, run):
    page = participant.get(f"/runs/{run.id}/lesdagen/1").text
    assert "Programma</h2>" in page
    assert "Een plattegrond." not in page, "the programme says what to bring"
    assert 'href="../les"' in page
    assert participant.get(f"/runs/{run.id}/materiaal/dag-1").location == f"/runs/{run.id}/lesdagen/1"


def test_a_day_without_a_programme_page_keeps_its_sentence(make, sign_in):
    course = make.course()
    course.days[0].programme, course.days[0].bring = "U maakt kennis.", "Een plattegrond."
    run = make.run(course)
    page = sign_in(make.people(run)[0]).get(f"/runs/{run.id}/lesdagen/1").text
    assert "U maakt kennis." in page and "Een plattegrond." in page
    assert "Hand-outs" not in page


def test_a_lesson_day_has_its_own_hand_outs_and_empty_worksheets(participant, run):
    first, second = (participant.get(f"/runs/{run.id}/lesdagen/{number}").text for number in (1, 2))
    assert f"/runs/{run.id}/materiaal/kaart" in first and "Dat is kaart 2" not in first
    assert f"/runs/{run.id}/opdracht/werkblad/leeg" in first
    assert f"/runs/{run.id}/materiaal/kaart-2" in second and "werkblad/leeg" not in second


@pytest.mark.parametrize(("who", "status"), [("participant", 404), ("trainer", 200), ("admin", 200)])
def test_a_script_is_for_trainers_of_the_run_and_who_manages(request, run, who, status):
    browser = request.getfixturevalue(who)
    assert browser.get(f"/runs/{run.id}/materiaal/draaiboek").status_code == status
    for path in ("lesdagen/1", "materiaal"):
        assert ("Dat is draaiboek" in browser.get(f"/runs/{run.id}/{path}").text) == (status == 200)


def test_a_trainer_of_another_run_does_not_read_the_script_here(make, run, sign_in):
    other = make.run(run.course)
    browser = sign_in(make.people(other, "trainer")[0])
    assert browser.get(f"/runs/{run.id}/materiaal/draaiboek").status_code == 404
    assert browser.get(f"/runs/{other.id}/materiaal/draaiboek").status_code == 200


def test_the_material_leads_to_everything_and_the_course_leads_there(participant, run):
    assert f"/runs/{run.id}/materiaal" in participant.get(f"/runs/{run.id}/").text
    page = participant.get(f"/runs/{run.id}/materiaal").text
    for path in ("materiaal/begrippen", "lesdagen/1", "materiaal/kaart", "materiaal/kaart-2", "opdracht/werkblad/leeg"):
        assert f'href="/runs/{run.id}/{path}"' in page


def test_a_course_without_pages_does_not_lead_there(make, sign_in):
    run = make.run()
    assert "/materiaal" not in sign_in(make.people(run)[0]).get(f"/runs/{run.id}/").text


def test_a_hand_out_says_how_the_paper_lies_and_has_room_to_write(make, participant, run):
    make.page(run.course, "flip", "handout", orientation="landscape")
    assert '<body class="lp-a4 lp-a4--landscape">' in participant.get(f"/runs/{run.id}/materiaal/flip").text
    page = participant.get(f"/runs/{run.id}/materiaal/kaart").text
    assert '<body class="lp-a4 lp-a4--portrait">' in page
    assert "<td></td>" in page


def test_a_page_that_is_not_there(participant, run):
    assert participant.get(f"/runs/{run.id}/materiaal/nergens").status_code == 404
    assert participant.get(f"/runs/{run.id}/materiaal/les").status_code == 404


def test_pages_cost_no_more_queries_when_there_are_more(make, participant, run, queries):
    def asked(path):
        participant.get(f"/runs/{run.id}/{path}")
        with queries() as seen:
            participant.get(f"/runs/{run.id}/{path}")
        return len(seen)

    before = {path: asked(path) for path in ("materiaal", "lesdagen/1", "materiaal/begrippen")}
    for number in range(10):
        make.page(run.course, f"meer-{number}", "handout")
    assert {path: asked(path) for path in before} == before


def test_the_search_finds_pages_and_a_script_for_trainers_only(participant, trainer, run):
    for browser, sees in ((participant, False), (trainer, True)):
        page = browser.get("/zoeken?q=dat is").text
        assert f"/runs/{run.id}/materiaal/kaart" in page
        assert f"/runs/{run.id}/materiaal/dag-1" in page
        assert (f"/runs/{run.id}/materiaal/draaiboek" in page) == sees
    assert f"/runs/{run.id}/materiaal/begrippen" in participant.get("/zoeken?q=voor wie u het").text


def test_the_search_finds_no_pages_of_others(make, run, sign_in):
    other = make.run(make.course(activities={"elders": "core.lesson"}))
    assert "/materiaal/" not in sign_in(make.people(other)[0]).get("/zoeken?q=dat").text


def test_a_trainer_finds_on_top_of_a_lesson_day_what_leading_it_takes(make, participant, trainer, run):
    address = f"/runs/{run.id}/lesdagen/1"
    assert "Voor trainers" not in participant.get(address).text
    assert "Niemand heeft zich afgemeld." in trainer.get(address).text
    participant.post(address, data={"note": ""})
    page = trainer.get(address).text
    mine = page[page.index("Voor trainers") : page.index("Programma")]
    for path in ("materiaal/draaiboek", "lijst", "beoordelen", "berichten/nieuw"):
        assert f'href="/runs/{run.id}/{path}"' in mine
    assert f"Komen niet: {make.people(run)[0].name}" in mine


def test_today_leads_a_trainer_to_the_next_day_and_its_script(trainer, run):
    page = trainer.get("/vandaag").text
    assert f'href="/runs/{run.id}/lesdagen/1">Lesdag 1' in page
    assert f'href="/runs/{run.id}/materiaal/draaiboek">Draaiboek' in page
