"""The community of one's own library: beginning it, seeing it, changing what is said about it."""

import pytest
from sqlalchemy import func, select

from lms.api import db
from plugins.community.models import Community

GOOD = {"name": "Taalcafé Oost", "target_group": "Mensen die Nederlands leren."}


def communities():
    return db.session.scalar(select(func.count(Community.id)))


def test_a_visitor_must_sign_in(client, begin):
    community = begin()
    for path in ("/community/", "/community/begin", "/community/begeleiden", f"/community/{community.id}"):
        response = client.get(path)
        assert response.status_code == 302, path
        assert response.location.startswith("/login?"), path
    for path in (
        "begin",
        f"{community.id}/klaar",
        f"{community.id}/open",
        f"{community.id}/aanpassen",
        "onderdeel/1/x",
    ):
        assert client.post(f"/community/{path}", data=GOOD).status_code == 401, path


def test_the_menu_leads_to_it(make, sign_in):
    page = sign_in(make.person()).get("/community/").text
    assert 'href="/community/" aria-current="page"' in page
    assert '<li class="area-brick">' in page


def test_who_has_no_library_reads_what_to_do(make, sign_in):
    person = make.person()
    person.library_id = None
    browser = sign_in(person)
    page = browser.get("/community/")
    assert page.status_code == 200
    assert "Uw account hoort nog bij geen bibliotheek." in page.text
    assert "Vraag uw beheerder" in page.text
    assert browser.get("/community/begin").location == "/community/"
    refused = browser.post("/community/begin", data=GOOD)
    assert refused.status_code == 403
    assert "Uw account hoort nog bij geen bibliotheek." in refused.text
    assert communities() == 0


def test_a_library_without_one_gets_one_action(make, sign_in):
    page = sign_in(make.person()).get("/community/").text
    assert "Uw bibliotheek heeft hier nog geen community." in page
    assert page.count('href="/community/begin"') == 1


def test_a_colleague_begins_and_another_sees_it(make, sign_in):
    browser = sign_in(make.person())
    form = browser.get("/community/begin").text
    assert "Noem geen namen van bezoekers." in form
    assert browser.post("/community/begin", data=GOOD).location == "/community/"
    page = sign_in(make.person()).get("/community/").text
    assert "<h1>Taalcafé Oost</h1>" in page
    community = db.session.scalars(select(Community)).one()
    page = browser.get(f"/community/{community.id}/stappen").text
    assert "Mensen die Nederlands leren." in page
    assert "Stap 1 van 8: inventarisatie" in page
    assert "Wat is er nodig voor de volgende stap?" in page
    assert "Een lijst van doelgroepen met bij elke groep" in page
    assert page.count("hier bent u nu") == 1
    assert page.count("later\n") + page.count("later</span>") == 7


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "Geef uw community een naam."),
        ({"name": " \t "}, "Geef uw community een naam."),
        ({"name": "x" * 121}, "Er passen 120 tekens. Haal er 1 weg."),
        ({"target_group": " \r\n "}, "Schrijf voor welke groep mensen de community is."),
        ({"target_group": "x" * 1003}, "Er passen 1000 tekens. Haal er 3 weg."),
    ],
)
def test_a_beginning_that_does_not_fit_is_refused_at_the_field(make, sign_in, change, sentence):
    response = sign_in(make.person()).post("/community/begin", data=GOOD | change)
    assert response.status_code == 422
    assert sentence in response.text
    assert "<title>Fout:" in response.text
    kept = (GOOD | change)["target_group" if "name" in change else "name"]
    assert kept in response.text
    assert communities() == 0


def test_a_form_without_fields_is_no_fault(make, sign_in, begin):
    person = make.person()
    community = begin()
    browser = sign_in(person)
    assert browser.post(f"/community/{community.id}/klaar").status_code == 422
    assert browser.post(f"/community/{community.id}/aanpassen").status_code == 422
    assert browser.post(f"/community/{community.id}/open").status_code == 409


def test_a_second_beginning_shows_the_first(make, sign_in, begin):
    begin("Het eerste")
    browser = sign_in(make.person())
    assert browser.get("/community/begin").location == "/community/"
    response = browser.post("/community/begin", data=GOOD)
    assert response.status_code == 409
    assert "Uw bibliotheek heeft al een community: «Het eerste»." in response.text
    assert "<h1>Het eerste</h1>" in response.text
    assert "Mensen die Nederlands leren." in response.text  # what was typed is given back
    assert communities() == 1


def test_script_in_a_name_is_text(make, sign_in):
    person = make.person()
    browser = sign_in(person)
    evil = "<script>alert(1)</script>"
    browser.post("/community/begin", data={"name": evil, "target_group": f'"><img src=x onerror=1>{evil}'})
    community = db.session.scalars(select(Community)).one()
    assert community.name == evil
    browser.post(f"/community/{community.id}/klaar", data={"step": "inventarisatie", "note": evil})
    lead = sign_in(make.person(roles=("community.lead",), library="Elders"))
    for path in (f"/community/{community.id}/stappen", f"/community/{community.id}/aanpassen"):
        page = browser.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in lead.get("/community/begeleiden").text


def test_what_no_database_keeps_is_left_out(make, sign_in):
    browser = sign_in(make.person())
    browser.post("/community/begin", data={"name": "Taal\0café\n Oost ", "target_group": "Buren\0\r\nen anderen"})
    community = db.session.scalars(select(Community)).one()
    assert (community.name, community.target_group) == ("Taalcafé Oost", "Buren\nen anderen")
    assert "Buren<br>en anderen" in browser.get(f"/community/{community.id}/stappen").text


def test_the_library_changes_what_is_said(make, sign_in, begin):
    community = begin()
    browser = sign_in(make.person())
    address = f"/community/{community.id}/aanpassen"
    assert "Noem geen namen van bezoekers." in browser.get(address).text
    data = {"name": "Taaltafel", "target_group": "Buren.", "why": "Zij komen al.", "status": "active"}
    assert browser.post(address, data=data).location == f"/community/{community.id}/stappen"
    page = browser.get(f"/community/{community.id}/stappen").text
    assert "<h1>Taaltafel</h1>" in page
    assert "Zij komen al." in page
    for status in ("", "weg", "reported"):
        refused = browser.post(address, data=data | {"status": status, "name": "Anders"})
        assert refused.status_code == 422
        assert "Kies een van de mogelijkheden." in refused.text
    assert "<h1>Taaltafel</h1>" in browser.get("/community/").text


def test_a_stopped_community_stands_still(make, sign_in, begin):
    community = begin(done=2)
    browser = sign_in(make.person())
    data = {"name": "Taaltafel", "target_group": "Buren.", "why": "", "status": "stopped"}
    browser.post(f"/community/{community.id}/aanpassen", data=data)
    page = browser.get(f"/community/{community.id}/stappen").text
    assert "Deze community is gestopt." in page
    assert "Rond deze stap af" not in page
    for path, step in (("klaar", "contact"), ("open", "waarom-hoe-wat")):
        refused = browser.post(f"/community/{community.id}/{path}", data={"step": step, "note": "Een lange notitie."})
        assert refused.status_code == 409
        assert "Deze community is gestopt." in refused.text
    browser.post(f"/community/{community.id}/aanpassen", data=data | {"status": "active"})
    assert "Rond deze stap af" in browser.get(f"/community/{community.id}/stappen").text


def test_another_library_finds_nothing(make, sign_in, begin):
    community = begin()
    browser = sign_in(make.person(library="Bibliotheek Lindehove"))
    assert browser.get(f"/community/{community.id}").status_code == 404
    assert browser.get(f"/community/{community.id}/aanpassen").status_code == 404
    step = {"step": "inventarisatie", "note": "Een lange notitie."}
    for path, data in (("klaar", step), ("open", step), ("aanpassen", GOOD | {"status": "stopped"})):
        assert browser.post(f"/community/{community.id}/{path}", data=data).status_code == 404, path
    assert browser.get("/community/999").status_code == 404
    db.session.refresh(community)
    assert not community.is_stopped
    assert not community.records


def test_looking_writes_nothing_and_asks_little(make, sign_in, begin, queries):
    community = begin(done=7)
    browser = sign_in(make.person())
    kinds = ("doelgroepen", "randvoorwaarden", "contact", "concept", "doelen", "partners", "terugblik")
    for page in ("", "?weergave=lijst", "/stappen", "/vragen", *(f"/{kind}" for kind in kinds)):
        with queries() as seen:
            assert browser.get(f"/community/{community.id}{page}").status_code == 200
        assert len(seen) <= 12, (page, len(seen))
        assert all(statement.startswith("SELECT") for statement in seen)
