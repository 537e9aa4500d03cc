"""Every page × method × kind of person, against the table in access.txt. A page that is not in it fails."""

import re
from pathlib import Path

import pytest
from flask import url_for

from .conftest import KINDS

TABLE = Path(__file__).parent / "access.txt"
PART = re.compile(r"<(?:[^<>]*:)?(\w+)>")
ALLOWED = {"ok", "in", "401", "403", "404"}


def lines():
    """Each line of the table: its address with method, and for each kind what happens."""
    rows = [line.split() for line in TABLE.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    kinds, *rows = rows
    assert kinds == list(KINDS), "the first line names the kinds in their order"
    for row in rows:
        cells, (method, *address) = row[: len(kinds)], row[len(kinds) :]
        assert set(cells) <= ALLOWED, row
        yield f"{method} {''.join(address)}", dict(zip(kinds, cells, strict=True))


def split(address):
    """The rule of a line and the values that it chooses itself: ``GET /runs/<int:run_id>/{run_id=other_run}``."""
    rule, *chosen = re.split(r"[{}]+", address)
    return rule, dict(pair.split("=") for pair in chosen if pair)


def rules(app):
    """Method and rule of every page that the site has."""
    return {
        f"{method} {''.join(rule.rule.split())}"
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }


def path_of(address, values):
    """The address with values filled in; a name of a value may stand in for another, after ``?`` too."""
    rule, chosen = split(address)
    rule, _mark, query = rule.partition("?")
    known = values | {name: values.get(value, value) for name, value in chosen.items()}
    path = PART.sub(lambda part: known[part[1]], rule.partition(" ")[2])
    return path + (f"?{PART.sub(lambda part: known[part[1]], query)}" if query else "")


def outcome(response):
    """What somebody met: ok, the page to sign in, or a refusal."""
    if response.status_code in {401, 403, 404}:
        return str(response.status_code)
    if response.status_code in {302, 303} and response.location.startswith("/login?next="):
        return "in"
    return "ok" if response.status_code < 500 else f"FAULT {response.status_code}"


def test_the_table_has_every_page(app):
    written = {split(address)[0].partition("?")[0] for address, _cells in lines()}
    assert rules(app) - written == set(), "write these in access.txt, and think who may come there"
    assert written - rules(app) == set(), "these are no pages any more"


def test_no_line_twice():
    written = [address for address, _cells in lines()]
    assert sorted(set(written)) == sorted(written)


@pytest.mark.parametrize("accept", ["*/*", pytest.param("application/json", marks=pytest.mark.exhaustive)])
@pytest.mark.parametrize("kind", KINDS)
def test_everybody_meets_what_the_table_says(still, house, sign_in, kind, accept):
    """As a person comes, and as a script of ours: the answer is the same."""
    wrong = []
    for address, cells in lines():
        method, path = address.partition(" ")[0], path_of(address, house.values)
        client = still.test_client() if kind == "anonymous" else sign_in(house.people[kind])
        data = {} if method == "POST" else None
        with client.open(path, method=method, headers={"Accept": accept}, data=data) as response:
            met = outcome(response)
        if met != cells[kind]:
            wrong.append(f"{address}: {met}, the table says {cells[kind]}")
    assert not wrong, f"{kind} ({KINDS[kind]}):\n" + "\n".join(wrong)


@pytest.mark.parametrize("kind", ["anonymous", pytest.param("admin", marks=pytest.mark.slow)])
def test_other_methods_open_no_door(still, house, sign_in, kind):
    """HEAD answers as GET does; nothing answers a method that it does not know, whatever a header asks for."""
    client = still.test_client() if kind == "anonymous" else sign_in(house.people[kind])
    known, wrong = rules(still), []
    for address, cells in lines():
        method, path = address.partition(" ")[0], path_of(address, house.values)
        tries = {"HEAD": cells[kind]} if method == "GET" else {}
        tries |= dict.fromkeys(("PUT", "DELETE", "TRACE"), "405")
        for tried, expected in tries.items():
            with client.open(path, method=tried, headers={"X-HTTP-Method-Override": "POST"}) as answer:
                if expected not in {outcome(answer), str(answer.status_code)}:
                    wrong.append(f"{tried} {path}: {answer.status}")
        with client.options(path) as answer:
            if answer.status_code >= 500 or (answer.data and answer.status_code == 200):
                wrong.append(f"OPTIONS {path}: {answer.status}")
        if split(address)[0].partition("?")[0].replace("POST", "GET", 1) not in known:
            with client.get(path, headers={"X-HTTP-Method-Override": "POST"}) as answer:
                if answer.status_code not in {404, 405}:  # 404: another page has addresses of this shape
                    wrong.append(f"GET {path}: {answer.status}")
    assert not wrong, "\n".join(wrong)


def test_who_leads_where(app):
    """Nobody comes in without an account, but for the pages that are for everybody."""
    open_to_all = {address for address, cells in lines() if cells["anonymous"] == "ok"}
    with app.test_request_context():
        login = url_for("core.accounts.login")
    assert f"GET {login}" in open_to_all
    assert not [address for address in open_to_all if re.search(r"beheer|runs|community|account$|bestanden", address)]
