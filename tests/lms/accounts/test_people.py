"""Making people and giving them roles: by the services, and by ``lms user``."""

import contextvars
import functools
import re

import pytest
from click.testing import CliRunner
from flask.cli import ScriptInfo
from sqlalchemy import select

from lms.accounts import services
from lms.accounts.models import Person, RoleGrant
from lms.cli import main
from lms.db import db
from lms.errors import Invalid
from lms.libraries.models import Library
from lms.notifications.models import Mail
from lms.plugins import Plugin, Role

PASSWORD = "drie losse woorden"


@pytest.fixture
def app(make_app):
    """The core and a plugin that brings a role for a library."""
    guide = Role("gids.guide", "Gids", scope="library")
    app = make_app(plugins=[Plugin(name="gids", package="gids", title="Gids", roles=(guide,))])
    with app.app_context():
        yield app


@pytest.fixture
def lms(app):
    def lms(*args, **more):
        db.session.commit()
        # A context of its own, as in a process of its own: a refused command leaves nothing in the test's session.
        start = functools.partial(CliRunner().invoke, main, list(args), obj=ScriptInfo(create_app=lambda: app), **more)
        return contextvars.Context().run(start)

    return lms


def refused(result, *words):
    assert result.exit_code == 1
    assert result.output.count("\n") == 1 and result.output.startswith("Error: ")
    for word in words:
        assert word in result.output
    return True


def grants(person):
    return {(g.role, g.library_id) for g in db.session.scalars(select(RoleGrant).filter_by(person_id=person.id))}


# --- services ---------------------------------------------------------------------------------------


def test_a_person(app):
    person = services.create_person(
        "  Noor\n de  Wit ", " Noor@Test.Example ", "Bibliotheek Waterdorp", roles=["admin"]
    )
    assert (person.name, person.email, person.library.name) == (
        "Noor de Wit",
        "noor@test.example",
        "Bibliotheek Waterdorp",
    )
    assert person.password_hash is None
    assert grants(person) == {("admin", None)}
    assert services.find_person("NOOR@test.example") is person
    assert services.find_person("niemand@test.example") is None
    assert services.find_person("noor@test.example\x00") is person
    other = services.create_person("Omar", "omar@test.example", "bibliotheek WATERDORP")
    assert other.library is person.library
    assert services.people_of_library(person.library) == [person, other]


@pytest.mark.parametrize(
    "email", ["", "noor", "noor@", "@test.example", "noor@test", "a b@test.example", "x" * 300 + "@a.nl"]
)
def test_a_wrong_address(app, email):
    with pytest.raises(Invalid) as refusal:
        services.create_person("Noor", email, "")
    assert refusal.value.field == "email"


@pytest.mark.parametrize("name", ["", "   ", "\n", "x" * 201])
def test_a_wrong_name(app, name):
    with pytest.raises(Invalid) as refusal:
        services.create_person(name, "noor@test.example", "")
    assert refusal.value.field == "name"


def test_a_known_address(app):
    services.create_person("Noor", "noor@test.example", "")
    with pytest.raises(Invalid, match="al een account") as refusal:
        services.create_person("Noor", "NOOR@test.example", "")
    assert refusal.value.field == "email"


def test_an_address_that_somebody_took_a_moment_ago(app, monkeypatch):
    services.create_person("Noor", "noor@test.example", "")
    monkeypatch.setattr(services, "find_person", lambda email: None)
    with pytest.raises(Invalid, match="al een account"):
        services.create_person("Noor", "noor@test.example", "")


def test_roles_are_given_once_and_taken_away(app, make):
    person = make.person()
    for _ in range(2):
        services.grant(person, "admin")
        services.grant(person, "gids.guide", person.library)
        services.grant(person, "member")
    assert grants(person) == {("admin", None), ("gids.guide", person.library.id)}
    services.revoke(person, "admin")
    assert grants(person) == {("gids.guide", person.library.id)}
    with pytest.raises(Invalid, match="heeft deze rol niet"):
        services.revoke(person, "admin")


@pytest.mark.parametrize("role", ["baas", "", "trainer", "participant", "gids.guide"])
def test_roles_that_cannot_be_given(app, make, role):
    person = make.person()
    with pytest.raises(Invalid):
        services.grant(person, role)
    with pytest.raises(Invalid):
        services.create_person("Noor", "noor@test.example", "", roles=[role])


def test_two_spellings_of_one_password(app):
    from lms.accounts import passwords

    stored = passwords.make_hash("caf\u00e9 en boeken")
    assert passwords.matches(stored, "cafe\u0301 en boeken")
    assert not passwords.matches(stored, "cafe en boeken")
    assert not passwords.matches("not a hash", "x")
    assert not passwords.matches(None, "niemands wachtwoord")


# --- lms user ---------------------------------------------------------------------------------------


def test_add_invites(app, lms):
    done = lms(
        "user", "add", "Noor@test.example", "Noor de Wit", "--library", "Bibliotheek Waterdorp", "--role", "admin"
    )
    assert done.exit_code == 0, done.output
    link = re.search(r"http://localhost/uitnodiging/\S+", done.output)[0]
    person = services.find_person("noor@test.example")
    assert grants(person) == {("admin", None)}
    assert link in db.session.scalar(select(Mail.body).where(Mail.to == "noor@test.example"))
    assert app.test_client().get(link).status_code == 200


def test_add_with_a_password(app, lms):
    done = lms("user", "add", "noor@test.example", "Noor", "--password-stdin", input=PASSWORD + "\n")
    assert done.exit_code == 0, done.output
    assert PASSWORD not in done.output
    assert db.session.scalars(select(Mail)).all() == []
    answer = app.test_client().post("/login", data={"email": "noor@test.example", "password": PASSWORD})
    assert answer.status_code == 302


def test_add_refuses_in_one_sentence(app, lms):
    assert lms("user", "add", "noor@test.example", "Noor").exit_code == 0
    assert refused(lms("user", "add", "NOOR@test.example", "Noor"), "al een account")
    assert refused(lms("user", "add", "omar@test.example", "  "), "naam")
    assert refused(lms("user", "add", "omar", "Omar"), "geen e-mailadres")
    assert refused(lms("user", "add", "omar@test.example", "Omar", "--role", "baas"), "baas")
    assert refused(lms("user", "add", "omar@test.example", "Omar", "--password-stdin", input="kort"), "10 tekens")
    assert refused(lms("user", "add", "omar@test.example", "Omar", "--password-stdin", input=b"\xff" * 12), "leesbare")
    assert [person.email for person in db.session.scalars(select(Person))] == ["noor@test.example"]
    assert db.session.scalars(select(Library)).all() == []


def test_list(app, lms, make, queries):
    make.person("Noor", roles=("admin", "gids.guide@library"))
    db.session.commit()
    lms("user", "add", "zoë@test.example".replace("ë", "e"), "Zoë")
    with queries() as seen:
        done = lms("user", "list")
    first, second = done.output.splitlines()
    assert first.endswith("Noor\tBibliotheek Waterdorp\tadmin,gids.guide\tinvited")
    assert second == "zoe@test.example\tZoë\t-\t-\tinvited"
    assert len(seen) == 2


def test_edit(app, lms, make):
    person = services.create_person("Noor", "noor@test.example", "Bibliotheek Waterdorp", password=PASSWORD)
    version = person.version
    done = lms("user", "edit", "Noor@test.example", "--name", "Noor de Wit", "--library", "Bibliotheek Lindehove")
    assert done.output == "noor@test.example has another library, name.\n"
    assert (person.name, person.library.name, person.version) == ("Noor de Wit", "Bibliotheek Lindehove", version)
    done = lms("user", "edit", "noor@test.example", "--email", "Noor@nieuw.example")
    assert done.output == "noor@nieuw.example has another email.\n"
    assert (person.email, person.version) == ("noor@nieuw.example", version + 1)
    assert db.session.scalars(select(Mail.to)).all() == ["noor@test.example"]
    assert lms("user", "edit", person.email, "--library", "").exit_code == 0
    assert person.library is None
    assert lms("user", "edit", person.email, "--name", "Noor de Wit").output == "Nothing has changed.\n"


def test_edit_refuses_in_one_sentence(app, lms, make):
    person, other = make.person("Noor"), make.person()
    assert refused(lms("user", "edit", "niemand@test.example", "--name", "X"), "niemand@test.example")
    assert refused(lms("user", "edit", person.email, "--email", other.email), "al een account")
    assert refused(lms("user", "edit", person.email, "--email", "noor"), "geen e-mailadres")
    assert refused(lms("user", "edit", person.email, "--name", " "), "naam")
    nothing = lms("user", "edit", person.email)
    assert nothing.exit_code == 2 and "--library" in nothing.output
    assert person.name == "Noor"
    assert not db.session.scalar(select(Mail))


def test_there_is_one_group_of_commands(app):
    assert "user" not in app.cli.commands


def test_role(app, lms, make):
    person = make.person()
    elsewhere = make.person(library="Bibliotheek Lindehove").library
    assert lms("user", "role", person.email, "admin").exit_code == 0
    assert lms("user", "role", person.email, "gids.guide").exit_code == 0
    assert lms("user", "role", person.email, "gids.guide", "--library", "bibliotheek lindehove").exit_code == 0
    assert grants(person) == {("admin", None), ("gids.guide", person.library_id), ("gids.guide", elsewhere.id)}
    assert lms("user", "role", person.email, "admin", "--remove").exit_code == 0
    assert ("admin", None) not in grants(person)
    assert refused(lms("user", "role", person.email, "admin", "--remove"), "heeft deze rol niet")
    assert refused(lms("user", "role", person.email, "gids.guide", "--library", "Nergens"), "Nergens")
    assert refused(lms("user", "role", person.email, "baas"), "baas")
    assert refused(lms("user", "role", "niemand@test.example", "admin"), "niemand@test.example")


def test_password(app, lms):
    person = services.create_person("Noor", "noor@test.example", "", password=PASSWORD)
    version = person.version
    done = lms("user", "password", "noor@test.example", input="vier andere woorden x\nvier andere woorden x\n")
    assert done.exit_code == 0, done.output
    assert person.version == version + 1
    client = app.test_client()
    login = {"email": "noor@test.example", "password": "vier andere woorden x"}
    assert client.post("/login", data=login).status_code == 302
    assert lms("user", "password", person.email, "--password-stdin", input=PASSWORD).exit_code == 0
    assert client.get("/account").status_code == 302, "their sessions have ended"
    assert refused(lms("user", "password", "noor@test.example", "--password-stdin", input="kort"), "10 tekens")
    assert refused(lms("user", "password", "niemand@test.example"), "niemand@test.example")


def test_help_explains_each_command(app, lms):
    listed = lms("user", "--help").output
    for name in ("add", "list", "role", "password"):
        assert name in listed
        assert lms("user", name, "--help").exit_code == 0
