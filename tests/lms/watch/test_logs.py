"""A line for each request, with ids and figures and without names."""

import json

import pytest

from lms.errors import ConfigError
from lms.testing import Make


@pytest.fixture
def lines(capsys):
    """``lines()`` gives the JSON lines that were written since the last time."""

    def read():
        found = capsys.readouterr().err.splitlines()
        return [json.loads(line) for line in found if line.startswith("{")]

    return read


def test_one_line_of_json_for_each_request(make_app, lines):
    client = make_app(LOG="json").test_client()
    answer = client.get("/over", headers={"X-Request-ID": "proxy-12345"})
    (line,) = lines()
    assert answer.headers["X-Request-ID"] == "proxy-12345" == line["request_id"]
    assert (line["method"], line["endpoint"], line["status"]) == ("GET", "core.site.about", 200)
    assert line["person"] is None
    assert line["ms"] > 0
    assert line["level"] == "info"
    assert line["time"].endswith("+00:00")


def test_a_person_is_a_number(make_app, lines):
    site = make_app(LOG="json")
    with site.app_context():
        person = Make().person("Noor Achternaam")
        identity, number, email = person.get_id(), person.id, person.email
        client = site.test_client()
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = identity, True
        client.get("/vandaag")
        client.post("/logout")
    seen = lines()
    assert [line["person"] for line in seen] == [number, None]
    assert seen[0]["queries"] >= 3, "person, roles and what the page asks"
    assert "Noor" not in json.dumps(seen)
    assert email not in json.dumps(seen)


@pytest.mark.parametrize("given", ["short", "a" * 65, 'x"}\u00e9{"evil":1', "two words here", ""])
def test_a_strange_id_is_replaced(client, given):
    answer = client.get("/healthz", headers={"X-Request-ID": given.encode()})
    own = answer.headers["X-Request-ID"]
    assert own != given
    assert len(own) == 32
    assert client.get("/healthz").headers["X-Request-ID"] != own


def test_a_fault_has_its_code_in_both_lines(make_app, lines):
    site = make_app(LOG="json")

    def broken():
        raise RuntimeError("the roof leaks")

    site.view_functions["core.site.healthz"] = broken
    broken.lms_permission = "public"
    page = site.test_client().get("/healthz")
    fault, request = lines()
    assert page.status_code == 500
    assert fault["fault"] == request["fault"]
    assert fault["fault"] in page.text
    assert fault["level"] == "error"
    assert "the roof leaks" in fault["traceback"]
    assert fault["request_id"] == request["request_id"] == page.headers["X-Request-ID"]
    assert (request["status"], request["logger"]) == (500, "lms.request")


def test_an_address_that_is_a_key_is_not_written(make_app, capsys):
    make_app(LOG="json").test_client().get("/wachtwoord/geheim-geheim-geheim")
    written = capsys.readouterr().err
    assert "core.accounts.reset" in written
    assert "geheim" not in written


def test_as_text(make_app, capsys):
    make_app(LOG="text").test_client().get("/over", headers={"X-Request-ID": "proxy-12345"})
    (line,) = capsys.readouterr().err.splitlines()
    assert "method=GET endpoint=core.site.about status=200" in line
    assert line.endswith("id=proxy-12345")


def test_nothing_is_written_unless_asked(make_app, capsys):
    make_app().test_client().get("/over")
    assert capsys.readouterr().err == ""


def test_an_unknown_form_stops_the_start(make_app):
    with pytest.raises(ConfigError, match="LMS_LOG must be text or json"):
        make_app(LOG="xml")
