"""Who gets to read what: each private thing holds a word of its own, and everybody opens every address there is."""

import io
import itertools
import re
import zipfile

import pytest
from sqlalchemy import select

from lms.accounts.models import Person
from lms.assignments.models import Draft, Submission, Version
from lms.courses.models import Activity, Course
from lms.db import db
from lms.grading.models import Assessment, CriterionLevel
from lms.runs.models import Absence, Enrolment
from plugins.community.models import Community
from plugins.kennisbank.models import Choice, Pick

from .conftest import KINDS
from .forms import forms_of
from .test_access import PART, lines, split

MINE = {"participant"}
GROUP = {"participant", "trainer"}
HERE = {"member", "participant", "contact", "coach", "lead"}
READERS = {
    "geheim-concept": MINE,
    "geheim-werk": {*GROUP, "peer"},  # the peer was asked to read it
    "geheim-bewaard-oordeel": {"trainer"},
    "geheim-bewaard-criterium": {"trainer"},
    "geheim-oordeel": GROUP,
    "geheim-criterium": GROUP,
    "geheim-toelichting": set(),  # goes to the trainers by mail
    "geheim-keuze": GROUP,
    "geheim-community": HERE,
    "geheim-doelgroep": HERE,
    "participant@geheim.example": {"participant", "trainer", "admin"},
    "$argon2id": set(),
    "only-for-tests": set(),
}
"""Who may read a word; nobody else does, on any page or in any file."""
MOST = 8  # ids to try of each kind of thing


def hide(house):
    """Put the words in their places. Of the second version the judgement is saved and not released."""
    person = house.people["participant"]
    person.email = "participant@geheim.example"
    person.password_hash = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA"
    enrolment = db.session.scalars(select(Enrolment).where(Enrolment.person_id == person.id)).one()
    submission = db.session.scalars(select(Submission).where(Submission.enrolment_id == enrolment.id)).one()
    db.session.scalars(select(Draft).where(Draft.enrolment_id == enrolment.id)).one().text = "geheim-concept"
    for version in submission.versions:
        version.text, version.html = "geheim-werk", "<p>geheim-werk</p>"
    given = db.session.scalars(select(Assessment)).one()
    given.words = "geheim-oordeel"
    given.criteria[0].words = "geheim-criterium"
    newer = Version(submission=submission, number=2, text="geheim-werk", html="<p>geheim-werk</p>")
    db.session.add(newer)
    db.session.flush()
    kept = Assessment(version_id=newer.id, assessor_id=house.people["trainer"].id, words="geheim-bewaard-oordeel")
    kept.criteria = [CriterionLevel(criterion="doelgroepen", level="goed", words="geheim-bewaard-criterium")]
    shelf = db.session.scalars(select(Activity).where(Activity.slug == "voorbeelden")).one()
    choice = Choice(enrolment_id=enrolment.id, activity_id=shelf.id, picks=[Pick(slug="nl-01", reason="geheim-keuze")])
    db.session.add_all([kept, choice, Absence(enrolment_id=enrolment.id, day_number=1, note="geheim-toelichting")])
    ours = db.session.get(Community, int(house.values["community_id"]))
    ours.name, ours.target_group = "geheim-community", "geheim-doelgroep"
    ours.published_at = None  # what a library shows to the network is for everybody
    db.session.commit()


def every_address(house):
    """Every page with every number that a row may have, every name of an activity, and each token of the table."""
    mine = select(Activity.slug).join(Course).where(Course.slug == house.values["course"])
    slugs = list(db.session.scalars(mine))
    rules = {}
    for rule, chosen in (split(address) for address, _cells in lines() if address.startswith("GET")):
        tokens = rules.setdefault(rule.partition("?")[0].partition(" ")[2], set())
        tokens.add(house.values.get(chosen.get("token", "token"), "x"))
    for rule, tokens in sorted(rules.items()):
        names = PART.findall(rule)
        known = {"run_id": ("1", "2"), "slug": (*slugs, house.values["course"], "nl-01"), "number": ("1", "2")}
        known["token"] = sorted(tokens)
        numbers = tuple(str(number) for number in range(1, MOST + 1))
        choices = [known.get(n, numbers if n.endswith("_id") else (house.values.get(n, "x"),)) for n in names]
        for chosen in itertools.product(*choices):
            values = dict(zip(names, chosen, strict=True))
            path = PART.sub(lambda part, v=values: v[part[1]], rule)
            yield path
            if rule.endswith("versies/<int:number>"):
                yield from (f"{path}?deelnemer={number}" for number in numbers)


def text_of(answer):
    """All that somebody gets, also from inside a zip."""
    if answer.mimetype != "application/zip":
        return answer.data.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        return "\n".join(packed.read(name).decode(errors="replace") for name in packed.namelist())


@pytest.mark.exhaustive
def test_everybody_reads_what_is_theirs_and_no_more(app, house, sign_in):
    hide(house)
    leaks, found = [], {word: set() for word in READERS}
    paths = list(every_address(house))
    assert len(paths) > 300
    for kind in KINDS:
        client = app.test_client() if kind == "anonymous" else sign_in(house.people[kind])
        for path in paths:
            with client.get(path) as answer:
                assert answer.status_code < 500, path
                text = text_of(answer)
            for word, readers in READERS.items():
                if re.search(re.escape(word) + r"(?!-)", text):
                    found[word].add(kind)
                    if kind not in readers:
                        leaks.append(f"{kind} reads {word} at {path}")
    assert not leaks, "\n".join(leaks)
    assert {word: kinds for word, kinds in found.items() if kinds != READERS[word]} == {}


PROTECTED = ("core_person", "core_role_grant", "core_enrolment", "core_library", "core_assessment", "core_setting")
EXTRA = {
    "id": "1", "person_id": "1", "owner_id": "1", "author_id": "1", "enrolment_id": "1", "run_id": "1",
    "library_id": "1", "role": "admin", "roles": "admin", "active": "1", "is_admin": "1", "version": "9",
    "released_at": "2026-01-01T00:00", "overall": "goed", "assessor_id": "1", "password_hash": "x", "left_at": "",
    "created_by_id": "1", "late": "", "handed_in_at": "2020-01-01", "submission_id": "1", "number": "7", "admin": "1",
    "permissions": "core.manage",
}  # fmt: skip


def rows():
    """What nobody without the right may change."""
    db.session.rollback()
    found = {}
    for name in PROTECTED:
        table = db.metadata.tables[name]
        own = {"mail_choices", "calendar_turn"}  # one's own to choose, and to renew
        kept = [column for column in table.columns if column.name not in own]
        found[name] = sorted(repr(row) for row in db.session.execute(select(*kept)))
    return found


def test_fields_that_a_form_does_not_have_change_nothing(app, house, sign_in):
    """A participant adds to every form what would make them somebody else."""
    before, tried = rows(), set()
    for kind in ("participant", "member", "peer", "stranger"):
        client = sign_in(house.people[kind])
        for address, cells in lines():
            if not address.startswith("GET") or cells[kind] != "ok":
                continue
            path = PART.sub(lambda part: house.values.get(part[1], "x"), split(address)[0].partition(" ")[2])
            with client.get(path) as page:
                html = page.text if page.mimetype == "text/html" else ""
            for form in forms_of(path, html):
                if form.action.endswith(("/logout", "/sessies")) or (kind, form.action) in tried:
                    continue
                tried.add((kind, form.action))
                long = "Woorden die lang genoeg zijn voor ieder veld."
                client.post(form.action, data=EXTRA | form.fields | dict.fromkeys(form.free, long))
                client.post(form.action, data=form.fields | EXTRA)
    assert len(tried) > 15
    assert rows() == before
    assert db.session.scalar(select(Person.id).where(Person.email == house.people["participant"].email))
