"""«Onze community» in a course: complete when the step of one's library is."""

import pytest
from sqlalchemy import select

from lms.api import Activity, Enrolment, db, progress
from plugins.community.activity import OurCommunity
from plugins.community.models import Community

LINDEHOVE = "Bibliotheek Lindehove"


def page(browser, run):
    response = browser.get(f"/runs/{run.id}/onze")
    assert response.status_code == 200
    return response.text


def confirm(browser, run, slug="onze"):
    return browser.post(f"/community/onderdeel/{run.id}/{slug}")


def finish(browser, community, step="inventarisatie"):
    return browser.post(f"/community/{community.id}/klaar", data={"step": step, "note": "Vijf groepen op een rij."})


def completed(run):
    """The people in the run for whom the activity is complete."""
    db.session.expire_all()
    return {
        enrolment.person_id
        for enrolment in db.session.scalars(select(Enrolment).where(Enrolment.run_id == run.id))
        for row in progress.of_enrolment(enrolment).values()
        if row.completed_at
    }


def test_the_way_from_nothing_to_done(make, sign_in, onze, filled):
    run = onze()
    person = make.people(run)[0]
    browser = sign_in(person)
    first = page(browser, run)
    assert "<p>Tekst.</p>" in first
    assert "Bibliotheek Waterdorp heeft hier nog geen community." in first
    assert 'href="/community/begin"' in first
    browser.post("/community/begin", data={"name": "Taalcafé", "target_group": "Buren."})
    assert "Deze stap is nu aan de beurt." in page(browser, run)
    community = db.session.scalars(select(Community)).one()
    filled(community)
    finish(browser, community)
    assert completed(run) == {person.id}
    assert "Afgerond op" in page(browser, run)


def test_every_colleague_in_a_run_is_done_and_nobody_else(make, sign_in, begin, onze):
    community = begin()
    run, other_run = onze(participants=3), onze(participants=1)
    elsewhere = make.person(library=LINDEHOVE)
    make.enrol(run, elsewhere)
    left = make.enrol(run, make.person())
    left.left_at = left.created_at
    other_step = onze(step="waarom-hoe-wat", participants=1)
    colleagues = {person.id for person in make.people(run) if person.id not in (elsewhere.id, left.person_id)}
    finish(sign_in(make.person()), community)  # a colleague who follows nothing
    assert completed(run) == colleagues
    assert completed(other_run) == {person.id for person in make.people(other_run)}
    assert completed(other_step) == set()


def test_marking_asks_as_much_for_many_colleagues_as_for_few(make, sign_in, begin, onze, queries):
    counts = []
    for library, number in (("Bibliotheek A", 1), ("Bibliotheek B", 30)):
        community = begin(library=library)
        run = onze(participants=0)
        for _number in range(number):
            make.enrol(run, make.person(library=library))
        browser = sign_in(make.person(library=library))
        with queries() as seen:
            assert finish(browser, community).status_code == 302
        counts.append(len([statement for statement in seen if statement.startswith("SELECT")]))
        assert len(completed(run)) == number
    assert counts[0] == counts[1]


def test_an_archived_activity_is_left_alone(make, sign_in, begin, onze):
    community, run = begin(), onze()
    activity = db.session.scalars(select(Activity).where(Activity.course_id == run.course_id)).one()
    activity.archived_at = run.created_at
    finish(sign_in(make.person()), community)
    assert completed(run) == set()


def test_opening_the_step_again_leaves_the_course_done(make, sign_in, begin, onze):
    community, run = begin(), onze()
    person = make.people(run)[0]
    browser = sign_in(person)
    finish(browser, community)
    browser.post(f"/community/{community.id}/open", data={"step": "inventarisatie"})
    assert completed(run) == {person.id}
    assert "Voor de cursus blijft dit onderdeel afgerond." in page(browser, run)


def test_who_comes_after_the_step_confirms_it(make, sign_in, begin, onze):
    begin(done=1)
    run = onze()
    person = make.people(run)[0]
    browser = sign_in(person)
    shown = page(browser, run)
    assert "Dit klopt, rond af" in shown
    assert "Vijf groepen op een rij" in shown
    assert completed(run) == set()  # looking writes nothing
    assert confirm(browser, run).location == f"/runs/{run.id}/onze"
    assert completed(run) == {person.id}
    assert "Dit klopt, rond af" not in page(browser, run)
    assert confirm(browser, run).status_code == 302  # twice does no harm


def test_what_is_not_done_cannot_be_confirmed(make, sign_in, begin, onze):
    run = onze(step="contact")
    browser = sign_in(make.people(run)[0])
    assert confirm(browser, run).status_code == 409  # no community yet
    begin(done=2)
    assert "Deze stap is nu aan de beurt." in page(browser, run)
    refused = confirm(browser, run)
    assert refused.status_code == 409
    assert "Deze stap van uw community is nog niet klaar." in refused.text
    assert completed(run) == set()


def test_a_step_for_later_says_which_comes_first(make, sign_in, begin, onze):
    begin(done=1)
    run = onze(step="concept")
    shown = page(sign_in(make.people(run)[0]), run)
    assert "Deze stap komt later." in shown
    assert "Stap 2 van 8: waarom, hoe en wat nodig" in shown


def test_a_step_that_the_plan_does_not_have(make, sign_in, begin, onze):
    begin()
    run = onze(step="iets-anders")
    browser = sign_in(make.people(run)[0])
    assert "Deze stap staat niet in het stappenplan van uw bibliotheek." in page(browser, run)
    assert confirm(browser, run).status_code == 409


def test_a_participant_without_a_library_reads_what_to_do(make, sign_in, onze):
    run = onze()
    person = make.people(run)[0]
    person.library_id = None
    browser = sign_in(person)
    assert "Uw account hoort nog bij geen bibliotheek." in page(browser, run)
    assert confirm(browser, run).status_code == 409


def test_confirming_is_for_participants_of_this_run(make, sign_in, client, begin, onze):
    begin(done=1)
    run = onze()
    assert confirm(client, run).status_code == 401
    assert confirm(sign_in(make.people(run, "trainer")[0]), run).status_code == 403
    assert confirm(sign_in(make.person()), run).status_code == 404
    participant = sign_in(make.people(run)[0])
    assert confirm(participant, run, "bestaat-niet").status_code == 404
    lesson = make.run(make.course(activities={"les": "core.lesson"}))
    assert confirm(sign_in(make.people(lesson)[0]), lesson, "les").status_code == 404
    assert completed(run) == set()


def test_a_trainer_sees_how_far_the_libraries_are(make, sign_in, begin, onze):
    begin("Taalcafé Oost", done=1)
    begin("Ons dorp", library="Bibliotheek Ver weg", done=3)
    run = onze(participants=2)
    make.enrol(run, make.person("Omar Yildiz", library=LINDEHOVE))
    trainer = sign_in(make.people(run, "trainer")[0])
    shown = page(trainer, run)
    assert "2 bibliotheken" in shown
    assert "Stap 2 van 8: waarom, hoe en wat nodig" in shown
    assert LINDEHOVE in shown
    assert "Nog geen community" in shown
    assert "Vijf groepen op een rij" not in shown  # names of libraries and steps only
    assert "Omar Yildiz" not in shown
    assert "Ver weg" not in shown
    assert "rond af" not in shown


@pytest.mark.parametrize("number", [10, 200])
def test_the_group_asks_as_much_for_many_as_for_few(make, sign_in, begin, onze, queries, number):
    run = onze(participants=0)
    for n in range(number):
        make.enrol(run, make.person(library=f"Bibliotheek {n:03d}"))
    for n in range(0, 20, 2):
        begin(library=f"Bibliotheek {n:03d}", done=n % 8)
    trainer, participant = sign_in(make.people(run, "trainer")[0]), sign_in(make.people(run)[0])
    for browser in (trainer, participant):
        with queries() as seen:
            page(browser, run)
        assert len(seen) <= 12
        assert all(statement.startswith("SELECT") for statement in seen)


@pytest.mark.parametrize(
    ("settings", "wrong"),
    [
        ({"step": "inventarisatie"}, []),
        ({"step": "geevalueerd"}, []),
        ({}, ["step"]),
        ({"step": "inventaris"}, ["step"]),
        ({"step": None}, ["step"]),
        ({"step": ["inventarisatie"]}, ["step"]),
        ({"step": {"key": "inventarisatie"}}, ["step"]),
        ({"step": "contact", "stap": "contact"}, ["stap"]),
    ],
)
def test_the_settings_in_a_course_are_checked(app, settings, wrong):
    found = dict(OurCommunity().check(settings))
    assert list(found) == wrong
    if wrong == ["step"]:
        assert "inventarisatie, waarom-hoe-wat, contact" in found["step"]
