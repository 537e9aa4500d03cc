"""The pages about privacy and accessibility say what is so."""

import re

import pytest

from lms.plugins import PersonalData, Plugin

NOTHING = lambda _person: ()  # noqa: E731


@pytest.mark.parametrize("path", ["/privacy", "/toegankelijkheid"])
def test_everybody_may_read_it(client, make, sign_in, path):
    for browser in (client, sign_in(make.person())):
        page = browser.get(path)
        assert page.status_code == 200
        assert page.text.count("<h1") == 1
        footer = page.text.partition('<footer class="lp-footer"')[2]
        assert 'href="/privacy"' in footer
        assert 'href="/toegankelijkheid"' in footer


def test_privacy_names_the_terms_the_cookie_and_what_each_plugin_holds(make_app, sign_in):
    told = PersonalData("welke boeken u leende", NOTHING, NOTHING)
    page = make_app(plugins=[Plugin(name="boeken", package="boeken", title="Boeken", personal_data=(told,))])
    text = re.sub(r"<[^>]+>", "", page.test_client().get("/privacy").text)
    assert "Ook: welke boeken u leende." in text
    assert "90 dagen." in text
    assert "één cookie, leerplein." in text
    assert "12 uur" in text
    assert "Vraag het de beheerder van deze site." in text


def test_the_cookie_is_the_only_one(app, make):
    from lms.accounts import services

    person = make.person()
    services.set_password(person, "drie losse woorden")
    browser = app.test_client()
    browser.post("/login", data={"email": person.email, "password": "drie losse woorden"})
    browser.get("/vandaag")
    assert {cookie.key for cookie in browser._cookies.values()} == {app.config["SESSION_COOKIE_NAME"]}


@pytest.mark.parametrize("path", ["/privacy", "/toegankelijkheid"])
def test_the_contact_comes_from_the_settings(make_app, path):
    page = make_app(plugins=[], CONTACT="privacy@bieb.example").test_client().get(path).text
    assert 'href="mailto:privacy@bieb.example"' in page
    assert "de beheerder van deze site." not in page


def test_accessibility_claims_no_status(client):
    page = client.get("/toegankelijkheid").text
    assert "WCAG 2.2" in page
    assert "geen nalevingsstatus" in page
    assert "Meld het de beheerder van deze site." in page
