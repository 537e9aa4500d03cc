"""The coach and the programme lead: what they see, and that they write nothing."""

import pytest

from lms.api import Library, db, find_library
from plugins.community.models import Community, Plan

COACH = ("community.coach@library",)
LEAD = ("community.lead",)


@pytest.fixture
def three(begin):
    """Communities of three libraries."""
    return [begin(f"Groep {name}", library=f"Bibliotheek {name}", done=n) for n, name in enumerate("ABC")]


def test_a_member_does_not_guide(make, sign_in, begin):
    begin()
    browser = sign_in(make.person())
    assert browser.get("/community/begeleiden").status_code == 403
    assert "/community/begeleiden" not in browser.get("/community/").text


def test_a_coach_sees_the_own_libraries_only(make, sign_in, three):
    a, b, _c = three
    coach = make.person(library="Bibliotheek B", roles=COACH)
    coach.library_id = None  # a coach comes from elsewhere
    browser = sign_in(coach)
    assert browser.get("/community/").location == "/community/begeleiden"
    page = browser.get("/community/begeleiden").text
    assert "Groep B" in page
    assert "Stap 2 van 8: waarom, hoe en wat nodig" in page
    assert "Groep A" not in page
    assert "Groep C" not in page
    assert browser.get(f"/community/{b.id}").status_code == 200
    assert browser.get(f"/community/{a.id}").status_code == 404


def test_a_coach_looks_on(make, sign_in, three):
    _a, b, _c = three
    coach = make.person(library="Bibliotheek B", roles=COACH)
    coach.library_id = find_library("Bibliotheek C").id
    browser = sign_in(coach)
    page = browser.get(f"/community/{b.id}/stappen").text
    assert "Vijf groepen op een rij" in page
    assert "Rond deze stap af" not in page
    assert "Maak ongedaan" not in page
    assert "Gegevens aanpassen" not in page
    form = {"step": "waarom-hoe-wat", "note": "De coach schrijft mee.", "name": "X", "target_group": "Y"}
    for path in ("klaar", "open", "aanpassen"):
        refused = browser.post(f"/community/{b.id}/{path}", data=form)
        assert refused.status_code == 403, path
        assert "U kijkt mee. Alleen mensen van Bibliotheek B kunnen dit doen." in refused.text
    assert browser.get(f"/community/{b.id}/aanpassen").status_code == 403
    db.session.refresh(b)
    assert [record.note for record in b.records if record.done_at] == [
        "Vijf groepen op een rij, en de zaal is geregeld."
    ]


def test_a_coach_of_another_library_finds_nothing(make, sign_in, three):
    a, *_rest = three
    browser = sign_in(make.person(library="Bibliotheek B", roles=COACH))
    assert browser.get(f"/community/{a.id}").status_code == 404
    form = {"step": "inventarisatie", "note": "De coach schrijft mee."}
    assert browser.post(f"/community/{a.id}/klaar", data=form).status_code == 404


def test_a_coach_without_communities_reads_why(make, sign_in):
    browser = sign_in(make.person(library="Bibliotheek D", roles=COACH))
    assert browser.get("/community/").location == "/community/begeleiden"
    page = browser.get("/community/begeleiden").text
    assert "Er is nog geen community om te begeleiden." in page
    assert "De community van Bibliotheek D" in page


def test_the_lead_sees_all_and_looks_on(make, sign_in, three):
    lead = make.person(library="Bibliotheekhuis Polderzicht", roles=LEAD)
    browser = sign_in(lead)
    assert browser.get("/community/").location == "/community/begeleiden"
    page = browser.get("/community/begeleiden").text
    assert "3 communities" in page
    for community in three:
        assert community.name in page
        assert browser.get(f"/community/{community.id}").status_code == 200
    refused = browser.post(f"/community/{three[0].id}/klaar", data={"step": "inventarisatie", "note": "Van de leider."})
    assert refused.status_code == 403


def test_the_role_of_a_library_is_no_role_of_the_site(make, sign_in, three):
    """A coach whose grant names no library coaches none."""
    browser = sign_in(make.person(library="Elders", roles=("community.coach",)))
    assert "Groep" not in browser.get("/community/begeleiden").text
    assert browser.get(f"/community/{three[0].id}").status_code == 404


@pytest.mark.parametrize("number", [10, 200])
def test_the_list_asks_as_much_for_many_as_for_few(make, sign_in, queries, begin, number):
    plan = db.session.query(Plan).one()
    for n in range(number):
        db.session.add(
            Community(
                library=Library(name=f"Bibliotheek {n:03d}"),
                plan_id=plan.id,
                name=f"Groep {n:03d}",
                target_group="Wij.",
            )
        )
    browser = sign_in(make.person(roles=LEAD))
    with queries() as seen:
        page = browser.get("/community/begeleiden").text
    assert len(seen) <= 12
    assert "Groep 000" in page
    assert "Groep 020" not in page
    assert f"{number} communities" in page


def test_the_list_has_pages(make, sign_in, begin):
    for n in range(21):
        begin(f"Groep {n:02d}", library=f"Bibliotheek {n:02d}")
    browser = sign_in(make.person(library="Elders", roles=LEAD))
    assert "page=2" in browser.get("/community/begeleiden").text
    page = browser.get("/community/begeleiden?page=2").text
    assert "Groep 20" in page
    assert "Groep 19" not in page
    for wrong in ("3", "0", "-1"):
        assert browser.get(f"/community/begeleiden?page={wrong}").status_code == 404
    assert "Groep 20" not in browser.get("/community/begeleiden?per_page=1000").text
