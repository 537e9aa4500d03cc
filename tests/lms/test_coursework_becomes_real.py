"""One way through the house: an assignment becomes a community, and its activity an action for other libraries."""

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from lms import clock
from lms.assignments.models import Version
from lms.db import db
from lms.testing import RUBRIC
from plugins.community.models import Community, Contact, Goal, Item, Partner, Precondition, TargetGroup
from plugins.kennisbank.models import Entry

HERE, THERE = "Bibliotheek Waterdorp", "Bibliotheek Lindehove"
NOTE = "Dit leverde de stap ons op."
GROUPS = ("Mensen die Nederlands leren", "Jonge ouders", "Ouderen")
STAKEHOLDERS = ("Buurthuis", "Gemeente", "Basisschool", "Huisartsen", "Moskee", "Woningcorporatie")
AROUND = {
    "area": {"een": {"area": "Oost", "impression": "Veel winkels."}},
    "target_groups": {
        f"g{n}": {
            "name": name, "size": "300 mensen", "size_source": "CBS, 2025", "reached_now": "aan de leestafel",
            "need_felt": "Bel 06-12345678. Zij willen praten.",
        } for n, name in enumerate(GROUPS)
    },
    "stakeholders": {
        f"s{n}": {
            "organisation": name, "kind": "other", "interest": "4", "influence": "3", "target_group": GROUPS[0],
            "activities": "taalles", "relation": "elke week contact",
        } for n, name in enumerate(STAKEHOLDERS)
    },
    "look_back": {"een": {"sources": "CBS 2025, twee gesprekken.", "choice": GROUPS[0], "reason": "Zij komen al."}},
}  # fmt: skip


class Way:
    """The people and their browsers: a participant, the trainer, and a colleague elsewhere."""

    def __init__(self, make, sign_in):
        settings = {"number": 1, "purpose": "Doel.", "rubric": RUBRIC, "worksheet": "course_cl.surroundings"}
        self.run = make.run(make.course(activities={"opdracht": "core.assignment"}, opdracht=settings), participants=1)
        self.person, trainer = make.people(self.run)[0], make.people(self.run, "trainer")[0]
        self.browser, self.judge = sign_in(self.person), sign_in(trainer)
        self.elsewhere = sign_in(make.person("Omar", library=THERE))
        self.editor = sign_in(make.person("Hanna", library=THERE, roles=("kennisbank.editor",)))

    def hand_in(self):
        form = MultiDict({"revision": "0", "text": ""})
        for part, rows in AROUND.items():
            for row_id, row in rows.items():
                if row_id != "een":
                    form.add(part, row_id)
                form.update({f"{part}-{row_id}-{name}": value for name, value in row.items()})
        answer = self.browser.post(f"/runs/{self.run.id}/opdracht/inleveren", data=form)
        assert answer.status_code == 302, re.findall(r"<li><a href=.*?</li>", answer.text)

    def release(self):
        version = db.session.scalars(select(Version)).one()
        levels = {f"level-{criterion['slug']}": "voldoende" for criterion in RUBRIC}
        form = {"action": "vrijgeven", "revision": "0", "overall": "voldoende", "words": "Goed werk."} | levels
        answer = self.judge.post(f"/runs/{self.run.id}/beoordelen/{version.id}", data=form)
        assert answer.status_code == 302, re.findall(r"<li><a href=.*?</li>", answer.text)

    def take(self, address):
        """Take all rows that the preview suggests."""
        page = self.browser.get(address).text
        form = {name: re.findall(rf'name="{name}" value="([^"]*)"', page) for name in ("naar", "rows", "stand")}
        form = {name: [html.unescape(value) for value in values] for name, values in form.items()}
        answer = self.browser.post(address, data={**form, "naar": form["naar"][0]})
        assert answer.status_code == 302, page
        return answer.location

    def offered(self, offer):
        found = re.search(rf'href="(/overnemen/{offer}/[^"]+)"', self.browser.get("/vandaag").text)
        return found and found[1]

    def step(self, community, key):
        return self.browser.post(f"/community/{community.id}/klaar", data={"step": key, "note": NOTE}).status_code


@pytest.fixture
def way(make, sign_in):
    return Way(make, sign_in)


def all_of(model):
    db.session.expire_all()
    return db.session.scalars(select(model).order_by(model.id)).all()


@pytest.mark.req("R0.8", "R0.9", "R0.10", "R0.11", "R0.12")
def test_from_a_worksheet_to_an_action_that_others_find(way):
    browser = way.browser
    way.hand_in()
    assert way.offered("community.target-groups") is None  # a trainer comes first
    way.release()
    browser.post("/community/begin", data={"name": "Taalcafé", "target_group": GROUPS[0]})
    community = all_of(Community)[0]

    address = way.offered("community.target-groups")
    taken = way.take(address)
    assert "Soort" not in browser.get(way.offered("community.stakeholders")).text  # it does not come along
    done = browser.get(way.take(way.offered("community.stakeholders"))).text
    assert f'href="/community/{community.id}/partners"' in done
    groups = all_of(TargetGroup)
    assert [group.name for group in groups] == list(GROUPS)  # the one that was there is the first of them
    assert "06-12345678" not in groups[1].profile and "Zij willen praten." in groups[1].profile
    assert [partner.organisation for partner in all_of(Partner)] == list(STAKEHOLDERS)
    assert "uit cursuswerk" in browser.get(f"/community/{community.id}/doelgroepen").text
    assert browser.get(address).text.count('name="rows"') == 0  # again doubles nothing
    assert browser.post(f"{taken}/terug").status_code == 302
    assert [group.name for group in all_of(TargetGroup)] == [GROUPS[0]]
    way.take(address)
    assert len(all_of(TargetGroup)) == 3

    post = f"/community/{community.id}"
    assert way.step(community, "inventarisatie") == 409
    browser.post(f"{post}/randvoorwaarden/nieuw", data={"text": "Vaste uren", "owner": "directie"})
    assert way.step(community, "inventarisatie") == 302
    assert way.step(community, "waarom-hoe-wat") == 409
    chosen = {"name": GROUPS[0], "chosen": "y", "why": "Zij komen al.", "how": "Aan tafel.", "takes": "Uren."}
    browser.post(f"{post}/doelgroepen/{all_of(TargetGroup)[0].id}", data=chosen)
    assert way.step(community, "waarom-hoe-wat") == 302
    assert way.step(community, "contact") == 409
    spoke = {"on": "2026-01-05", "form": "talk", "people": "6", "learned": "Men wil praten."}
    browser.post(f"{post}/contact/nieuw", data=spoke)
    assert way.step(community, "contact") == 302
    browser.post(f"{post}/concept/nieuw", data={"text": "Een café waar taal vanzelf gaat."})
    assert way.step(community, "concept") == 302
    goal = {"text": "Veertig bezoekers", "indicator": "Vaste bezoekers", "new_organisation_goal": "Iedereen doet mee."}
    browser.post(f"{post}/doelen/nieuw", data=goal)
    assert way.step(community, "doelen") == 302
    assert (len(all_of(Precondition)), len(all_of(Contact))) == (1, 1)

    plan = {
        "title": "Samen koken", "goal_id": str(all_of(Goal)[0].id), "starts": "16.00", "ends": "19.00",
        "day": (clock.today() - timedelta(days=2)).isoformat(), "mode": "offline", "started_by": "with",
    }  # fmt: skip
    assert browser.post(f"{post}/kalender/nieuw", data=plan).status_code == 302
    item = all_of(Item)[0]
    held = f"{post}/kalender/{item.id}"
    assert "/overnemen/" not in browser.get(held).text
    browser.post(f"{held}/terugblik", data={"turnout": "32", "first_time": "9", "learned": "Snijd samen."})
    share = re.search(r'href="(/overnemen/kennisbank\.evaluated-activities/[^"]+)"', browser.get(held).text)[1]
    assert way.elsewhere.get(share).status_code == 404
    way.take(share)

    entry = db.session.scalars(select(Entry).where(Entry.title == "Samen koken")).one()
    assert "32 mensen" in entry.evaluation
    assert [result.indicator for result in entry.results] == ["Vaste bezoekers"]
    assert entry.result_on == clock.today() + timedelta(days=88), "the result follows, 90 days after the activity"
    page = browser.get(f"/kennisbank/{entry.slug}/bewerken").text
    hidden = {name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1] for name in ("revision", "based_on")}
    form = hidden | {"title": entry.title, "done": entry.done, "evaluation": entry.evaluation}
    assert browser.post(f"/kennisbank/{entry.slug}/bewerken", data=form).status_code == 302
    assert way.editor.post(f"/kennisbank/redactie/{entry.slug}", data={"what": "publish"}).status_code == 302
    assert "Samen koken" in way.elsewhere.get("/kennisbank/?q=samen+koken").text
