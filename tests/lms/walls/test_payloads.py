"""Hostile text in every field comes out as text: on pages, in mails, in exports. tests/browser/test_walls.py adds a
real browser."""

import csv
import email
import io
import re
import zipfile
from datetime import timedelta
from email.policy import default as modern
from functools import partial
from html.parser import HTMLParser
from urllib.parse import quote, urlencode, urlsplit

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from lms import clock
from lms import html as cleaning
from lms.calendar import feeds
from lms.config import ROOT
from lms.courses.models import Activity
from lms.db import db
from lms.errors import Invalid
from lms.files import names
from lms.files import services as files
from lms.files.models import StoredFile
from lms.notifications import post
from lms.notifications import services as notifications
from lms.notifications.models import Mail
from lms.plugins import CalendarEntry
from lms.runs.models import Run, RunDay

from .conftest import PDF
from .forms import forms_of
from .payloads import EVERYTHING, PAYLOADS, POLYGLOT
from .planting import columns, plant
from .test_access import lines, path_of

SEERS = ("participant", "trainer", "admin", "member", "lead")
ADDRESSES = {
    "href", "src", "action", "formaction", "xlink:href", "poster", "data", "cite", "background", "srcset", "ping",
}  # fmt: skip
SCHEMES = {"", "http", "https", "mailto"}
JUNK = re.compile(r"[\x00-\x20\x7f-\x9f\u200b-\u200f\u2028\u2029\ufeff]")


class Sight(HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.bad = set(), []
        self.feed(text)

    def handle_starttag(self, tag, pairs):
        for name, value in [("", ""), *pairs]:
            self.elements.add((tag, "" if name.startswith("data-") else name))
            if name in ADDRESSES and urlsplit(JUNK.sub("", value or "")).scheme.lower() not in SCHEMES:
                self.bad.append(f"<{tag} {name}={value}>")
            if name.startswith("on") or name in {"style", "srcdoc"}:
                self.bad.append(f"<{tag} {name}>")


def pages(app, house, sign_in, kinds=SEERS):
    """Every page of HTML that these people may see: who, where, and its text."""
    for kind in kinds:
        client = sign_in(house.people[kind])
        for address, cells in lines():
            if address.startswith("GET") and cells[kind] == "ok":
                with client.get(path_of(address, house.values)) as answer:
                    if answer.mimetype == "text/html":
                        assert answer.status_code < 500, (kind, address)
                        yield kind, address, answer.text


def known_elements(app, house, sign_in, kinds=SEERS):
    """What pages are made of while nobody means harm; cleaned text may add the tags that it lets through."""
    found = {("p", ""), *((tag, "") for tag in cleaning.TAGS)}
    found |= {(tag, name) for tag, attributes in cleaning.ATTRIBUTES.items() for name in attributes}
    found |= {("circle", name) for name in ("", "cx", "cy", "r")}  # an icon of ours that only some states show
    for _kind, _address, text in pages(app, house, sign_in, kinds):
        found |= Sight(text).elements
    return found | Sight(sign_in(house.people["admin"]).get("/bestaat-niet").text).elements


def after(client, form, value):
    """The elements of the pages that answer the form with this value in all of its fields, and in the free ones."""
    found = set()
    for data in (dict.fromkeys(form.fields, value), form.fields | dict.fromkeys(form.free, value)):
        with client.post(form.action, data=data, headers={"Sec-Fetch-Site": "same-origin"}) as answer:
            assert answer.status_code < 500, form.action
            if answer.mimetype == "text/html":
                sight = Sight(answer.text)
                assert not sight.bad, (form.action, sight.bad)
                found |= sight.elements
    return found


def settings(text):
    """The words of a course file: the purpose and the rubric of its assignments."""
    for activity in db.session.scalars(select(Activity).where(Activity.type == "core.assignment")):
        rubric = [{**item, "title": text} for item in activity.settings["rubric"]]
        activity.settings = {**activity.settings, "purpose": text, "rubric": rubric}


# --- on pages ---------------------------------------------------------------------------------------


def test_only_cleaned_columns_are_printed_as_they_are():
    """``|safe`` stands behind a column of cleaned HTML and nowhere else; no template switches escaping off."""
    for folder in ("templates", "plugins"):
        for path in (ROOT / folder).rglob("*.html"):
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"autoescape|Markup", text), path
            for found in re.findall(r"[\w.]*\s*\|\s*safe", text):
                assert re.fullmatch(r"\w+\.(body_)?html\|safe", found), (path, found)


def test_there_is_enough_to_try():
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 60
    assert len(list(columns())) > 40


@pytest.mark.parametrize("kinds", [("participant",), pytest.param(SEERS, marks=pytest.mark.exhaustive)], ids=len)
def test_nothing_hostile_survives_on_any_page(app, house, sign_in, kinds):
    known = known_elements(app, house, sign_in, kinds)
    # Every column of words gets, in turn, something that breaks out of an attribute, and each of the payloads.
    rounds = [lambda place: POLYGLOT, lambda place: PAYLOADS[place % len(PAYLOADS)], lambda place: EVERYTHING]
    for choose in rounds:
        with app.test_request_context():
            settings(POLYGLOT)
            assert plant(choose) > 300
        seen = 0
        for kind, address, text in pages(app, house, sign_in, kinds):
            sight = Sight(text)
            assert not sight.bad, (kind, address, sight.bad)
            assert sight.elements <= known, (kind, address, sight.elements - known)
            assert "<class '" not in text and "SECRET_KEY" not in text, (kind, address)
            seen += "{{7*7}}" in text
        assert seen > 4 * len(kinds) or choose is rounds[1]


WRITERS = ("participant", "trainer", "admin", "member", "peer")


@pytest.mark.parametrize("kinds", [("participant",), pytest.param(WRITERS, marks=pytest.mark.exhaustive)], ids=len)
def test_nothing_hostile_survives_in_a_form_that_comes_back(still, house, sign_in, kinds):
    known = known_elements(still, house, sign_in, kinds)
    tried = 0
    for kind in kinds:
        client, done = sign_in(house.people[kind]), set()
        for _kind, address, text in pages(still, house, sign_in, kinds=(kind,)):
            for form in forms_of(path_of(address, house.values), text):
                if form.action in done or form.action.endswith("/logout"):
                    continue
                done.add(form.action)
                known |= after(client, form, "") | after(client, form, "woord")
                for value in (POLYGLOT, EVERYTHING):
                    assert after(client, form, value) <= known, form.action
                    tried += 1
    assert tried > 8 * len(kinds)


@pytest.mark.slow
def test_nothing_hostile_survives_in_an_address_or_a_question(still, house, sign_in):
    known = known_elements(still, house, sign_in)
    asked = ("q", "next", "opdracht", "toon", "doelgroep", "thema", "cursus", "page")
    query = urlencode(dict.fromkeys(asked, POLYGLOT))
    for kind in ("participant", "admin"):
        client = sign_in(house.people[kind])
        for address, cells in lines():
            if not address.startswith("GET") or cells[kind] != "ok":
                continue
            path = path_of(address, house.values).partition("?")[0]
            for target in (f"{path}?{query}", path + quote(POLYGLOT)):
                with client.get(target) as answer:
                    if answer.mimetype == "text/html":
                        sight = Sight(answer.text)
                        assert not sight.bad, (address, sight.bad)
                        assert sight.elements <= known, (address, sight.elements - known)


def test_cleaned_text_holds_only_what_is_allowed(app):
    allowed = {(tag, name) for tag, attributes in cleaning.ATTRIBUTES.items() for name in attributes}
    allowed |= {(tag, "") for tag in cleaning.TAGS}
    around = ("{}", "- {}\n- b", "| a |\n| - |\n| {} |", "> **{}**", "[a {}](b)", "[{}][a]\n\n[a]: {}")
    with app.test_request_context():
        for text in (each.replace("{}", payload) for each in around for payload in PAYLOADS):
            for clean in (cleaning.from_markdown, partial(cleaning.from_markdown, anchors=True), cleaning.clean):
                made = clean(text)
                sight = Sight(made)
                assert not sight.bad, made
                assert sight.elements <= allowed, made
                assert cleaning.clean(made) == made  # nothing new appears when it is read a second time


def test_a_few_lines_make_no_page_of_a_million_cells(app):
    table = "|".join("a" * 200) + "\n" + "|".join("-" * 200) + "\n" + "|\n" * 400
    with app.test_request_context(), pytest.raises(Invalid, match="te lang"):
        cleaning.from_markdown(table)


@pytest.mark.parametrize("text", ["~~~\n" * 25_000, "***a" * 25_000, "*a " * 15_000 + "a* " * 15_000])
def test_a_text_of_little_but_marks_keeps_nobody_waiting(app, text):
    with app.test_request_context(), pytest.raises(Invalid, match="te lang"):
        cleaning.from_markdown(text)


def test_a_long_text_with_many_lists_and_tables_is_taken(app):
    page = (
        "## Kop\n\nEen **alinea** met een [link](https://x.nl).\n\n- een\n- twee\n\n| a | b |\n| - | - |\n| c | d |\n\n"
    )
    with app.test_request_context():
        assert cleaning.from_markdown(page * 400).count("<table>") == 400


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "JavaScript:alert(1)", "java\nscript:alert(1)", " javascript:x", "\x01javascript:x",
        "data:text/html,x", "vbscript:x", "//evil.example", "https:evil", "http:///x", "https://", "file:///etc/passwd",
        "javascript://https://x.nl/%0aalert(1)", "https://[", "jAvAsCrIpT&colon;alert(1)", "blob:https://x.nl/1",
    ],
)  # fmt: skip
def test_a_video_link_is_a_web_address(app, house, sign_in, url):
    """As an administrator types it, on a day that is there and on one of a new run."""
    client, run = sign_in(house.people["admin"]), house.values["run_id"]
    path = f"/beheer/uitvoeringen/{run}/lesdagen/1"
    form = next(form for form in forms_of(path, client.get(path).text) if form.action == path)
    answer = client.post(path, data={**form.fields, "video_url": url})
    assert answer.status_code == 422
    assert not Sight(answer.text).bad
    assert db.session.scalars(select(RunDay.video_url).distinct()).all() == [""]


# --- in mails ---------------------------------------------------------------------------------------


def test_a_mail_is_plain_text_with_the_headers_that_we_chose(app, house, make):
    person = house.people["participant"]
    for payload in (payload.replace("\0", "") for payload in PAYLOADS):  # which no form lets in
        person.name = payload[:200]
        mail = notifications.send(person, "receipt", f"Ontvangen: {payload}", f"Beste {payload},\n\nDag.")
        db.session.flush()
        raw = post.letter(mail).message().as_bytes()
        letter = email.message_from_bytes(raw, policy=modern)
        assert letter.get_content_type() == "text/plain", payload
        assert not letter.is_multipart()
        assert {name.lower() for name, _value in letter.items()} <= {
            "from", "to", "subject", "date", "message-id", "auto-submitted", "content-type", "mime-version",
            "content-transfer-encoding", "list-unsubscribe", "reply-to", "x-auto-response-suppress", "precedence",
        }, payload  # fmt: skip
        assert "evil.example" not in f"{letter['to']}{letter['from']}"
        assert "\n" not in str(letter["subject"])


def test_what_people_type_reaches_mails_as_one_subject(app, house, sign_in):
    """Through the product: a message to the group whose title tries to add a header."""
    trainer, run = sign_in(house.people["trainer"]), house.values["run_id"]
    for payload in PAYLOADS:
        if payload.strip() and len(payload) < 190:
            data = {"title": payload, "body": payload}
            assert trainer.post(f"/runs/{run}/berichten/nieuw", data=data).status_code in {302, 422}
    mails = db.session.scalars(select(Mail).where(Mail.kind == "announcement")).all()
    assert len(mails) > 100
    for mail in mails:
        assert mail.subject.isprintable()
        letter = email.message_from_bytes(post.letter(mail).message().as_bytes(), policy=modern)
        assert letter["bcc"] is None
        assert letter.get_content_type() == "text/plain"


# --- in calendars -----------------------------------------------------------------------------------


def test_a_calendar_holds_its_entries_and_nothing_more(app):
    """As a name, title, place and text of a feed, each stays within its own line."""
    begin = clock.now()
    entries = [
        CalendarEntry(f"x-{number}-{payload}", payload, begin, begin + timedelta(hours=1), place=payload, text=payload)
        for number, payload in enumerate(PAYLOADS)
    ]
    lines_of_one_event = [
        "BEGIN", "SUMMARY", "DTSTART", "DTEND", "DTSTAMP", "UID", "SEQUENCE", "DESCRIPTION", "LOCATION", "STATUS",
        "TRANSP", "END",
    ]  # fmt: skip
    for payload in PAYLOADS[:: len(PAYLOADS) // 10]:
        text = feeds.as_text(payload, entries).decode().replace("\r\n ", "")
        first, *events = text.split("BEGIN:VEVENT\r\n")
        assert len(events) == len(entries)
        assert first.count("X-WR-CALNAME:") == 1
        assert first.count("BEGIN:VCALENDAR") == 1
        for event, entry in zip(events, entries, strict=True):
            names_of_lines = [
                re.split("[:;]", line)[0] for line in event.removesuffix("END:VCALENDAR\r\n").splitlines()
            ]
            assert sorted(["BEGIN", *names_of_lines]) == sorted(lines_of_one_event), entry.title


# --- in files and exports ---------------------------------------------------------------------------


def test_names_in_a_zip_stay_inside_it(app, house, sign_in):
    person = house.people["participant"]
    run = db.session.get(Run, int(house.values["run_id"]))
    for payload in PAYLOADS:
        run.name = payload.replace("\0", "")[:200]
        for stored in db.session.scalars(select(StoredFile).where(StoredFile.owner_id == person.id)):
            stored.name = names.clean(payload)
        db.session.commit()
        with sign_in(person).get("/mijn-werk.zip") as answer:
            assert answer.status_code == 200
            inside = zipfile.ZipFile(io.BytesIO(answer.data)).namelist()
        assert len(inside) > 3
        for name in inside:
            parts = name.split("/")
            assert not name.startswith("/") and ".." not in parts and "" not in parts, name
            assert name.isprintable() or "\u200c" in name or "\u200d" in name, repr(name)
            assert not re.search(r'[<>:"|?*\\]', name), name
            assert all(len(part) <= 90 and part == part.strip(" .") for part in parts), name


def test_the_name_of_a_file_is_only_a_name(app, house, sign_in):
    client = sign_in(house.people["participant"])
    for payload in PAYLOADS:
        received = files.receive(FileStorage(io.BytesIO(PDF), f"{payload} werk.pdf"))
        stored = files.add(house.people["participant"], received)
        db.session.commit()
        with client.get(f"/bestanden/{stored.id}/x") as answer:
            header = answer.headers["Content-Disposition"]
            assert answer.mimetype == "application/pdf", payload
            assert answer.headers.getlist("Content-Disposition") == [header], payload
            assert "Bcc" not in answer.headers, payload
            assert not any("a=b" in cookie for cookie in answer.headers.getlist("Set-Cookie")), payload
        assert header.startswith("attachment; filename="), payload
        assert header.isprintable() and header.isascii(), payload
        assert "/" not in header, payload


def test_pasted_people_are_only_names(app, house, sign_in):
    admin, run = sign_in(house.people["admin"]), house.values["run_id"]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    shown = [payload for payload in PAYLOADS if len(payload) < 200 and "".join(payload.split()).isprintable()]
    for number, payload in enumerate(shown):
        writer.writerow([" ".join(payload.split()), f"p{number}@test.example", " ".join(payload.split())])
    path = f"/beheer/uitvoeringen/{run}/deelnemers"
    answer = admin.post(path, data={"deelnemers-people": out.getvalue()})
    assert answer.status_code == 302, re.findall(r"lp-error.*?</p>", answer.text)[:3]
    page = admin.get(answer.headers["Location"])
    assert not Sight(page.text).bad
    assert page.text.count("@test.example") > len(shown) - 5
