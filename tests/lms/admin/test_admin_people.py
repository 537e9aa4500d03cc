"""The people of the site: find them, give roles, close accounts."""

import re

import pytest
from sqlalchemy import select

from lms.accounts import tokens
from lms.accounts.models import RoleGrant
from lms.accounts.services import set_password
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


def test_a_role_that_was_given_twice_is_taken_as_a_whole(admin, make):
    """By two administrators at one moment, each of whom saw that the person did not have it yet."""
    person = make.person(roles=("admin",))
    db.session.add(RoleGrant(person_id=person.id, role="admin"))
    db.session.commit()
    assert admin.post(f"/beheer/mensen/{person.id}/rollen", data={}).status_code == 302
    assert roles(person) == set()


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


def facts(person, **changes):
    return {"name": person.name, "email": person.email, "library": person.library.name} | changes


@pytest.fixture
def noor(make):
    """Somebody who has a password."""
    noor = make.person("Noor de Wit")
    set_password(noor, "drie losse woorden")
    db.session.commit()
    return noor


def test_change_name_and_library(admin, noor, sign_in):
    browser, address = sign_in(noor), f"/beheer/mensen/{noor.id}"
    assert 'value="Noor de Wit"' in admin.get(address).text
    assert '<option value="Bibliotheek Waterdorp">' in admin.get(address).text
    answer = admin.post(f"{address}/wijzigen", data=facts(noor, name="Noor  Wit", library="Bibliotheek Lindehove"))
    assert "De gegevens van Noor Wit zijn bewaard." in admin.get(answer.location).text
    db.session.refresh(noor)
    assert (noor.name, noor.library.name) == ("Noor Wit", "Bibliotheek Lindehove")
    assert browser.get("/account").status_code == 200
    assert not db.session.scalar(select(Mail))
    assert "Account gewijzigd" in admin.get("/beheer/logboek").text
    admin.post(f"{address}/wijzigen", data=facts(noor, library=" "))
    db.session.refresh(noor)
    assert noor.library is None
    again = admin.post(f"{address}/wijzigen", data={"name": noor.name, "email": noor.email})
    assert "Er is niets veranderd." in admin.get(again.location).text


def test_another_address_is_told_at_the_old_one_and_ends_links_and_sessions(admin, noor, sign_in, client):
    old, browser = noor.email, sign_in(noor)
    links = [f"/wachtwoord/{tokens.make(tokens.RESET, noor)}", f"/uitnodiging/{tokens.make(tokens.INVITATION, noor)}"]
    assert [client.get(link).status_code for link in links] == [200, 200]
    admin.post(f"/beheer/mensen/{noor.id}/wijzigen", data=facts(noor, email=" Noor@Nieuw.example "))
    db.session.refresh(noor)
    assert noor.email == "noor@nieuw.example"
    mail = db.session.scalars(select(Mail)).one()
    assert (mail.to, mail.subject) == (old, "Uw e-mailadres is gewijzigd")
    assert mail.body.startswith("Dag Noor,")
    assert "nieuw.example" not in mail.body, "the old address may be somebody else's"
    assert [client.get(link).status_code for link in links] == [410, 410]
    assert browser.get("/account").status_code == 302
    login = {"email": "noor@nieuw.example", "password": "drie losse woorden"}
    assert client.post("/login", data=login).status_code == 302


def test_who_was_invited_at_a_wrong_address_is_invited_at_the_right_one(admin, make, client):
    person = make.person("Samira Haddou")
    run = make.run()
    make.enrol(run, person)
    link = f"/uitnodiging/{tokens.make(tokens.INVITATION, person)}"
    db.session.commit()
    old = person.email
    admin.post(f"/beheer/mensen/{person.id}/wijzigen", data=facts(person, email="samira@nieuw.example"))
    told, invited = db.session.scalars(select(Mail).order_by(Mail.id))
    assert told.to == old
    assert (invited.to, invited.subject) == ("samira@nieuw.example", f"Uitnodiging: {run.name}")
    assert client.get(link).status_code == 410
    assert client.get(re.search(r"/uitnodiging/\S+", invited.body)[0]).status_code == 200


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": " "}, "Vul een naam in."),
        ({"name": "x" * 201}, "Deze naam is te lang."),
        ({"email": ""}, "Vul een e-mailadres in."),
        ({"email": "noor"}, "Dit is geen e-mailadres."),
        ({"email": "ANDER@test.example"}, "Er is al een account met het adres ander@test.example."),
        ({"library": "x" * 201}, "Deze naam is te lang."),
    ],
)
def test_facts_that_are_refused(admin, make, noor, changes, sentence):
    make.person().email = "ander@test.example"
    db.session.commit()
    before = (noor.name, noor.email, noor.library_id, noor.version)
    answer = admin.post(f"/beheer/mensen/{noor.id}/wijzigen", data=facts(noor, **changes))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "<title>Fout:" in answer.text
    assert not changes.get("email") or changes["email"] in answer.text
    db.session.refresh(noor)
    assert (noor.name, noor.email, noor.library_id, noor.version) == before
    assert not db.session.scalar(select(Mail))


def test_changing_ones_own_address_keeps_one_here(admin, me):
    admin.post(f"/beheer/mensen/{me.id}/wijzigen", data=facts(me, email="bea@nieuw.example"))
    assert admin.get("/beheer/").status_code == 200
    assert "bea@nieuw.example" in admin.get("/account").text


def test_only_administrators_change_somebody(make, sign_in, client, noor):
    address, data = f"/beheer/mensen/{noor.id}/wijzigen", facts(noor, name="Iemand anders")
    assert sign_in(noor).post(address, data=data).status_code == 403
    assert client.post(address, data=data).status_code == 401
    db.session.refresh(noor)
    assert noor.name == "Noor de Wit"


def test_an_invitation_is_not_sent_over_and_over(admin, make):
    """Five in a quarter of an hour, then 429 with the time to wait; somebody else can still be invited."""
    noor, omer = make.person("Noor"), make.person("Ömer")
    noor_path, omer_path = (f"/beheer/mensen/{person.id}/uitnodigen" for person in (noor, omer))
    assert [admin.post(noor_path).status_code for _press in range(5)] == [302] * 5
    refused = admin.post(noor_path)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 15 * 60
    assert "Wacht 15 minuten" in refused.text
    assert admin.post(omer_path).status_code == 302
    mails = db.session.scalars(select(Mail.to).where(Mail.kind == "invitation")).all()
    assert sorted(mails) == sorted([noor.email] * 5 + [omer.email])
