"""What a library writes down: each on what it rests, without people, and for nobody else."""

import re

import pytest
from sqlalchemy import inspect, select

from lms.api import Base, db, today
from plugins.community.guard import has_contact_details
from plugins.community.kinds import KINDS
from plugins.community.models import Contact, Goal, Measurement, OrganisationGoal

GOOD = {
    "doelgroepen": {"name": "Jonge ouders"},
    "randvoorwaarden": {"text": "Een zaal", "owner": "teamleider"},
    "contact": {"on": "2026-01-05", "form": "visit", "people": "3", "learned": "Zij willen praten."},
    "concept": {"text": "Een café waar taal vanzelf gaat.", "content": "De collectie makkelijk lezen"},
    "doelen": {"text": "Veertig bezoekers", "indicator": "Bezoekers", "new_organisation_goal": "Iedereen doet mee."},
    "partners": {"kind": "partner", "organisation": "Buurthuis", "for_them": "Bezoek.", "for_us": "Een keuken."},
    "terugblik": {"on": "2026-01-05", "findings": "De groep blijft.", "decision": "continue"},
}

SHOWN = ("name", "text", "learned", "organisation", "findings")


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_written_read_and_closed_to_others(make, sign_in, begin, kind):
    community = begin(done=8)
    browser = sign_in(make.person())
    address = f"/community/{community.id}/{kind}"
    assert browser.get(f"{address}/nieuw").status_code == 200
    assert browser.post(f"{address}/nieuw", data=GOOD[kind]).location == address
    page = browser.get(address).text
    assert (
        next(
            text for name, text in GOOD[kind].items() if name in {"name", "text", "learned", "organisation", "findings"}
        )
        in page
    )
    record = db.session.scalars(select(KINDS[kind].model).order_by(KINDS[kind].model.id.desc())).first()
    stranger = sign_in(make.person(library="Bibliotheek Lindehove"))
    coach = make.person(library="Bibliotheek Waterdorp", roles=("community.coach@library",))
    coach.library_id = None
    coach = sign_in(coach)
    assert coach.get(address).status_code == 200
    for path, data in (("nieuw", GOOD[kind]), (str(record.id), GOOD[kind]), (f"{record.id}/verwijderen", {})):
        assert stranger.post(f"{address}/{path}", data=data).status_code == 404
        assert coach.post(f"{address}/{path}", data=data).status_code == 403
    assert stranger.get(address).status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_a_double_press_writes_once(make, sign_in, begin, kind):
    community = begin(done=8)
    browser, model = sign_in(make.person()), KINDS[kind].model
    before = set(db.session.scalars(select(model.id)))
    for _press in range(2):
        assert browser.post(f"/community/{community.id}/{kind}/nieuw", data=GOOD[kind]).status_code == 302
    assert len(set(db.session.scalars(select(model.id))) - before) == 1


def test_a_record_of_another_library_is_not_reached_through_ones_own(make, sign_in, begin):
    mine, theirs = begin(), begin("Tuin", library="Bibliotheek Lindehove")
    goal = db.session.scalars(select(Goal).where(Goal.community_id == theirs.id)).one()
    browser = sign_in(make.person())
    for path in (f"doelen/{goal.id}", f"doelen/{goal.id}/verwijderen", f"doelen/{goal.id}/metingen"):
        assert browser.post(f"/community/{mine.id}/{path}", data=GOOD["doelen"]).status_code == 404, path


@pytest.mark.req("R1.2")
def test_a_goal_hangs_on_a_goal_of_the_organisation(make, sign_in, begin):
    community, other = begin(), begin("Tuin", library="Bibliotheek Lindehove")
    browser = sign_in(make.person())
    theirs = db.session.scalars(select(OrganisationGoal).where(OrganisationGoal.library_id == other.library_id)).one()
    data = {"text": "Veertig bezoekers", "indicator": "Bezoekers"}
    for wrong in ("", "0", "987654", str(theirs.id), "x"):
        refused = browser.post(f"/community/{community.id}/doelen/nieuw", data=data | {"organisation_goal_id": wrong})
        assert refused.status_code == 422, wrong
        assert "Kies bij welk doel van uw organisatie dit hoort." in refused.text
    new = {"organisation_goal_id": "0", "new_organisation_goal": "Iedereen doet mee."}
    assert browser.post(f"/community/{community.id}/doelen/nieuw", data=data | new).status_code == 302
    assert (
        "Hoort bij het doel van de organisatie: Iedereen doet mee."
        in browser.get(f"/community/{community.id}/doelen").text
    )
    assert not Goal.__table__.c.organisation_goal_id.nullable


def test_a_goal_is_measured_over_time(make, sign_in, begin):
    community = begin()
    browser = sign_in(make.person())
    goal = db.session.scalars(select(Goal)).one()
    address = f"/community/{community.id}/doelen/{goal.id}/metingen"
    assert browser.post(address, data={"on": "2026-01-05", "value": "12,5"}).status_code == 302
    assert browser.post(address, data={"on": "2026-02-05", "value": "19"}).status_code == 302
    assert browser.post(address, data={"on": "2026-02-05", "value": "20"}).status_code == 409
    for wrong in ("veel", "NaN", "", "1e999"):
        assert browser.post(address, data={"on": "2026-03-05", "value": wrong}).status_code == 422, wrong
    assert db.session.scalars(select(Measurement.value).order_by(Measurement.on)).all() == [12.5, 19]
    page = browser.get(f"/community/{community.id}/doelen").text
    assert "5 januari 2026: 12,5" in page


def test_nothing_has_a_place_for_the_name_of_a_citizen(app):
    assert {column.key for column in inspect(Contact).columns} == {
        "id", "community_id", "created_at", "on", "form", "people", "learned",
    }  # fmt: skip
    tables = [m.local_table for m in Base.registry.mappers if m.class_.__module__.startswith("plugins.community")]
    assert not [column for table in tables for column in table.c if column.name in {"email", "phone", "person_name"}]


@pytest.mark.parametrize("text", ["Bel 06-12345678", "mail noor@voorbeeld.nl", "+31 6 12 34 56 78", "020 123 45 67"])
def test_what_leads_to_a_person_is_refused_at_the_field(make, sign_in, begin, text):
    community = begin()
    data = GOOD["contact"] | {"learned": f"Zij willen praten. {text}"}
    refused = sign_in(make.person()).post(f"/community/{community.id}/contact/nieuw", data=data)
    assert refused.status_code == 422
    assert "Hier staat een e-mailadres of telefoonnummer in." in refused.text
    assert 'id="learned-error"' in refused.text
    assert text in refused.text


@pytest.mark.parametrize(
    "text", ["Op 12-11-2026 van 10.00 tot 12.00", "ISBN 978-90-12345-67-8", "1.250.000 mensen", "a @ b"]
)
def test_dates_numbers_and_books_are_no_persons(text):
    assert not has_contact_details(text)


def test_contact_that_is_still_to_come_is_refused(make, sign_in, begin):
    community = begin()
    data = GOOD["contact"] | {"on": today().replace(year=today().year + 1).isoformat()}
    refused = sign_in(make.person()).post(f"/community/{community.id}/contact/nieuw", data=data)
    assert "Die dag komt nog." in refused.text


@pytest.mark.req("R0.6", "R0.7")
def test_the_role_of_the_library_and_the_content_are_said(make, sign_in, begin):
    community = begin(done=8)
    browser = sign_in(make.person())
    data = {"name": "Taalcafé", "target_group": "Buren.", "status": "active", "library_role": "facilitate"}
    assert browser.post(f"/community/{community.id}/aanpassen", data=data).status_code == 302
    assert "Faciliteren" in browser.get(f"/community/{community.id}/stappen").text
    for role in ("create", "organise", "participate"):
        browser.post(f"/community/{community.id}/aanpassen", data=data | {"library_role": role})
        db.session.refresh(community)
        assert community.library_role == role
    assert browser.post(f"/community/{community.id}/aanpassen", data=data | {"library_role": "x"}).status_code == 422
    browser.post(f"/community/{community.id}/concept/nieuw", data=GOOD["concept"])
    assert "De collectie makkelijk lezen" in browser.get(f"/community/{community.id}/concept").text


def test_our_questions_hide_small_numbers_and_know_nobody(make, sign_in, begin):
    community = begin()
    browser = sign_in(make.person())
    address = f"/community/{community.id}/vragen"
    page = browser.get(address).text
    names = sorted({part.split('"')[0] for part in page.split('name="q')[1:]} - {""})
    assert len(names) == 4
    scores = {f"q{name}": "4" for name in names}
    assert browser.post(address, data={}).status_code == 422
    assert browser.post(address, data=scores | {f"q{names[0]}": "6"}).status_code == 422
    for _list in range(3):
        assert browser.post(address, data=scores).status_code == 302
    once = {"once": re.search(r'name="once"[^>]*value="([^"]+)"', page)[1]}
    for _press in range(2):
        assert browser.post(address, data=scores | once).status_code == 302
    assert "4,0" not in browser.get(address).text
    assert browser.get(address).text.count("minder dan 5 antwoorden") == 4
    browser.post(address, data=scores)
    assert browser.get(address).text.count("4,0") == 4


def test_a_library_begins_anew_after_a_community_that_stopped(make, sign_in, begin):
    old = begin()
    browser = sign_in(make.person())
    new = {"name": "Tuintafel", "target_group": "Tuinders."}
    assert browser.post("/community/begin", data=new).status_code == 409
    stop = {"name": "Taalcafé", "target_group": "Buren.", "status": "stopped", "stopped_why": "De trekker ging weg."}
    browser.post(f"/community/{old.id}/aanpassen", data=stop)
    assert browser.post(f"/community/{old.id}/contact/nieuw", data=GOOD["contact"]).status_code == 409
    assert browser.post("/community/begin", data=new).status_code == 302
    assert "<h1>Tuintafel</h1>" in browser.get("/community/").text
    page = browser.get(f"/community/{old.id}").text
    assert "De trekker ging weg." in page
    assert "Opgevolgd door" in page
    refused = browser.post(f"/community/{old.id}/aanpassen", data=stop | {"status": "active"})
    assert refused.status_code == 409
    assert "Uw bibliotheek heeft al een community" in refused.text
