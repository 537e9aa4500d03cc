"""The gates between the steps: what must be there, and who may let a community through before it is."""

import pytest
from sqlalchemy import select

from lms.api import db, today
from plugins.community import programmes
from plugins.community.models import Contact, Item, Passage, TargetGroup

NOTE = "Dit leverde de stap ons op."
LEAD = ("community.lead",)


def finish(browser, community, step):
    return browser.post(f"/community/{community.id}/klaar", data={"step": step, "note": NOTE})


def spoke(community, people):
    db.session.add(
        Contact(community_id=community.id, on=today(), form="talk", people=people, learned="Zij willen praten.")
    )
    db.session.commit()


@pytest.fixture
def cohort(begin):
    """Two libraries of one programme, both at the step of personal contact, and a third one that stopped."""
    here = begin(done=2, empty=True)
    there = begin("Tuin", library="Bibliotheek Lindehove", done=2, empty=True)
    gone = begin("Weg", library="Bibliotheek Oudebrug", done=0, empty=True)
    programme = programmes.create("De buurt aan zet", here.plan_id)
    for community in (here, there, gone):
        part = programmes.take_part(programme, community.library)
    part.status = "stopped"
    db.session.commit()
    return here, there


@pytest.mark.req("R0.8")
def test_the_inventory_needs_a_target_group_and_a_precondition(make, sign_in, begin):
    community = begin(empty=True)
    browser = sign_in(make.person())
    address = f"/community/{community.id}"
    sentence = (
        "Voor de volgende stap is nog nodig: minstens één doelgroep en minstens één randvoorwaarde met wie erover gaat."
    )
    for page in ("", "/stappen", "/doelgroepen", "/vragen"):
        assert sentence in browser.get(address + page).text, page
    assert finish(browser, community, "inventarisatie").status_code == 409
    assert browser.post(f"{address}/doelgroepen/nieuw", data={"name": "Jonge ouders"}).status_code == 302
    refused = browser.post(f"{address}/randvoorwaarden/nieuw", data={"text": "Een zaal"})
    assert refused.status_code == 422
    assert "Noem de functie die erover gaat." in refused.text
    data = {"text": "Een zaal", "owner": "teamleider"}
    assert browser.post(f"{address}/randvoorwaarden/nieuw", data=data).status_code == 302
    assert finish(browser, community, "inventarisatie").status_code == 302


@pytest.mark.req("R0.9")
def test_after_the_second_session_why_how_and_what_it_takes_are_clear(make, sign_in, begin):
    community = begin(done=1, empty=True)
    browser = sign_in(make.person())
    refused = finish(browser, community, "waarom-hoe-wat")
    assert refused.status_code == 409
    assert "een gekozen doelgroep, met waarom, hoe en wat ervoor nodig is" in refused.text
    assert NOTE in refused.text  # what was typed is given back
    chosen = {"name": "Taalleerders", "chosen": "y", "why": "Zij komen al."}
    browser.post(f"/community/{community.id}/doelgroepen/nieuw", data=chosen)
    refused = finish(browser, community, "waarom-hoe-wat")
    assert "Nog nodig: hoe u het aanpakt en wat daarvoor nodig is." in refused.text
    group = db.session.scalars(select(TargetGroup)).one()
    whole = chosen | {"how": "Aan één tafel.", "takes": "Twee uur per week."}
    browser.post(f"/community/{community.id}/doelgroepen/{group.id}", data=whole)
    assert finish(browser, community, "waarom-hoe-wat").status_code == 302


@pytest.mark.req("R0.10")
def test_the_whole_cohort_speaks_with_its_target_group_first(make, sign_in, cohort):
    here, there = cohort
    browser = sign_in(make.person())
    refused = finish(browser, here, "contact")
    assert "persoonlijk contact met nog 5 mensen uit de doelgroep" in refused.text
    spoke(here, 5)
    refused = finish(browser, here, "contact")
    assert refused.status_code == 409
    assert "Nog nodig: dat nog één andere bibliotheek haar doelgroep sprak." in refused.text
    spoke(there, 4)
    assert finish(browser, here, "contact").status_code == 409
    spoke(there, 1)
    assert finish(browser, here, "contact").status_code == 302


@pytest.mark.req("R0.11")
def test_the_concept_comes_after_that_gate(make, sign_in, cohort):
    here, there = cohort
    browser = sign_in(make.person())
    data = {"text": "Een café waar taal vanzelf gaat.", "content": "Recepten"}
    refused = browser.post(f"/community/{here.id}/concept/nieuw", data=data)
    assert refused.status_code == 409
    assert "Het concept komt na het persoonlijk contact met uw doelgroep." in refused.text
    assert data["text"] in refused.text
    spoke(here, 5)
    spoke(there, 5)
    finish(browser, here, "contact")
    for version in ("Recepten", "Recepten en tijdschriften"):
        written = browser.post(f"/community/{here.id}/concept/nieuw", data=data | {"content": version})
        assert written.status_code == 302
    page = browser.get(f"/community/{here.id}/concept").text
    assert page.index("Versie 2") < page.index("Versie 1")


@pytest.mark.req("R0.10", "R0.11")
def test_only_the_programme_lead_lets_a_community_through_early_and_says_why(make, sign_in, cohort):
    here, _there = cohort
    address, data = f"/community/{here.id}/eerder", {"step": "contact", "reason": "De groep wacht anders te lang."}
    coach = make.person(library="Bibliotheek Waterdorp", roles=("community.coach@library",))
    for person in (make.person(), coach):
        assert sign_in(person).post(address, data=data).status_code == 403
    assert not db.session.scalars(select(Passage)).all()
    lead = make.person("Saskia Brouwer", library="Elders", roles=LEAD)
    browser = sign_in(lead)
    refused = browser.post(address, data={"step": "contact", "reason": " "})
    assert refused.status_code == 422
    assert "Schrijf op waarom." in refused.text
    assert browser.post(address, data=data).status_code == 302
    passage = db.session.scalars(select(Passage)).one()
    assert (passage.kind, passage.by_id, passage.reason) == ("early", lead.id, data["reason"])
    page = sign_in(make.person()).get(f"/community/{here.id}/stappen").text
    assert "eerder door, door de programmaleider" in page
    assert "Reden: De groep wacht anders te lang." in page


def test_what_is_open_needs_nobody_to_let_it_through(make, sign_in, begin):
    community = begin()
    lead = sign_in(make.person(library="Elders", roles=LEAD))
    refused = lead.post(f"/community/{community.id}/eerder", data={"step": "inventarisatie", "reason": "Ga maar."})
    assert refused.status_code == 409
    assert "De bibliotheek kan haar zelf afronden." in refused.text


@pytest.mark.req("R0.5")
def test_working_is_what_the_programme_says_it_is(make, sign_in, begin):
    community = begin(done=6)
    programme = programmes.create("De buurt aan zet", community.plan_id)
    programmes.take_part(programme, community.library)
    programme.working_held, programme.working_together = 4, 3
    db.session.commit()
    browser = sign_in(make.person())
    refused = finish(browser, community, "werkend")
    assert refused.status_code == 409
    assert (
        "nog 1 activiteit met opkomst in 90 dagen en nog 1 activiteit met of door de community begonnen" in refused.text
    )
    for item in db.session.scalars(select(Item).where(Item.turnout.is_not(None))):
        item.mode = "offline"
    programme.working_held = 3
    programme.working_together = 2
    db.session.commit()
    assert "iets in de bibliotheek én iets online" in finish(browser, community, "werkend").text
    programme.working_both = False
    db.session.commit()
    assert finish(browser, community, "werkend").status_code == 302
