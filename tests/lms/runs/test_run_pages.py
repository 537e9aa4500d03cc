"""The course page, its lesson days and the way to them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms import clock
from lms.courses.models import Activity
from lms.db import db
from lms.notifications.models import Mail
from lms.progress import services as progress
from lms.runs.models import TRAINER, Absence, Enrolment, RunDue


def test_the_course_leads_to_ones_only_run(make, sign_in):
    run = make.run()
    participant = make.people(run)[0]
    response = sign_in(participant).get(f"/courses/{run.course.slug}")
    assert response.status_code == 302
    assert response.location == f"/runs/{run.id}/"


def test_the_course_lists_ones_runs_when_there_are_more(make, sign_in):
    course = make.course()
    runs = [make.run(course), make.run(course)]
    trainer = make.person()
    for run in runs:
        make.enrol(run, trainer, TRAINER)
    page = sign_in(trainer).get(f"/courses/{course.slug}")
    assert page.status_code == 200
    assert all(run.name in page.text for run in runs)


def test_a_run_of_somebody_else_does_not_exist(make, sign_in):
    mine, other = make.run(), make.run()
    client = sign_in(make.people(mine)[0])
    for path in ("/", "/les", "/opdracht", "/lesdagen/1"):
        assert client.get(f"/runs/{other.id}{path}").status_code == 404
    assert client.post(f"/runs/{other.id}/les/afgerond").status_code == 404
    assert client.post(f"/runs/{other.id}/lesdagen/2").status_code == 404
    assert client.get("/courses/bestaat-niet").status_code == 404


def test_who_follows_nothing_may_not_enter(make, sign_in, client):
    run = make.run()
    assert sign_in(make.person()).get(f"/runs/{run.id}/").status_code == 403
    assert client.get(f"/runs/{run.id}/").location == f"/login?next=/runs/{run.id}/"
    assert client.post(f"/runs/{run.id}/les/afgerond").status_code == 401


def test_who_left_the_run_is_out(make, sign_in):
    run = make.run()
    participant = make.people(run)[0]
    client = sign_in(participant)
    db.session.scalar(select(Enrolment).where(Enrolment.person_id == participant.id)).left_at = clock.now()
    assert client.get(f"/runs/{run.id}/").status_code == 403


def test_the_course_page_tells_modules_days_weeks_and_progress(make, sign_in):
    run = make.run()
    participant = make.people(run)[0]
    lesson = db.session.scalar(select(Activity).where(Activity.slug == "les", Activity.course_id == run.course_id))
    progress.complete(lesson, participant, run)
    page = sign_in(participant).get(f"/runs/{run.id}/").text
    assert "6–8 uur per week" in page
    for number in range(1, 5):
        assert f"Lesdag {number}" in page
    assert "1 van 1 les klaar" in page
    assert "Stap 1" in page  # the task of the week
    assert 'role="img"' in page  # the shelf


def test_the_course_page_leads_to_the_present_week_and_says_begin_to_who_begins(make, sign_in):
    run = make.run(first_day=clock.today() - timedelta(days=8))
    client = sign_in(make.people(run)[0])
    page = client.get(f"/runs/{run.id}/").text
    assert 'href="#week-2"' in page
    at_top = page[page.index('class="lp-contents"') : page.index('id="dagen"')]
    for place in ("dagen", "thema-1", "weken"):
        assert f'href="#{place}"' in at_top
    assert page.index('id="week-2"') < page.index("nu</span>") < page.index('id="week-3"')
    assert "Begin met: Les" in page


@pytest.mark.parametrize("path", ["/", "/les", "/opdracht", "/lesdagen/2"])
def test_pages_cost_the_same_for_a_big_group(make, sign_in, queries, path):
    counts = []
    for size in (10, 200):
        run = make.run(participants=size, trainers=3)
        client = sign_in(make.people(run)[0])
        client.get(f"/runs/{run.id}{path}")  # the first page of a process also asks whether this is a demo
        with queries() as seen:
            assert client.get(f"/runs/{run.id}{path}").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 12, counts


def test_an_own_due_date_of_the_run_wins(make, sign_in):
    run = make.run()
    task = db.session.scalar(select(Activity).where(Activity.slug == "opdracht", Activity.course_id == run.course_id))
    on = clock.today() + timedelta(days=40)
    db.session.add(RunDue(run_id=run.id, activity_id=task.id, due_on=on))
    page = sign_in(make.people(run)[0]).get(f"/runs/{run.id}/").text
    from flask_babel import format_date

    assert format_date(on, "d MMMM") in page


def test_an_activity_whose_plugin_is_off_is_unavailable_and_counts_neither_way(make_app, make, sign_in):
    course = make.course(activities={"les": "core.lesson", "elders": "afwezig.ding", "les-2": "core.lesson"})
    run = make.run(course)
    client = sign_in(make.people(run)[0])
    page = client.get(f"/runs/{run.id}/elders")
    assert page.status_code == 200
    assert "nu niet beschikbaar" in page.text
    overview = client.get(f"/runs/{run.id}/").text
    assert "0 van 2 lessen klaar" in overview
    assert "niet beschikbaar" in overview


def test_signing_off_for_a_day_tells_the_trainers_and_can_be_taken_back(make, sign_in):
    run = make.run(trainers=2)
    client = sign_in(make.people(run)[0])
    response = client.post(f"/runs/{run.id}/lesdagen/2", data={"note": "Open dag."}, follow_redirects=True)
    assert "U bent afgemeld" in response.text
    client.post(f"/runs/{run.id}/lesdagen/2", data={"note": "Open dag."})  # a double click
    assert len(db.session.scalars(select(Absence)).all()) == 1
    assert len(db.session.scalars(select(Mail).where(Mail.kind == "absence")).all()) == 2
    client.post(f"/runs/{run.id}/lesdagen/2", data={"action": "kom"})
    assert db.session.scalars(select(Absence)).all() == []


def test_nobody_signs_off_for_what_is_past_or_not_theirs(make, sign_in):
    run = make.run()
    participant, trainer = make.people(run)[0], make.people(run, "trainer")[0]
    assert sign_in(participant).post(f"/runs/{run.id}/lesdagen/1").status_code == 409
    assert sign_in(participant).post(f"/runs/{run.id}/lesdagen/9").status_code == 404
    assert sign_in(trainer).post(f"/runs/{run.id}/lesdagen/2").status_code == 403


def test_who_looks_along_reads_of_no_progress_of_their_own(make, sign_in):
    run = make.run(first_day=clock.today() - timedelta(days=20))  # with work that is late for who follows
    trainer = sign_in(make.people(run, TRAINER)[0])
    page = trainer.get(f"/runs/{run.id}/").text
    assert "1 les</p>" in page
    for words in ("0 van 1", "nog te doen", "gekleurd", "is-warn"):
        assert words not in page
    assert "gekleurd" not in trainer.get(f"/runs/{run.id}/les").text
