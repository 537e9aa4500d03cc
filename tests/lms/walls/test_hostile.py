"""Nonsense in addresses, questions and forms: refused with a sentence, and never a fault of ours."""

import re
import time

import pytest

from .forms import forms_of
from .test_access import lines, path_of, split

NUMBERS = ("0", "-1", "2147483648", "9" * 30, "%D9%A1")
WORDS = ("%00", "a%00b", "%2e%2e%2fsecret", "%ED%A0%80%F0%9F%92%A5", "'%22;--{{7*7}}", "a" * 3000)
QUESTIONS = ("page", "q", "deelnemer", "opdracht", "toon", "cursus", "next", "doelgroep")
TYPED = (
    "", "a\0b", "-1", "9" * 40, "0001-01-01", "99999-12-31", "2026-02-31", "24:61", "9999-12-31", "sNaN", "1e999", "\u0663", "'\";--%s%n{}{{7*7}}", "nan",
    "\u202egpj.exe\x0b\x1c\u2028\x85\ufeff\u200b", "a@b.nl\r\nBcc: x@y.nl", "a\u0300" * 500, '"' * 999,
    "Naam; adres@test.example; " + "b" * 140_000,
)  # fmt: skip


def somebody(still, house, sign_in, cells):
    """A browser of somebody who may come there, if there is one."""
    kind = next((kind for kind in cells if cells[kind] == "ok"), None)
    if kind is None:
        return None
    return still.test_client() if kind == "anonymous" else sign_in(house.people[kind])


def visits(still, house, sign_in):
    """Each line of the table with somebody who may come there."""
    for address, cells in lines():
        client = somebody(still, house, sign_in, cells)
        if client is not None:
            yield address, client


@pytest.mark.exhaustive
def test_nonsense_in_an_address(still, house, sign_in):
    wrong, seen = [], set()
    for address, client in visits(still, house, sign_in):
        rule, chosen = split(address)
        rule = rule.partition("?")[0]
        if rule in seen:
            continue
        seen.add(rule)
        known = house.values | {name: house.values.get(value, value) for name, value in chosen.items()}
        for part in re.findall(r"<[^<>]+>", rule):
            name = part.strip("<>").rpartition(":")[2]
            for value in NUMBERS if "int:" in part else WORDS:
                method, path = rule.partition(" ")[0], path_of(rule, known | {name: value})
                with client.open(path, method=method, data={} if method == "POST" else None) as answer:
                    if answer.status_code >= 500:
                        wrong.append(f"{method} {path[:120]}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.exhaustive
def test_nonsense_in_a_question(still, house, sign_in):
    wrong = []
    for address, client in visits(still, house, sign_in):
        if not address.startswith("GET"):
            continue
        path = path_of(address, house.values).partition("?")[0]
        for value in ("-1", "9" * 30, *WORDS):
            query = "&".join(f"{name}={value[:300]}" for name in QUESTIONS)
            with client.get(f"{path}?{query}&=&&%00=1") as answer:
                if answer.status_code >= 500:
                    wrong.append(f"{path}?{query[:200]}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.exhaustive
def test_nonsense_in_a_form(still, house, sign_in):
    """Every form on every page that somebody may open."""
    wrong, seen = [], set()
    for address, client in visits(still, house, sign_in):
        if not address.startswith("GET"):
            continue
        path = path_of(address, house.values)
        with client.get(path) as page:
            html = page.text if page.mimetype == "text/html" else ""
        for form in forms_of(path, html):
            key = (pattern(form.action), frozenset(map(pattern, form.fields)))
            if key in seen or form.action.endswith("/logout"):
                continue
            seen.add(key)
            wrong += faults(client, form)
    assert not wrong, "\n".join(sorted(set(wrong)))
    assert len(seen) > 15


def test_nonsense_in_the_form_of_an_assignment(still, house, sign_in):
    client, path = sign_in(house.people["participant"]), f"/runs/{house.values['run_id']}/opdracht"
    forms = [form for form in forms_of(path, client.get(path).text) if not form.action.endswith("/logout")]
    assert any("text" in form.free for form in forms)
    assert [faults(client, form) for form in forms] == [[]] * len(forms)


def pattern(name):
    """What the rows of one table have in common."""
    return re.sub(r"[0-9a-f]{8}|\d+", "#", name)


def faults(client, form):
    """What in this form is answered with a fault of ours: each field by turn (of a table, of one row), and all."""
    wrong = []
    turns = {pattern(name): name for name in sorted(form.free)}.values()
    for value in TYPED:
        tries = [dict.fromkeys(form.fields, value)]
        tries += [{**form.fields, name: value} for name in turns]
        for data in tries:
            with client.post(form.action, data=data) as answer:
                if answer.status_code >= 500:
                    wrong.append(f"{form.action} {[n for n in data if data[n] == value]} {value[:40]!r}")
    return wrong


def test_a_form_of_thousands_of_fields(still, house, sign_in):
    client = sign_in(house.people["participant"])
    many = "&".join(f"a{number}=1" for number in range(200_000))
    kind = "application/x-www-form-urlencoded"
    for browser in (client, still.test_client()):  # also for who is told first that they have no account
        for page in ("/voorbeeld", "/login", "/bestaat-niet"):
            begun = time.thread_time()
            assert browser.post(page, data=many, content_type=kind).status_code == 413
            assert time.thread_time() - begun < 0.5, "nobody reads that many fields"
    assert client.post("/voorbeeld", data=many[:30_000], content_type=kind).status_code == 200
    for browser in (client, still.test_client()):
        assert browser.post("/voorbeeld", data="a" * 5_000_000, content_type=kind).status_code == 413
    parts = {f"a{number}": "1" for number in range(2000)}
    assert client.post("/voorbeeld", data=parts, content_type="multipart/form-data").status_code == 413
    bad = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nhalf'
    for data, content_type in (
        (bad, "multipart/form-data; boundary=x"), (b"x", "multipart/form-data"), (b"\xff\xfe", "text/plain"),
        (b"{", "application/json"), (b"", "multipart/form-data; boundary="), (b"a=%FF%FE", kind),
    ):  # fmt: skip
        assert client.post("/voorbeeld", data=data, content_type=content_type).status_code < 500
