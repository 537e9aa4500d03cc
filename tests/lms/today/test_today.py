"""«Vandaag» for a participant, a trainer and everybody else."""

import re
from datetime import timedelta

from sqlalchemy import select

from lms import clock
from lms.courses.models import Activity
from lms.db import db
from lms.progress import services as progress
from lms.runs.models import PARTICIPANT, TRAINER


def activity(run, slug):
    return db.session.scalar(select(Activity).where(Activity.slug == slug, Activity.course_id == run.course_id))


def test_the_front_door_leads_to_today(make, sign_in, client):
    assert sign_in(make.person()).get("/").location == "/vandaag"
    assert client.get("/").location == "/login?next=/"


def test_a_participant_sees_one_next_step_the_day_and_the_trainer(make, sign_in):
    run = make.run(trainers=1, first_day=clock.today() + timedelta(days=2))
    trainer = make.people(run, "trainer")[0]
    page = sign_in(make.people(run)[0]).get("/vandaag").text
    assert "Begin met: Les" in page
    assert page.count("lp-next") == 1
    assert "Lesdag 1" in page
    assert "Zaal 1" in page
    assert f"mailto:{trainer.email}" in page
    assert "Ik kan niet komen" in page
    assert "Taak van deze week" in page


def test_returned_work_comes_first(make, sign_in):
    run = make.run()
    participant = make.people(run)[0]
    progress.note(activity(run, "opdracht"), participant, "returned", run)
    page = sign_in(participant).get("/vandaag").text
    assert "Maak opnieuw: Opdracht" in page
    assert "Nog niet. Lees wat er mist en lever opnieuw in." in page
    label = re.search("lp-next.*?lp-label[^>]*>(.*?)<", page, re.DOTALL)[1]
    assert label == "Opdracht 1", "doing it again does not take all of its hours"


def test_what_waits_for_the_trainer_is_no_next_step(make, sign_in):
    run = make.run()
    participant = make.people(run)[0]
    progress.complete(activity(run, "les"), participant, run)
    progress.note(activity(run, "opdracht"), participant, "handed_in", run)
    page = sign_in(participant).get("/vandaag").text
    assert "U bent bij." in page


def test_late_work_is_said_in_words(make, sign_in):
    run = make.run(first_day=clock.today() - timedelta(days=20))
    page = sign_in(make.people(run)[0]).get("/vandaag").text
    assert "te laat, inleveren kan nog" in page


def test_who_did_nothing_yet_is_welcomed_and_begins_at_the_beginning(make, sign_in):
    run = make.run(first_day=clock.today() - timedelta(days=20))
    client = sign_in(make.people(run)[0])
    page = client.get("/vandaag").text
    welcome = page[page.index('id="welkom"') : page.index("lp-next")]
    assert run.course.title in welcome
    assert "6–8 uur per week" in welcome
    assert f'href="/runs/{run.id}/lesdagen/2"' in welcome
    assert "Wat al klaar had moeten zijn, kunt u nog inleveren." in welcome
    assert "Begin met: Les" in page  # the assignment is late; the lesson before it comes first
    client.post(f"/runs/{run.id}/les/afgerond", data={"action": "done"})
    page = client.get("/vandaag").text
    assert 'id="welkom"' not in page
    assert "Begin met: Opdracht" in page
    assert "De datum is voorbij. Inleveren kan nog." in page


def test_who_begins_with_the_group_is_not_told_that_it_has_begun(make, sign_in):
    page = sign_in(make.people(make.run(first_day=clock.today() + timedelta(days=9)))[0]).get("/vandaag").text
    assert 'id="welkom"' in page
    assert "De groep is al begonnen." not in page
    assert "Wat al klaar had moeten zijn" not in page


def test_a_late_assignment_that_is_begun_stays_the_next_step(make, sign_in):
    run = make.run(first_day=clock.today() - timedelta(days=20))
    participant = make.people(run)[0]
    progress.note(activity(run, "opdracht"), participant, "draft", run)
    assert "Ga verder met: Opdracht" in sign_in(participant).get("/vandaag").text


def test_a_trainer_sees_groups_and_an_empty_queue(make, sign_in):
    run = make.run()
    page = sign_in(make.people(run, "trainer")[0]).get("/vandaag").text
    assert run.name in page
    assert "Er wacht geen werk op u." in page


def test_who_is_both_sees_both(make, sign_in):
    given, followed = make.run(), make.run()
    person = make.person()
    make.enrol(given, person, TRAINER)
    make.enrol(followed, person, PARTICIPANT)
    page = sign_in(person).get("/vandaag").text
    assert given.name in page
    assert "Begin met: Les" in page


def test_the_run_with_the_nearest_day_is_todays(make, sign_in):
    person = make.person()
    old = make.run(first_day=clock.today() - timedelta(days=400), name="Oude groep")
    new = make.run(first_day=clock.today() + timedelta(days=3), name="Nieuwe groep")
    for run in (old, new):
        make.enrol(run, person)
    page = sign_in(person).get("/vandaag").text
    assert f"/runs/{new.id}/les" in page
    assert "U volgt ook" in page


def test_everybody_else_sees_where_they_can_go(make, sign_in):
    page = sign_in(make.person(roles=("admin",))).get("/vandaag").text
    assert "Beheer" in page


def test_the_week_names_all_that_it_asks(make, sign_in):
    run = make.run(first_day=clock.today())
    page = sign_in(make.people(run)[0]).get("/vandaag").text
    week = page[page.index("Uw week") : page.index("Volgende lesdag")]
    assert f'href="/runs/{run.id}/les"' in week
    assert f'href="/runs/{run.id}/opdracht"' in week
