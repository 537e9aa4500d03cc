"""A small house with somebody of every kind in it, for whoever wants to try its doors."""

import io
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from lms import clock
from lms.accounts import tokens
from lms.accounts.models import Person, RoleGrant
from lms.assignments import services as assignments
from lms.calendar import services as calendars
from lms.db import db
from lms.files import services as files
from lms.grading import services as grading
from lms.jobs.models import Job
from lms.libraries.services import find_or_make
from lms.notifications import unsubscribing
from lms.notifications.models import Notice
from lms.peer import giving, overseeing, rounds
from lms.runs import services as runs
from lms.runs.models import TRAINER
from lms.runs.visits import load_run, load_visit
from lms.testing import RUBRIC, Make
from plugins.community import calendar, programmes, records
from plugins.community import services as communities
from plugins.community.models import Goal, PlanStep, TargetGroup

HERE, ELSEWHERE, OFFICE = "Bibliotheek Waterdorp", "Bibliotheek Lindehove", "Bibliotheekhuis Polderzicht"
KINDS = {
    "anonymous": "nobody is signed in",
    "member": "has an account, follows no course; of the library of the participant",
    "stranger": "the same, of another library",
    "participant": "takes part in the run; the work is theirs",
    "peer": "takes part in the same run, of another library",
    "left": "took part in the run and left it",
    "otherrun": "takes part in another run of the same course, of another library",
    "trainer": "trains the run",
    "othertrain": "trains the other run",
    "contact": "is the contact of the participant's library",
    "coach": "coaches the community of the participant's library, of a third library",
    "lead": "leads the community programme, of that third library",
    "editor": "edits the knowledge base, of that third library",
    "admin": "manages the site, of that third library",
}
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PHOTO = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02L\x01\0;"
WORK = {"werk.pdf": PDF, "foto.gif": PHOTO}


@dataclass
class House:
    """People by kind, and what stands in an address: ``values`` by the name of the part, ``{run_id}`` and so on."""

    people: dict[str, Person] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)


def build(make: Make) -> House:
    """Two runs, work that was handed in and judged, files, two communities."""
    house = House()
    people = house.people
    step = db.session.scalar(select(PlanStep).order_by(PlanStep.position).limit(1))
    kinds = {
        "les": "core.lesson", "opdracht": "core.assignment", "voorbeelden": "kennisbank.collection",
        "onze-stap": "community.step", "blad": "core.assignment", "ronde": "core.peer",
    }  # fmt: skip
    course = make.course(
        activities=kinds,
        voorbeelden={"entries": ["nl-01", "nl-02"], "choose": 1},
        onze_stap={"step": step.key},
        ronde={"assignment": "opdracht", "reviews": 1, "own_first": False, "opens": {"day": 1}},
        blad={"number": 2, "purpose": "Doel.", "rubric": RUBRIC, "worksheet": "course_cl.surroundings"},
    )
    for position, (slug, kind) in enumerate(
        (("begrippen", "glossary"), ("draaiboek", "script"), ("dag-1", "programme"))
    ):
        make.page(course, slug, kind, position=position)
    tomorrow = clock.today() + timedelta(days=1)
    run = make.run(course, participants=0, trainers=0, first_day=tomorrow)
    other = make.run(course, participants=0, trainers=0, first_day=tomorrow)
    places = dict.fromkeys(("member", "participant", "contact"), HERE)
    places |= dict.fromkeys(("coach", "lead", "editor", "admin"), OFFICE)
    roles = {"contact": ("contact@library",), "admin": ("admin",), "editor": ("kennisbank.editor",)}
    roles["lead"] = ("community.lead",)
    for kind in KINDS:
        if kind != "anonymous":
            people[kind] = make.person(
                kind.capitalize(), library=places.get(kind, ELSEWHERE), roles=roles.get(kind, ())
            )
    here = find_or_make(HERE)
    db.session.add(RoleGrant(person_id=people["coach"].id, role="community.coach", library_id=here.id))
    enrolment = make.enrol(run, people["participant"])
    make.enrol(run, people["peer"])
    make.enrol(run, people["left"]).left_at = clock.now()
    make.enrol(other, people["otherrun"])
    make.enrol(run, people["trainer"], TRAINER)
    make.enrol(other, people["othertrain"], TRAINER)
    invited = make.person("Nog niet gekomen")
    theirs = communities.begin(people["member"], name="Leeskring", target_group="Ouders met jonge kinderen")
    elsewhere = communities.begin(people["stranger"], name="Makers", target_group="Jongeren van 15 jaar")
    tracker = _tracker(people, theirs, here)
    handed_in, draft_file = _work(people, run)
    given, asked, filled = _feedback(people, run)
    house.values |= {
        "round": "ronde", "review": asked.token, "given": given.token, "filled": filled.token, "remark": given.remarks[0].token,
        "run_id": run.id, "other_run": other.id, "slug": "opdracht", "number": 1, "role": "deelnemers",
        "version_id": handed_in.id, "file_id": handed_in.files[0].id, "draft_file": draft_file, "name": "werk.pdf",
        "photo": handed_in.files[1].id,
        "enrolment_id": enrolment.id, "person_id": people["member"].id, "community_id": theirs.id,
        "other_community": elsewhere.id, "filename": "css/base.css", "course": course.slug, "entry": "nl-01",
        "invitation": tokens.make(tokens.INVITATION, invited), "reset": tokens.make(tokens.RESET, invited),
        **tracker, "kind": "doelgroepen",
        "self": people["admin"].id, "unsubscribe": unsubscribing.address(people["member"].id, "enrolled").split("/")[-1],
        "calendar": calendars.address(people["participant"]).split("/")[-1].removesuffix(".ics"),
        "key": "kernfuncties", "term_id": 1, "taking_id": 1, "offer": "plank.boeken", "source": "1",
        "notice_id": db.session.scalar(select(Notice.id).where(Notice.person_id == people["participant"].id).limit(1)),
        "job_id": db.session.scalar(select(Job.id).limit(1)),
    }  # fmt: skip
    house.values = {name: str(value) for name, value in house.values.items()}
    runs.announce(run, people["trainer"], "Welkom", "Tot **dinsdag**.")
    db.session.commit()
    return house


def _tracker(people: dict[str, Person], community, library) -> dict[str, int]:
    """A programme of the participant's library, and what stands in its community: published, with an activity."""
    community.published_at = clock.now()
    programme = programmes.create("De buurt aan zet", community.plan_id)
    part = programmes.take_part(programme, library)
    session = programmes.add_session(programme, programmes.session_kind(programme, "Werksessie", ""))
    group = records.of(community, TargetGroup)[0]
    over = records.organisation_goal(community, "Meedoen")
    goal = records.add(community, Goal, organisation_goal_id=over.id, text="Veertig bezoekers", indicator="Bezoekers")
    begins = clock.now() + timedelta(days=3)
    item, *_rest = calendar.plan_item(
        community, people["member"], title="Taalcafé", goal_id=goal.id, starts_at=begins,
        ends_at=begins + timedelta(hours=2), mode="offline", started_by="for",
    )  # fmt: skip
    return {
        "programme_id": programme.id, "participation_id": part.id, "session_id": session.id,
        "record_id": group.id, "goal_id": goal.id, "item_id": item.id,
    }  # fmt: skip


def _work(people: dict[str, Person], run):
    """What the participant handed in, judged and released; and the id of a file that is only in a draft."""
    visit = load_visit(people["participant"], run.id, "opdracht")
    received = [files.receive(FileStorage(io.BytesIO(data), name)) for name, data in WORK.items()]
    typed = assignments.make_ready("Mijn **werk**.", 0, received=received, render=True)
    version = assignments.hand_in(visit, typed, url="http://localhost/").version
    unsent = files.receive(FileStorage(io.BytesIO(PDF + b"%"), "concept.pdf"))
    draft = assignments.save_draft(visit, assignments.make_ready("Mijn werk, versie 2.", 1, received=[unsent]))
    work = grading.load_work(load_run(people["trainer"], run.id, trainer=True), version.id)
    levels = {criterion["slug"]: "nog_niet" for criterion in RUBRIC}
    judgement = grading.Judgement("nog_niet", "Hier mist een bron.", levels, dict.fromkeys(levels, "Kijk nog eens."))
    grading.release(work, people["trainer"], judgement, 0, "http://localhost/")
    return version, draft.files[-1].id


def _feedback(people: dict[str, Person], run):
    """The peer gave feedback on the participant's work, the participant reads the peer's, and the trainer fills in."""
    typed = assignments.make_ready("Werk van een ander.", 0, render=True)
    assignments.hand_in(load_visit(people["peer"], run.id, "opdracht"), typed, url="http://localhost/")
    here, trainer = (load_visit(people[kind], run.id, "ronde") for kind in ("peer", "trainer"))
    ids = {kind: load_run(people[kind], run.id).enrolment.id for kind in ("participant", "peer")}
    rounds.ensure(run, here.activity).opened_at = clock.now()
    given = overseeing.add(trainer, ids["peer"], ids["participant"])
    giving.save(here, given.token, [giving.Typed("tip", "Noem ook de buren.")], 0)
    giving.give(here, given)
    asked = overseeing.add(trainer, ids["participant"], ids["peer"])
    return given, asked, overseeing.fill_in(trainer, ids["peer"])


@pytest.fixture
def house(app: Flask, make: Make) -> House:
    """The house, with its data committed."""
    with app.test_request_context():  # the services look for the roles of a person once for each request
        return build(make)


@pytest.fixture
def still(app: Flask, house: House, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The app with the house in it, in which nothing that a page writes is kept: each try finds the same house."""
    monkeypatch.setattr(db.session, "commit", db.session.rollback)
    return app
