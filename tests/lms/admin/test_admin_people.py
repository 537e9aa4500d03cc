"""The people of the site: find them, give roles, close accounts."""

import pytest
from sqlalchemy import select

from lms.accounts.models import RoleGrant
from lms.db import db
from lms.notifications.models import Mail


@pytest.fixture
def me(make):
    return make.person("Bea Beheer", roles=("admin",))


@pytest.fixture
def admin(me, sign_in):
    return sign_in(me)


def roles(person):
    return set(db.session.scalars(select(RoleGrant.role).where(RoleGrant.person_id == person.id)))


def test_find_by_the_beginning_of_a_name_or_address(admin, make):
    noor = make.person("Noor van Dijk", library="Bibliotheek Heuvelstad")
    anna = make.person("Ömer Bakker")
    anna.email = "omer@heuvelstad.example"
    db.session.commit()

    def found(text):
        page = admin.get("/beheer/mensen", query_string={"q": text}).text
        return {person.name for person in (noor, anna) if f">{person.name}<" in page}

    assert found("") == {noor.name, anna.name}
    assert found("noor") == found("DIJK") == found("van dijk") == {noor.name}
    assert found("Ömer") == found("omer@") == found(" bakker ") == {anna.name}
    assert found("%") == found("ijk") == found("_") == set()
    assert "Bibliotheek Heuvelstad" in admin.get("/beheer/mensen?q=noor").text
    assert "Niemand gevonden." in admin.get("/beheer/mensen?q=%00%25").text
    assert admin.get("/beheer/mensen", query_string={"q": "x" * 3000}).status_code == 200


def test_the_list_has_pages_and_keeps_the_search(admin, make):
    for number in range(60):
        make.person(f"Zed {number:02}")
    db.session.commit()
    page = admin.get("/beheer/mensen?q=zed&page=2").text
    assert "60 mensen" in page
    assert "Zed 25" in page
    assert "Zed 24" not in page
    assert "q=zed" in page
    assert admin.get("/beheer/mensen?q=zed&page=99").status_code == 200


def test_give_and_take_a_role(admin, make, sign_in):
    person = make.person()
    db.session.commit()
    address = f"/beheer/mensen/{person.id}"
    assert 'value="admin"' in admin.get(address).text
    assert admin.post(f"{address}/rollen", data={"roles": ["admin"]}).location == address
    assert roles(person) == {"admin"}
    assert sign_in(person).get("/beheer/").status_code == 200
    assert "Beheerder" in admin.get("/beheer/mensen").text
    admin.post(f"{address}/rollen", data={"roles": ["admin"]})
    assert roles(person) == {"admin"}
    admin.post(f"{address}/rollen", data={})
    assert roles(person) == set()
    assert sign_in(person).get("/beheer/").status_code == 403


@pytest.mark.parametrize("key", ["member", "trainer", "contact", "bestaat.niet"])
def test_only_roles_for_the_whole_site(admin, make, key):
    person = make.person()
    db.session.commit()
    assert admin.post(f"/beheer/mensen/{person.id}/rollen", data={"roles": [key]}).status_code == 422
    assert roles(person) == set()


def test_what_is_given_for_a_library_or_by_an_absent_plugin_stays(admin, make):
    person = make.person(roles=("contact@library", "afwezig.rol"))
    db.session.commit()
    assert "Contactpersoon van een bibliotheek, Bibliotheek Waterdorp." in admin.get(f"/beheer/mensen/{person.id}").text
    admin.post(f"/beheer/mensen/{person.id}/rollen", data={})
    assert roles(person) == {"contact", "afwezig.rol"}
    assert admin.get("/beheer/mensen").status_code == 200


def test_close_and_open_an_account(admin, make, sign_in):
    person = make.person()
    browser = sign_in(person)
    assert browser.get("/account").status_code == 200
    admin.post(f"/beheer/mensen/{person.id}/sluiten")
    assert browser.get("/account").status_code == 302
    assert "gesloten" in admin.get("/beheer/mensen").text
    admin.post(f"/beheer/mensen/{person.id}/openen")
    assert browser.get("/account").status_code == 302  # the old session does not come back to life
    db.session.refresh(person)
    assert person.active
    assert sign_in(person).get("/account").status_code == 200


def test_not_oneself(admin, me):
    assert admin.post(f"/beheer/mensen/{me.id}/sluiten").status_code == 403
    assert admin.post(f"/beheer/mensen/{me.id}/rollen", data={}).status_code == 403
    db.session.refresh(me)
    assert me.active
    assert roles(me) == {"admin"}
    page = admin.get(f"/beheer/mensen/{me.id}").text
    assert "Dit bent u zelf." in page
    assert "/sluiten" not in page


def test_invite_once_more(admin, make):
    person = make.person()
    db.session.commit()
    response = admin.post(f"/beheer/mensen/{person.id}/uitnodigen")
    assert "krijgt een mail met een nieuwe link" in admin.get(response.location).text
    assert db.session.scalar(select(Mail)).to == person.email


def test_only_for_administrators(make, sign_in, client):
    person = make.person()
    other = sign_in(person)
    assert other.get(f"/beheer/mensen/{person.id}").status_code == 403
    for rest in ("rollen", "sluiten", "openen", "uitnodigen"):
        assert other.post(f"/beheer/mensen/{person.id}/{rest}", data={"roles": ["admin"]}).status_code == 403
        assert client.post(f"/beheer/mensen/{person.id}/{rest}").status_code == 401
    assert roles(person) == set()


def test_nobody_with_this_number(admin):
    assert admin.get("/beheer/mensen/99").status_code == 404
    for rest in ("rollen", "sluiten", "openen", "uitnodigen"):
        assert admin.post(f"/beheer/mensen/99/{rest}").status_code == 404
