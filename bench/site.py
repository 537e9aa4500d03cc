"""A site to measure: a run of so many participants, each with hand-ins and judgements, on a database of its own."""

from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import func, insert, select, text

from lms import clock, migrate
from lms.accounts.models import Person
from lms.accounts.passwords import make_hash
from lms.assignments import KEY as ASSIGNMENT
from lms.assignments.models import Draft, Submission, Version
from lms.courses.models import Activity, Course, CourseDay, Module
from lms.db import db
from lms.grading.models import Assessment, CriterionLevel
from lms.html import from_markdown
from lms.lessons.activity import Lesson
from lms.libraries.services import find_or_make
from lms.progress.models import Progress
from lms.runs.models import PARTICIPANT, TRAINER, Enrolment, Run, RunDay
from lms.setup import load_reference_data

PASSWORD = "drie losse woorden"  # noqa: S105 (of people who live for the length of a bench)
TEXT = "## Mijn werk\n\n" + "Ik sprak met de **wijkverpleegkundige** en met vier bezoekers.\n\n" * 40
WORDS = "Helder beschreven. Noem bij de volgende versie ook uw bronnen.\n\n" * 3


@dataclass
class Filled:
    """What the bench needs to know of a run: whom to be, and which pages to ask."""

    size: int
    run_id: int
    lesson: str
    assignment: str
    trainer: str
    participants: list[str] = field(default_factory=list)  # what a session keeps of them: "12:1"
    emails: list[str] = field(default_factory=list)


def prepare(app: Flask) -> None:
    """Make tables and reference data."""
    with app.app_context():
        migrate.upgrade()
        load_reference_data()
        db.session.commit()


def fill(app: Flask, size: int) -> Filled:
    """Make a run with ``size`` participants: each has progress and two hand-ins, of which one is judged."""
    with app.app_context():
        course = _course()
        run = _run(course, size)
        hashed = make_hash(PASSWORD)  # once: argon2 is slow on purpose
        trainer = _enrol(run, 1, TRAINER, hashed)
        people = _enrol(run, size, PARTICIPANT, hashed)
        activities = _in_order(course)
        assignments = [activity for activity in activities if activity.type == ASSIGNMENT]
        for activity in assignments:  # in plain text: a worksheet of a plugin is another page, of any size
            activity.settings = {name: value for name, value in activity.settings.items() if name != "worksheet"}
        lessons = [activity for activity in activities if activity.type == Lesson.key]
        enrolments = [enrolment for enrolment, _person in people]
        _progress(enrolments, lessons[: len(lessons) // 2 or 1], assignments[:2])
        _work(enrolments, assignments[:2], trainer[0][1].id)
        _drafts(enrolments, assignments[:1])
        filled = Filled(size, run.id, lessons[0].slug, assignments[0].slug, trainer[0][1].get_id())
        filled.participants = [person.get_id() for _enrolment, person in people]
        filled.emails = [person.email for _enrolment, person in people]
        db.session.commit()
        settle()
        return filled


def settle() -> None:
    """Leave the database as it is a minute later: PostgreSQL then has put its tables in order and counted them.

    Without it each question is planned as for empty tables, and the putting in order stands in the figures. SQLite
    does nothing of the kind by itself, and Leerplein does not ask it to.
    """
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _course() -> Course:
    """The course that a plugin of this site brings, or else one of our own of the same size."""
    found = db.session.scalar(select(Course).order_by(Course.id).limit(1))
    return found or _own_course()


def _own_course() -> Course:
    course = Course(slug="bench", title="Een cursus om te meten", hours_low=6, hours_high=8)
    course.days = [CourseDay(number=n, week=w, theme=f"Thema {n}") for n, w in ((1, 1), (2, 4), (3, 7), (4, 10))]
    db.session.add(course)
    db.session.flush()
    body = TEXT * 2
    for number in range(1, 5):
        module = Module(course_id=course.id, slug=f"t{number}", title=f"Thema {number}", position=number)
        db.session.add(module)
        db.session.flush()
        for position in range(1, 8):
            kind = Lesson.key if position < 7 else ASSIGNMENT
            db.session.add(
                Activity(
                    course_id=course.id,
                    module_id=module.id,
                    slug=f"a{number}-{position}",
                    type=kind,
                    title=f"Onderdeel {position}",
                    position=position,
                    week=number,
                    minutes=30,
                    body=body,
                    body_html=from_markdown(body),
                    settings={"number": number, "purpose": "Doel.", "rubric": []} if kind == ASSIGNMENT else {},
                )
            )
    db.session.flush()
    return course


def _in_order(course: Course) -> list[Activity]:
    found = select(Activity).join(Module, Module.id == Activity.module_id).where(Activity.course_id == course.id)
    return list(db.session.scalars(found.order_by(Module.position, Activity.position)))


def _run(course: Course, size: int) -> Run:
    run = Run(course_id=course.id, name=f"Meetgroep van {size}")
    first = clock.today() - timedelta(days=24)
    for day in course.days:
        on = first + timedelta(weeks=day.week - 1)
        starts, ends = clock.at(on, time(9, 30)), clock.at(on, time(16, 30))
        run.days.append(RunDay(number=day.number, starts_at=starts, ends_at=ends, place="Zaal 1"))
    db.session.add(run)
    db.session.flush()
    return run


def _enrol(run: Run, size: int, role: str, hashed: str) -> list[tuple[Enrolment, Person]]:
    home = find_or_make("Bibliotheek Meetdorp")
    db.session.flush()
    before = db.session.scalar(select(func.count()).select_from(Person)) or 0
    people = [
        Person(name=f"Persoon {n}", email=f"{role}{n}@bench.example", library=home, password_hash=hashed)
        for n in range(before, before + size)
    ]
    db.session.add_all(people)
    db.session.flush()
    enrolments = [Enrolment(run_id=run.id, person_id=person.id, role=role) for person in people]
    db.session.add_all(enrolments)
    db.session.flush()
    return list(zip(enrolments, people, strict=True))


def _progress(enrolments: list[Enrolment], lessons: list[Activity], assignments: list[Activity]) -> None:
    moment = clock.now() - timedelta(days=3)
    rows = [
        {"enrolment_id": e.id, "activity_id": a.id, "state": "done", "completed_at": moment, "updated_at": moment}
        for e in enrolments
        for a in lessons
    ]
    rows += [
        {"enrolment_id": e.id, "activity_id": a.id, "state": "handed_in", "completed_at": None, "updated_at": moment}
        for e in enrolments
        for a in assignments
    ]
    db.session.execute(insert(Progress), rows)


def _work(enrolments: list[Enrolment], assignments: list[Activity], trainer_id: int) -> None:
    """The first assignment waits; the second was judged, and the judgement is out."""
    html = from_markdown(TEXT)
    db.session.execute(
        insert(Submission), [{"enrolment_id": e.id, "activity_id": a.id} for e in enrolments for a in assignments]
    )
    wanted = select(Submission).where(Submission.enrolment_id.in_(select(Enrolment.id).where(_same_run(enrolments))))
    submissions = list(db.session.scalars(wanted))
    moment = clock.now() - timedelta(days=2)
    versions = [
        Version(submission_id=s.id, number=1, text=TEXT, html=html, handed_in_at=moment + timedelta(seconds=place))
        for place, s in enumerate(submissions)
    ]
    db.session.add_all(versions)
    db.session.flush()
    judged = [v for v, s in zip(versions, submissions, strict=True) if s.activity_id != assignments[0].id]
    assessments = [
        Assessment(
            version_id=v.id, assessor_id=trainer_id, overall="voldoende", words=WORDS, released_at=clock.now(),
            criteria=[CriterionLevel(criterion=f"criterium-{n}", level="voldoende", words=WORDS) for n in range(4)],
        )
        for v in judged
    ]  # fmt: skip
    db.session.add_all(assessments)
    db.session.flush()


def _drafts(enrolments: list[Enrolment], assignments: list[Activity]) -> None:
    rows: list[dict[str, Any]] = [
        {"enrolment_id": e.id, "activity_id": a.id, "text": TEXT, "revision": 1}
        for e in enrolments
        for a in assignments
    ]
    db.session.execute(insert(Draft), rows)


def _same_run(enrolments: list[Enrolment]) -> Any:
    return Enrolment.run_id == enrolments[0].run_id
