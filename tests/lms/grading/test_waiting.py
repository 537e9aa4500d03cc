"""What waits, who may see it, and what it costs the database."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from lms import clock
from lms.accounts.models import Person
from lms.assignments.models import Draft, Submission, Version
from lms.courses.models import Activity
from lms.db import db
from lms.grading import queue, services
from lms.grading.models import Assessment, CriterionLevel, Waiting
from lms.runs.models import PARTICIPANT, TRAINER, Enrolment


def text_of(response):
    return response.get_data(as_text=True)


def listing(judging, **query):
    return judging.browser.get(f"/runs/{judging.run.id}/beoordelen", query_string=query)


def test_oldest_hand_in_comes_first(make_judging):
    judging = make_judging(participants=3)
    names = ["Anna Bakker", "Bas de Vries", "Chris Oud"]
    for person, name, hours in zip(judging.participants, names, (1, 3, 2), strict=True):
        person.name = name
        judging.hand_in(person, hours_ago=hours)
    html = text_of(listing(judging))
    assert html.index("Bas de Vries") < html.index("Chris Oud") < html.index("Anna Bakker")
    assert "Wacht op oordeel (3)" in html


def test_only_the_last_version_waits_and_a_released_one_no_longer(judging):
    old = judging.hand_in(hours_ago=3)
    newer = judging.hand_in(hours_ago=2)
    assert [row.version_id for row in services.waiting_summary(judging.trainer, 9)] == [newer]
    judging.release(newer)
    assert services.waiting_summary(judging.trainer, 9) == []
    assert old != newer


def test_saved_work_waits_with_that_word(judging):
    version = judging.hand_in()
    judging.save(version)
    (row,) = services.waiting_summary(judging.trainer, 9)
    assert (row.saved, row.state) == (True, "saved")
    assert "oordeel bewaard, nog niet vrijgegeven" in text_of(listing(judging))


def test_who_left_does_not_wait_but_is_found_under_everybody(judging):
    version = judging.hand_in()
    enrolment = judging.enrolment()
    enrolment.left_at = clock.now()
    db.session.commit()
    assert services.waiting_summary(judging.trainer, 9) == []
    assert "In deze groep wacht geen werk op u." in text_of(listing(judging))
    html = text_of(listing(judging, toon="alles"))
    assert "doet niet meer mee" in html
    assert judging.url(version) in html


def test_summary_tells_what_a_row_needs(judging):
    person = judging.participants[0]
    version = judging.hand_in(late=True)
    (row,) = services.waiting_summary(judging.trainer, 5)
    assert (row.version_id, row.run_id, row.participant, row.library) == (
        version, judging.run.id, person.name, "Bibliotheek Waterdorp",
    )  # fmt: skip
    assert (row.assignment_number, row.title, row.assignment) == (1, "Opdracht", "Opdracht 1, Opdracht")
    assert (row.number, row.late, row.state, row.total) == (1, True, "waiting", 1)
    assert row.handed_in_at.tzinfo is not None


def test_summary_is_one_query_and_keeps_to_the_limit(make_judging, queries):
    judging = make_judging(participants=4)
    for person in judging.participants:
        judging.hand_in(person)
    trainer = db.session.get_one(Person, judging.trainer.id)
    with queries() as seen:
        rows = services.waiting_summary(trainer, 3)
    assert len(seen) == 1
    assert [row.total for row in rows] == [4, 4, 4]
    assert [row.participant for row in rows] == [person.name for person in judging.participants[:3]], "oldest first"


def test_summary_covers_all_own_runs_and_no_others(make, make_judging):
    judging, elsewhere = make_judging(), make_judging()
    mine_too = make.run(judging.run.course, trainers=0)
    make.enrol(mine_too, judging.trainer, TRAINER)
    theirs = elsewhere.hand_in()
    here = judging.hand_in(hours_ago=1)
    there = judging.hand_in(make.people(mine_too)[0], run=mine_too, hours_ago=2)
    assert [row.version_id for row in services.waiting_summary(judging.trainer, 9)] == [there, here]
    assert [row.version_id for row in services.waiting_summary(elsewhere.trainer, 9)] == [theirs]
    page = text_of(listing(judging))
    assert judging.url(here) in page
    assert judging.url(there, mine_too) not in page
    assert services.waiting_summary(make.person(), 9) == []


def test_own_hand_in_as_participant_elsewhere_is_not_ones_own_to_judge(make, make_judging):
    judging, elsewhere = make_judging(), make_judging()
    make.enrol(elsewhere.run, judging.trainer, PARTICIPANT)
    version = elsewhere.hand_in(judging.trainer)
    assert services.waiting_summary(judging.trainer, 9) == []
    assert judging.browser.get(elsewhere.url(version)).status_code == 404


def test_filter_by_assignment(make, make_judging):
    course = make.course(
        activities={"een": "core.assignment", "twee": "core.assignment"},
        een={"number": 1, "purpose": "Doel."}, twee={"number": 2, "purpose": "Doel."},
    )  # fmt: skip
    judging = make_judging(course=course)
    first, second = judging.hand_in(slug="een"), judging.hand_in(slug="twee")
    html = text_of(listing(judging, opdracht="twee"))
    assert judging.url(second) in html
    assert judging.url(first) not in html
    html = text_of(listing(judging, opdracht="twee", toon="alles"))
    assert judging.url(first) not in html
    assert listing(judging, opdracht="drie").status_code == 404


def test_everybody_shows_each_state(make_judging):
    judging = make_judging(participants=6)
    people = judging.participants
    for person, name in zip(people, "ABCDEF", strict=True):
        person.name = f"{name} Jansen"
    db.session.add(
        Draft(enrolment_id=judging.enrolment(people[1]).id, activity_id=activity_of(judging).id, text="Geheim concept.")
    )
    judging.hand_in(people[2])
    judging.save(judging.hand_in(people[3]))
    judging.release(judging.hand_in(people[4]), overall="nog_niet")
    judging.hand_in(people[5], late=True)
    html = text_of(listing(judging, toon="alles"))
    rows = html.split('<tr role="row">')[2:]
    for row, words in zip(
        rows,
        (
            "nog niets", "concept, u ziet dit nog niet", "wacht op oordeel", "oordeel bewaard, nog niet vrijgegeven",
            "Nog niet", "wacht op oordeel, te laat",
        ),
        strict=True,
    ):  # fmt: skip
        assert words in row, (words, row)
    assert "Geheim concept." not in html


def test_draft_behind_a_judged_version_does_not_hide_it(judging):
    version = judging.hand_in()
    judging.release(version, overall="nog_niet")
    db.session.add(Draft(enrolment_id=judging.enrolment().id, activity_id=activity_of(judging).id, text="Nieuw."))
    db.session.commit()
    html = text_of(listing(judging, toon="alles"))
    assert "Nog niet" in html
    assert "concept" not in html


def test_pages_of_the_list(make_judging):
    judging = make_judging(participants=30)
    for nth, person in enumerate(judging.participants):
        person.name = f"Deelnemer {nth:02d}"
        judging.hand_in(person, hours_ago=30 - nth)
    first, second = text_of(listing(judging)), text_of(listing(judging, page=2))
    assert "Deelnemer 24" in first and "Deelnemer 25" not in first
    assert "Deelnemer 25" in second and "Deelnemer 24" not in second
    everybody = text_of(listing(judging, toon="alles", page=2))
    assert "Deelnemer 29" in everybody and "toon=alles" in everybody
    for page in ("3", "0", "-1"):
        assert listing(judging, page=page).status_code == 404, page
    for page in ("twee", "9" * 30):  # what is no number, or none that a database can count to
        assert listing(judging, page=page).status_code == 200, page


def test_empty_group_and_course_without_assignments(make, make_judging):
    assert "nog geen deelnemers" in text_of(listing(make_judging(participants=0), toon="alles"))
    course = make.course(activities={"les": "core.lesson"})
    assert "Deze cursus heeft geen opdrachten." in text_of(listing(make_judging(course=course), toon="alles"))


def test_previous_and_next_follow_the_list(make_judging):
    judging = make_judging(participants=3)
    first, middle, last = (
        judging.hand_in(person, hours_ago=hours) for person, hours in zip(judging.participants, (3, 2, 1), strict=True)
    )
    html = text_of(judging.browser.get(judging.url(middle)))
    assert "2 van 3 uit al uw groepen, oudste eerst" in html
    assert f'href="{judging.url(first)}" rel="prev"' in html
    assert f'href="{judging.url(last)}" rel="next"' in html
    assert 'rel="prev"' not in text_of(judging.browser.get(judging.url(first)))
    assert 'rel="next"' not in text_of(judging.browser.get(judging.url(last)))


def test_after_release_comes_the_next_work_and_then_the_list(make_judging):
    judging = make_judging(participants=2)
    first, second = (
        judging.hand_in(person, hours_ago=hours) for person, hours in zip(judging.participants, (2, 1), strict=True)
    )
    assert judging.release(first).location == judging.url(second)
    assert judging.release(second).location == f"/runs/{judging.run.id}/beoordelen"
    html = text_of(judging.browser.get(judging.url(first)))
    assert "oudste eerst" not in html
    assert 'rel="next"' not in html


def test_doors(make, make_judging):
    judging, elsewhere = make_judging(), make_judging()
    version, theirs = judging.hand_in(), elsewhere.hand_in()
    list_url, judge_url = f"/runs/{judging.run.id}/beoordelen", judging.url(version)
    participant = judging.sign_in(judging.participants[0])
    admin = judging.sign_in(make.person(roles=("admin",)))
    former = make.person()
    make.enrol(judging.run, former, TRAINER).left_at = clock.now()
    make.enrol(elsewhere.run, former, TRAINER)
    former = judging.sign_in(former)
    for browser, status in ((participant, 403), (admin, 403), (elsewhere.browser, 404), (former, 404)):
        assert browser.get(list_url).status_code == status
        assert browser.get(judge_url).status_code == status
        assert judging.save(version, browser=browser).status_code == status
        assert browser.post(judge_url + "/intrekken", data={"reason": "Zomaar."}).status_code == status
    nobody = judging.browser.application.test_client()
    assert nobody.get(judge_url).status_code == 302
    assert "/login" in nobody.get(list_url).location
    assert nobody.post(judge_url, data={}).status_code == 401
    assert nobody.post(judge_url + "/intrekken", data={}).status_code == 401
    assert judging.assessment(version) is None
    # Another run's version under one's own run.
    assert judging.browser.get(judging.url(theirs)).status_code == 404
    assert judging.save(theirs).status_code == 404
    assert judging.retract(theirs).status_code == 404
    for nowhere in (0, 987654, 2**31, 10**20):
        assert judging.browser.get(judging.url(nowhere)).status_code == 404
    assert judging.save(987654).status_code == 404


def activity_of(judging):
    return db.session.scalar(
        select(Activity).where(Activity.course_id == judging.run.course_id, Activity.type == "core.assignment")
    )


def fill(judging, count):
    """Participants with two versions each, the first judged and released, all in a few statements."""
    run, activity = judging.run, activity_of(judging)
    people = [{"name": f"Persoon {run.id}-{n}", "email": f"p{run.id}-{n}@test.example"} for n in range(count)]
    ids = list(db.session.scalars(insert(Person).returning(Person.id), people))
    enrolled = [{"run_id": run.id, "person_id": person, "role": PARTICIPANT} for person in ids]
    enrolments = list(db.session.scalars(insert(Enrolment).returning(Enrolment.id), enrolled))
    work = [{"enrolment_id": enrolment, "activity_id": activity.id} for enrolment in enrolments]
    submissions = list(db.session.scalars(insert(Submission).returning(Submission.id), work))
    db.session.execute(insert(Draft), [{**row, "text": "Concept."} for row in work])
    for number in (1, 2):
        handed_in = clock.now() - timedelta(hours=9 - number)
        rows = [
            {"submission_id": submission, "number": number, "handed_in_at": handed_in, "html": "<p>Werk.</p>"}
            for submission in submissions
        ]
        versions = list(db.session.scalars(insert(Version).returning(Version.id), rows))
        if number == 1:
            judged = [
                {"version_id": version, "overall": "nog_niet", "released_at": clock.now()} for version in versions
            ]
            assessments = list(db.session.scalars(insert(Assessment).returning(Assessment.id), judged))
            levels = [{"assessment_id": row, "criterion": "bronnen", "level": "goed"} for row in assessments]
            db.session.execute(insert(CriterionLevel), levels)
    queue.renew(db.session.connection(), submissions)
    db.session.commit()
    return versions[count // 2]


@pytest.mark.parametrize("query", [{}, {"toon": "alles"}, {"opdracht": "opdracht"}, {"toon": "alles", "page": 1}])
def test_list_costs_the_same_with_ten_as_with_two_hundred(make_judging, queries, query):
    costs = []
    for count in (10, 200):
        judging = make_judging(participants=0)
        fill(judging, count)
        listing(judging)  # the first page of an app asks once whether this is a demo
        with queries() as seen:
            assert listing(judging, **query).status_code == 200
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 12, seen


def test_screen_costs_the_same_with_ten_as_with_two_hundred(make_judging, queries):
    costs = []
    for count in (10, 200):
        judging = make_judging(participants=0)
        version = fill(judging, count)
        listing(judging)
        with queries() as seen:
            page = judging.browser.get(judging.url(version))
        assert f"van {count} uit al uw groepen, oudste eerst" in text_of(page)
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 12, seen


def test_the_kept_list_is_what_the_work_says(make_judging):
    """Whatever was done to it, in whatever order."""
    judging = make_judging(participants=3)
    first, second, third = judging.participants
    versions = [judging.hand_in(person) for person in (first, second, third)]
    judging.release(versions[0])
    again = judging.hand_in(second)
    judging.save(again)
    judging.release(versions[2])
    judging.retract(versions[2])
    assert kept() == says() == {again, versions[2]}
    db.session.delete(db.session.get(Version, again))
    db.session.commit()
    assert kept() == says() == {versions[1], versions[2]}


def kept():
    return set(db.session.scalars(select(Waiting.version_id)))


def says():
    """By the book: the last version of each submission that has no released judgement."""
    last = {
        version.submission_id: version.id for version in db.session.scalars(select(Version).order_by(Version.number))
    }
    released = select(Assessment.version_id).where(Assessment.released_at.is_not(None))
    return set(last.values()) - set(db.session.scalars(released))


def test_back_leads_to_the_list_that_one_came_from(judging):
    version = judging.hand_in()
    waiting, everybody = (f"{judging.url(version)}?{query}" for query in ("opdracht=opdracht", "toon=alles&page=1"))
    assert f'href="{waiting}"' in text_of(listing(judging, opdracht="opdracht", page=1))
    assert f'href="{everybody.replace("&", "&amp;")}"' in text_of(listing(judging, toon="alles", page=1))
    back = f'class="lp-back" href="/runs/{judging.run.id}/beoordelen'
    assert f'{back}?opdracht=opdracht"' in (screen := text_of(judging.browser.get(waiting)))
    assert "Wachtend werk</a>" in screen
    assert f'{back}?toon=alles&amp;page=1"' in (screen := text_of(judging.browser.get(everybody)))
    assert "Iedereen</a>" in screen
    assert f'action="{everybody.replace("&", "&amp;")}"' in screen
    saved = judging.browser.post(everybody, data={"action": "opslaan", "revision": "0"})
    assert saved.location == everybody, "who saves comes back to where they were"
