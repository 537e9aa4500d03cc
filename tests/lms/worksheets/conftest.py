"""A participant with two small worksheets, of a plugin that only the tests have: people around, and who to ask."""

import re

import pytest
from werkzeug.datastructures import MultiDict

from lms.api import Grid, Part, Plugin, SheetField, Sides, Worksheet
from lms.assignments.models import Draft, Submission, Version
from lms.db import db
from lms.runs.models import TRAINER, Enrolment
from lms.testing import RUBRIC

JSON = {"Accept": "application/json"}

around = Worksheet(
    "toy.around",
    "Wie er zijn",
    version=1,
    parts=(
        Part("area", "Uw gebied", (SheetField("where", "Waar?", required=True),), rows=False),
        Part(
            "people",
            "Mensen",
            (
                SheetField("name", "Wie", vocabulary="doelgroepen", required=True),
                SheetField("interest", "Belang", "scale", required=True),
                SheetField("influence", "Invloed", "scale", required=True),
                SheetField("kind", "Soort", "choice", choices=(("a", "school"), ("b", "zorg"))),
                SheetField("hours", "Uren", "number"),
                SheetField("on", "Datum", "date"),
                SheetField("felt", "Gevoeld", "long", group="Behoefte", one_of=True),
                SheetField("asked", "Geuit", "long", group="Behoefte", one_of=True),
            ),
            one="Mens",
            least=1,
            grid=Grid("interest", "influence", ("tevreden houden", "nauw betrekken", "volgen", "informeren"), "Raster"),
        ),
    ),
)
ask = Worksheet(
    "toy.ask",
    "Drie vragen",
    parts=(
        Part(
            "partners",
            "Partners",
            (
                SheetField("name", "Partner", source="toy.around:people.name", required=True),
                SheetField("they", "Voor hen", required=True),
                SheetField("we", "Voor ons", required=True),
                SheetField("resistance", "Bezwaar", private=True),
            ),
            one="Partner",
            least=3,
            most=3,
            sides=Sides(("Zij", "Wij"), (("Haalt", "they", "we"),)),
        ),
    ),
)
toy = Plugin(name="toy", package="tests.toy", title="Speelgoed", worksheets=(around, ask))


class Sheet:
    """The participant at their worksheets: fills in, presses buttons, and looks at what is kept."""

    def __init__(self, make, sign_in):
        settings = {"number": 1, "purpose": "Doel.", "rubric": RUBRIC}
        course = make.course(
            activities={"opdracht": "core.assignment", "tweede": "core.assignment"},
            opdracht={**settings, "worksheet": "toy.around"},
            tweede={**settings, "number": 2, "worksheet": "toy.ask"},
        )
        self.run = make.run(course, participants=2)
        self.person, self.other = make.people(self.run)
        self.trainer = make.people(self.run, TRAINER)[0]
        self.sign_in = sign_in
        self.browser = sign_in(self.person)
        self.judge = sign_in(self.trainer)

    def url(self, slug="opdracht", rest="/werkblad"):
        return f"/runs/{self.run.id}/{slug}{rest}"

    def page(self, slug="opdracht"):
        answer = self.browser.get(self.url(slug))
        assert answer.status_code == 200, answer.text
        return answer.text

    def revision(self, slug="opdracht"):
        draft = self.draft(slug)
        return draft.revision if draft else 0

    def send(self, rest, parts, slug="opdracht", *, revision=None, headers=None, **more):
        """Post a sheet: ``parts`` maps a part to its rows (id to fields), or to the fields of a part without rows."""
        revision = self.revision(slug) if revision is None else revision
        form = MultiDict({"revision": str(revision), "text": "", **more})
        for part, rows in parts.items():
            if all(isinstance(row, dict) for row in rows.values()):
                for row_id, row in rows.items():
                    form.add(part, row_id)
                    form.update({f"{part}-{row_id}-{name}": value for name, value in row.items()})
            else:
                form.update({f"{part}-een-{name}": value for name, value in rows.items()})
        return self.browser.post(self.url(slug, rest), data=form, headers=headers)

    def save(self, parts, slug="opdracht", **more):
        return self.send("/concept", parts, slug, **more)

    def hand_in(self, parts, slug="opdracht", **more):
        return self.send("/inleveren", parts, slug, **more)

    def draft(self, slug="opdracht"):
        db.session.expire_all()
        found = db.session.query(Draft).join(Enrolment, Enrolment.id == Draft.enrolment_id)
        return found.filter(Enrolment.person_id == self.person.id, Draft.activity.has(slug=slug)).one_or_none()

    def rows(self, part="people", slug="opdracht"):
        return self.draft(slug).sheet["data"][part]

    def versions(self, slug="opdracht"):
        db.session.expire_all()
        found = db.session.query(Version).join(Submission).join(Enrolment)
        found = found.filter(Enrolment.person_id == self.person.id, Submission.activity.has(slug=slug))
        return found.order_by(Version.number).all()

    def judging(self, rest="", version=None):
        version = version or self.versions()[-1]
        return f"/runs/{self.run.id}/beoordelen/{version.id}{rest}"

    def assess(self, action="vrijgeven", revision=0, overall="nog_niet", **more):
        form = {"action": action, "revision": str(revision), "overall": overall, "words": "Dag."}
        form |= {f"level-{criterion['slug']}": overall for criterion in RUBRIC} | more
        return self.judge.post(self.judging(), data=form)


def person(name="De school", **changes):
    return {"name": name, "interest": "4", "influence": "2", "felt": "rust", **changes}


GOOD = {"area": {"where": "Oost"}, "people": {"r1": person()}}


def partner(name, **changes):
    return {"name": name, "they": "leerlingen", "we": "ruimte", **changes}


def sentences(page):
    """The links of the summary of errors: where each leads, and what it says."""
    page = page.partition('role="alert"')[2].partition("</ul>")[0]
    return dict(re.findall(r'<li><a href="#([^"]+)">([^<]+)</a></li>', page))


@pytest.fixture
def app(make_app):
    """The core with the toy beside it."""
    app = make_app(plugins=[toy])
    with app.app_context():
        yield app


@pytest.fixture
def sheet(app, make, sign_in):
    return Sheet(make, sign_in)
