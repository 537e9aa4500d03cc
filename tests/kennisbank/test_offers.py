"""Three tools of a course become three concepts, an evaluated activity becomes one; after a preview, and back again."""

import html
import re

import pytest
from sqlalchemy import select

from lms.api import Exchange, ExchangeField, NotFound, Piece, PieceRow, Plugin, db
from plugins.kennisbank import plugin
from plugins.kennisbank.models import Draft, Entry

TOOL_FIELDS = ("name", "target_group", "goal", "advantages", "application", "technical", "price", "privacy",
               "accessibility")  # fmt: skip
ACTIVITY_FIELDS = ("title", "target_group", "goal", "period", "done", "channels", "partners", "evaluation", "otherwise",
                   "results", "result_on")  # fmt: skip
TOOLS = [
    {name: f"{name} van tool {number}" for name in TOOL_FIELDS} | {"name": f"Tool {number}"} for number in (1, 2, 3)
]
ACTIVITY = {
    "title": "Taalcafé op woensdag", "target_group": "nieuwkomers", "goal": "oefenen", "period": "najaar 2026",
    "done": "Acht middagen praten.", "channels": ["school", "rooksignalen"], "partners": "het buurthuis",
    "evaluation": "Mensen komen terug.", "otherwise": "Eerder beginnen.",
    "result_on": "2027-01-15",
    "results": [{"indicator": "opkomst", "outcome": "19", "unit": "per keer", "method": "turven", "kind": "gemeten"}],
}  # fmt: skip


def handed_out(world, name, fields):
    def give(person, key):
        if world["owner"] != person.id:
            raise NotFound("Niet van u.")
        rows = tuple(PieceRow(str(n), values) for n, values in enumerate(world[name], 1))
        return Piece(key, "Werk", rows)

    return Exchange(name, 1, name, tuple(ExchangeField(one, one) for one in fields), give=give, origin="uit de les")


@pytest.fixture
def world():
    return {"tool-analyses": [dict(tool) for tool in TOOLS], "evaluated-activities": [ACTIVITY], "owner": 0}


@pytest.fixture
def app(make_app, world):
    """The kennisbank with somebody who hands out."""
    hands = (
        handed_out(world, "tool-analyses", TOOL_FIELDS),
        handed_out(world, "evaluated-activities", ACTIVITY_FIELDS),
    )
    app = make_app(plugins=[plugin, Plugin("les", "tests.les", "Les", exchanges=hands)])
    with app.app_context():
        yield app


@pytest.fixture
def browser(make, sign_in, world):
    person = make.person(library="Bibliotheek Waterdorp")
    world["owner"] = person.id
    return sign_in(person)


def preview(browser, offer):
    return html.unescape(browser.get(f"/overnemen/kennisbank.{offer}/1").text)


def take(browser, offer):
    page = preview(browser, offer)
    return browser.post(
        f"/overnemen/kennisbank.{offer}/1",
        data={
            "naar": re.search(r'name="naar" value="(\d+)"', page)[1],
            "stand": re.findall(r'name="stand" value="([^"]*)"', page),
            "rows": re.findall(r'name="rows" value="([^"]*)"', page),
        },
    )


def entries():
    db.session.expire_all()
    return list(db.session.scalars(select(Entry).where(Entry.origin == "contributed").order_by(Entry.id)))


@pytest.mark.req("R4.8")
def test_three_tools_become_three_concepts_and_go_back(browser, client, world):
    assert all(f"Tool {n}" in preview(browser, "tool-analyses") for n in (1, 2, 3))
    assert entries() == []
    answer = take(browser, "tool-analyses")
    assert answer.status_code == 302
    made = entries()
    assert [(one.kind, one.status, one.title) for one in made] == [("tool", "draft", f"Tool {n}") for n in (1, 2, 3)]
    first = made[0]
    assert (first.done, first.takeover) == ("application van tool 1", "advantages van tool 1")
    assert first.caution.startswith("Prijs: price van tool 1")
    assert client.get(f"/kennisbank/{first.slug}").status_code == 404
    assert "application van tool 1" in browser.get(f"/kennisbank/{first.slug}/bewerken").text

    world["tool-analyses"][1]["goal"] = "een beter doel"
    take(browser, "tool-analyses")
    assert [one.title for one in entries()] == ["Tool 1", "Tool 2", "Tool 3"]
    assert entries()[1].goal == "een beter doel"

    page = browser.get(answer.location)
    assert 'href="/kennisbank/bijdragen">Ga naar Concepten van Bibliotheek Waterdorp' in page.text
    assert "Tool 1" in browser.get("/kennisbank/bijdragen").text
    back = re.search(r'action="(/overgenomen/\d+/terug)"', page.text)[1]
    assert browser.post(back).status_code == 302
    assert [one.title for one in entries()] == ["Tool 2"]  # that one was changed since, by the second taking


def test_what_was_published_gets_a_draft_and_stays(browser, world, make, sign_in):
    take(browser, "tool-analyses")
    first = entries()[0]
    form = {"title": "Tool 1", "done": "Zo.", "revision": "0", "based_on": "0"}
    browser.post(f"/kennisbank/{first.slug}/bewerken", data=form)
    editor = sign_in(make.person(roles=("kennisbank.editor",)))
    assert editor.post(f"/kennisbank/redactie/{first.slug}", data={"what": "publish"}).status_code == 302
    world["tool-analyses"][0]["application"] = "nieuw"
    assert take(browser, "tool-analyses").status_code == 302
    assert entries()[0].done == "Zo."
    assert db.session.scalar(select(Draft.data).where(Draft.entry_id == first.id))["done"] == "nieuw"


@pytest.mark.req("R2.3", "R2.8")
def test_an_evaluated_activity_becomes_an_action(browser):
    assert take(browser, "evaluated-activities").status_code == 302
    (entry,) = entries()
    assert (entry.kind, entry.title, entry.period, entry.status) == ("actie", ACTIVITY["title"], "najaar 2026", "draft")
    assert [(row.indicator, row.outcome, row.method, row.kind) for row in entry.results] == [
        ("opkomst", "19", "turven", "gemeten")
    ]
    assert entry.channels == "school, rooksignalen" and entry.result_on.isoformat() == "2027-01-15"
    assert {link.term.code for link in entry.links} >= {"school", "gemeten"}


def test_taking_again_leaves_what_the_library_measured_since(browser, world):
    world["evaluated-activities"] = [ACTIVITY | {"results": [{"indicator": "opkomst"}]}]
    take(browser, "evaluated-activities")
    (entry,) = entries()
    page = browser.get(f"/kennisbank/{entry.slug}").text
    assert "nog niet gemeten" in page and "Gemeten wordt: opkomst." in page
    form = {"title": ACTIVITY["title"], "done": ACTIVITY["done"], "results-0-indicator": "opkomst"}
    form |= {"results-0-outcome": "23", "revision": "0", "based_on": "0"}
    browser.post(f"/kennisbank/{entry.slug}/bewerken", data=form)
    entries()[0].status = "draft"
    world["evaluated-activities"][0]["goal"] = "samen oefenen"
    assert take(browser, "evaluated-activities").status_code == 302
    (entry,) = entries()
    assert entry.goal == "samen oefenen" and [row.outcome for row in entry.results] == ["23"]


def test_nobody_takes_it_for_another(make, sign_in, browser):
    other = sign_in(make.person(library="Bibliotheek Lindehove"))
    assert other.get("/overnemen/kennisbank.tool-analyses/1").status_code == 404
    homeless = make.person()
    homeless.library = None
    assert entries() == []
