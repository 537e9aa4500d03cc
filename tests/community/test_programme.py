"""Programmes: data, shares, coaches with dates, who sees what, and 137 libraries at once."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from lms.api import DemoSite, Library, db, now, today
from plugins.community import demo, programme_figures, programmes
from plugins.community.models import Community, Goal, Item, OrganisationGoal, Participation, Programme

LEAD = ("community.lead",)
OFFICE = "Bibliotheekhuis Polderzicht"


@pytest.fixture
def lead(make, sign_in):
    return sign_in(make.person(library=OFFICE, roles=LEAD))


@pytest.fixture
def pilot(app):
    """The programme of 2017, as the demo has it."""
    demo._pilot(DemoSite(), demo.Days())
    db.session.commit()
    return db.session.scalars(select(Programme)).one()


@pytest.mark.req("R0.14", "R0.15")
def test_sessions_and_tasks_are_data(lead, pilot):
    page = lead.get(f"/community/programmas/{pilot.id}").text
    titles = [session.title for session in pilot.sessions]
    assert titles == [*(f"Werksessie {n}" for n in (1, 2, 3, 4)), *(f"Terugkomdag {n}" for n in (1, 2, 3))]
    assert [session.evaluates for session in pilot.sessions] == [False] * 6 + [True]
    assert all(title in page for title in titles)
    assert len(pilot.tasks) == 2
    data = {"kind": "Excursie", "plural": "Excursies", "on": "2026-12-01"}
    new = f"/community/programmas/{pilot.id}/bijeenkomsten/nieuw"
    for number in (1, 2):  # in the morning and in the afternoon, each pressed twice
        data["seen"] = re.search(r'name="seen"[^>]*value="(\d+)"', lead.get(new).text)[1]
        for _press in range(2):
            assert lead.post(new, data=data).status_code == 302
        page = lead.get(f"/community/programmas/{pilot.id}").text
        assert f"Excursie {number}" in page and f"Excursie {number + 1}" not in page
    assert lead.post(new, data=data | {"seen": "9" * 5000}).status_code == 302


@pytest.mark.req("R0.16", "R0.17")
def test_shares_of_provinces_are_computed(lead, pilot):
    assert [(share.province, share.percent) for share in programme_figures.shares(pilot)] == [
        ("Zuid-Holland", 75),
        ("Noord-Holland", 25),
    ]
    page = lead.get(f"/community/programmas/{pilot.id}").text
    assert "75%" in page
    assert "25%" in page
    assert page.count("Co-creator") == 1
    assert page.count("Uitkomst niet bekend") == 1
    assert "Stap 1 van 8" not in page  # how far they came the sources do not tell


@pytest.mark.req("R0.21")
def test_the_report_for_the_provinces(lead, pilot, make, sign_in):
    answer = lead.get(f"/community/programmas/{pilot.id}/verslag.csv")
    assert answer.mimetype == "text/csv"
    assert "Bibliotheek Rotterdam;Zuid-Holland;Co-creator;Afgerond" in answer.text
    assert "Aandeel;Zuid-Holland;3;75%" in answer.text
    assert sign_in(make.person()).get(f"/community/programmas/{pilot.id}/verslag.csv").status_code == 403


def test_no_cell_of_the_report_calculates(lead, pilot):
    library = db.session.scalars(select(Participation)).first().library
    library.name, library.province = "=HYPERLINK(1)", "@SUM(1)"
    db.session.commit()
    text = lead.get(f"/community/programmas/{pilot.id}/verslag.csv").text
    assert "'=HYPERLINK(1);'@SUM(1);" in text
    assert ";=" not in text and "\n=" not in text and ";@" not in text


def test_the_name_of_the_report_goes_through_any_server(lead, begin):
    made = programmes.create("Één voor allen, сад 2026", begin().plan_id)
    db.session.commit()
    named = lead.get(f"/community/programmas/{made.id}/verslag.csv").headers["Content-Disposition"]
    assert named == "attachment; filename=verslag-een-voor-allen--2026.csv"


def test_a_lead_builds_a_programme(lead, make, begin):
    begin()
    data = {
        "title": "De buurt aan zet", "starts_on": "1-3-2026", "ends_on": "2026-12-31", "tasks": "Meedoen\nMeedenken",
        "contact_people": "8", "working_days": "60", "working_held": "2", "working_together": "1",
    }  # fmt: skip
    refused = lead.post("/community/programmas/nieuw", data=data | {"ends_on": "1-1-2026"})
    assert refused.status_code == 422
    assert "Het programma eindigt voordat het begint." in refused.text
    db.session.rollback()
    address = lead.post("/community/programmas/nieuw", data=data).location
    made = db.session.scalars(select(Programme)).one()
    assert (made.contact_people, made.working_days, [task.title for task in made.tasks]) == (
        8, 60, ["Meedoen", "Meedenken"],
    )  # fmt: skip
    join = f"{address}/bibliotheken/nieuw"
    assert lead.post(join, data={"library": "Nergens", "role": "participant"}).status_code == 422
    assert lead.post(join, data={"library": "bibliotheek waterdorp", "role": "co-creator"}).status_code == 302
    assert lead.post(join, data={"library": "Bibliotheek Waterdorp", "role": "participant"}).status_code == 409
    part = db.session.scalars(select(Participation)).one()
    assert db.session.scalars(select(Community)).one().programme_id == made.id
    stop = {"role": "co-creator", "status": "stopped", "outcome": "Geen tijd.", "succeeded_by_id": "0"}
    assert lead.post(f"{address}/bibliotheken/{part.id}", data=stop).status_code == 302
    page = lead.get(address).text
    assert "Gestopt" in page
    assert "Geen tijd." in page
    assert lead.get(f"{address}/aanpassen").status_code == 200


@pytest.mark.req("R0.15", "R0.20")
def test_a_coach_sees_a_library_until_the_last_day(make, sign_in, lead, begin):
    community, other = begin(), begin("Tuin", library="Bibliotheek Lindehove")
    programme = programmes.create("De buurt aan zet", community.plan_id)
    part = programmes.take_part(programme, community.library)
    programmes.take_part(programme, other.library)
    coach = make.person(library="Bibliotheek Waterdorp", roles=("community.coach@library",))
    coach.library_id = None
    db.session.commit()
    browser = sign_in(coach)
    address = f"/community/programmas/{programme.id}/bibliotheken/{part.id}/coach"

    def until(day):
        data = {"person_id": coach.id, "starts_on": "2026-01-01", "ends_on": day.isoformat()}
        assert lead.post(address, data=data).status_code == 302
        return [
            browser.get(path).status_code
            for path in (f"/community/{community.id}", f"/community/programmas/{programme.id}")
        ]

    assert until(today()) == [200, 200]
    assert browser.get(f"/community/{other.id}").status_code == 404  # the others not in detail
    assert until(today() - timedelta(days=1)) == [404, 404]
    assert "Taalcafé" not in browser.get("/community/begeleiden").text
    data = {"person_id": coach.id, "starts_on": "2026-05-01", "ends_on": "2026-04-01"}
    assert lead.post(address, data=data).status_code == 422
    stranger = make.person(library="Bibliotheek Lindehove")
    assert lead.post(address, data=data | {"person_id": stranger.id}).status_code == 404


def test_a_library_that_takes_part_compares_with_what_is_shared(make, sign_in, lead, begin):
    mine, hidden = begin(), begin("Tuin", library="Bibliotheek Lindehove")
    programme = programmes.create("De buurt aan zet", mine.plan_id)
    for community in (mine, hidden):
        programmes.take_part(programme, community.library)
    db.session.commit()
    browser = sign_in(make.person())
    address = f"/community/programmas/{programme.id}"
    page = browser.get(f"{address}/vergelijking").text
    assert "Taalcafé Oost" in page
    assert "Tuin" not in page
    assert "niet met u gedeeld" in browser.get(address).text
    assert "Tuin" in lead.get(f"{address}/vergelijking").text
    hidden.published_at = now()
    db.session.commit()
    page = browser.get(f"{address}/vergelijking").text
    assert "Tuin" in page
    assert "3 keer in de bibliotheek" not in page
    assert "2 keer in de bibliotheek, 1 keer online, 1 keer beide." in page
    outsider = sign_in(make.person(library="Bibliotheek Heuvelrijk"))
    assert outsider.get(address).status_code == 404
    assert outsider.get(f"{address}/vergelijking").status_code == 404


def test_attendance_is_numbers(lead, pilot):
    session, part = pilot.sessions[0], db.session.scalars(select(Participation)).first()
    address = f"/community/programmas/{pilot.id}/bijeenkomsten/{session.id}"
    for number in ("3", "2", "veel", ""):
        assert lead.post(address, data={"kind": "Werksessie", f"came-{part.id}": number}).status_code == 302
    assert programmes.attendance(session) == {part.id: 2}
    assert f'name="came-{part.id}" inputmode="numeric" maxlength="3" value="2"' in lead.get(address).text


@pytest.fixture
def land(app, begin):
    """137 libraries in one programme, each with a community, and 2,000 activities together."""
    plan = begin().plan_id
    programme = programmes.create("Heel het land", plan)
    libraries = [Library(name=f"Bibliotheek {number:03}", province="Utrecht") for number in range(137)]
    db.session.add_all(libraries)
    db.session.flush()
    for library in libraries:
        db.session.add(Participation(programme_id=programme.id, library_id=library.id))
    made = [
        Community(library_id=library.id, plan_id=plan, programme_id=programme.id, name="Groep", target_group="Buren")
        for library in libraries
    ]
    over = [OrganisationGoal(library_id=library.id, text="Meedoen") for library in libraries]
    db.session.add_all([*made, *over])
    db.session.flush()
    goals = [
        Goal(community_id=c.id, organisation_goal_id=o.id, text="Veertig", indicator="Bezoekers")
        for c, o in zip(made, over, strict=True)
    ]
    db.session.add_all(goals)
    db.session.flush()
    rows = []
    for number in range(2000):
        place = number % 137
        starts = now() + timedelta(days=number // 137 - 7, hours=1)
        mode, starter = (("offline", "for"), ("online", "with"), ("both", "by"))[number % 3]
        rows.append({
            "community_id": made[place].id, "goal_id": goals[place].id, "title": "Inloop", "uid": f"u{number}",
            "starts_at": starts, "ends_at": starts + timedelta(hours=2), "mode": mode, "started_by": starter,
            "turnout": 5 if number // 137 < 7 else None,
        })  # fmt: skip
    db.session.execute(insert(Item), rows)
    db.session.commit()
    return programme, made[0]


def test_a_whole_country_asks_no_more_than_twelve_questions(lead, make, sign_in, land, queries):
    programme, first = land
    member = sign_in(make.person(library="Bibliotheek 000"))
    pages = (
        (lead, f"/community/programmas/{programme.id}", "Bibliotheek 024"),
        (lead, f"/community/programmas/{programme.id}?page=6", "Bibliotheek 136"),
        (lead, f"/community/programmas/{programme.id}/vergelijking", "Opkomst per keer"),
        (lead, f"/community/{first.id}", "Inloop"),
        (member, "/community/", "Inloop"),
        (member, "/community/?weergave=lijst", "Inloop"),
        (lead, "/community/begeleiden", "Bibliotheek 010"),
        (lead, "/community/netwerk", "Nog geen bibliotheek"),
    )
    for browser, path, text in pages:
        with queries() as seen:
            answer = browser.get(path)
        assert text in answer.text, path
        assert len(seen) <= 12, (path, [one[:90] + one[one.find("FROM") :][:90] for one in seen])
