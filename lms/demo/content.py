"""What the core itself adds to the demo: accounts, and one run of the first course that a plugin brings."""

from collections.abc import Iterable
from datetime import date, time, timedelta

from sqlalchemy import select

from .. import clock
from ..accounts.services import create_person, find_person
from ..courses.models import Course
from ..db import db
from ..html import from_markdown
from ..plugins import DemoAccount
from ..registry import registry
from ..runs.models import PARTICIPANT, TRAINER, Absence, Announcement, Enrolment, Run, RunDay
from ..runs.outline import Outline
from ..runs.visits import load_run
from .site import DOMAIN, PASSWORD, DemoSite

LIBRARIES = {
    "Bibliotheek Waterdorp": "Zuid-Holland",
    "Bibliotheek Lindehove": "Gelderland",
    "Bibliotheek De Veenkant": "Drenthe",
    "Bibliotheek Zonnedaal": "Noord-Brabant",
    "Bibliotheek Heuvelrijk": "Limburg",
}
TRAINERS = ("trainer1", "trainer2")
EARLIER = ("bibliothecaris", "deelnemer11", "deelnemer12")
PARTICIPANTS = tuple(f"deelnemer{number}" for number in range(1, 11))
LESSONS_DONE = {
    "deelnemer1": 6, "deelnemer2": 6, "deelnemer3": 5, "deelnemer4": 5, "deelnemer5": 4,
    "deelnemer6": 6, "deelnemer7": 3, "deelnemer8": 5, "deelnemer9": 2, "deelnemer10": 0,
}  # fmt: skip

accounts = (
    DemoAccount("deelnemer1", "Noor de Wit", "Bibliotheek Waterdorp", offer="Deelnemer"),
    DemoAccount("deelnemer2", "Samira Haddou", "Bibliotheek Lindehove"),
    DemoAccount("deelnemer3", "Omar Yildiz", "Bibliotheek De Veenkant"),
    DemoAccount("deelnemer4", "Femke Postma", "Bibliotheek Heuvelrijk"),
    DemoAccount("deelnemer5", "Joost van Dam", "Bibliotheek Zonnedaal"),
    DemoAccount("deelnemer6", "Marieke Bos", "Bibliotheek Lindehove"),
    DemoAccount("deelnemer7", "Dewi Sastro", "Bibliotheek Waterdorp"),
    DemoAccount("deelnemer8", "Ruben Smeets", "Bibliotheek Heuvelrijk"),
    DemoAccount("deelnemer9", "Anneke Tuin", "Bibliotheek De Veenkant"),
    DemoAccount("deelnemer10", "Karim Bennani", "Bibliotheek Zonnedaal"),
    DemoAccount("deelnemer11", "Els Kramer", "Bibliotheek Heuvelrijk"),
    DemoAccount("deelnemer12", "Bart Wolters", "Bibliotheek Lindehove"),
    DemoAccount("trainer1", "Ineke Vermaas", "Bibliotheek Waterdorp", offer="Trainer"),
    DemoAccount("trainer2", "Thijs Kuipers", "Bibliotheek Lindehove"),
    DemoAccount("bibliothecaris", "Lotte Meijer", "Bibliotheek Waterdorp", offer="Bibliothecaris"),
    DemoAccount("beheerder", "Bram Jacobs", "Bibliotheek Waterdorp", roles=("admin",), offer="Beheerder"),
)


def make_accounts() -> None:
    """Make every account that a plugin declares for the demo."""
    for account in registry().all("demo_accounts"):
        if find_person(f"{account.user}@{DOMAIN}") is None:
            create_person(
                account.name, f"{account.user}@{DOMAIN}", account.library, password=PASSWORD, roles=account.roles
            )


def load(demo: DemoSite) -> None:
    """One run whose first lesson day lies behind us, in which everybody is at a different point, and a closed one."""
    for name, province in LIBRARIES.items():
        demo.library(name).province = province
    course = db.session.scalar(select(Course).where(Course.archived_at.is_(None)).order_by(Course.id))
    if course is None:
        return
    # The first assignment was due a few days ago; the group before that was done two hundred days ago.
    second_day, second_day_then = _weekday(4), _weekday(-250)
    with demo.back(40):
        demo.run = _run(course, "Voorbeeldgroep", second_day, PARTICIPANTS)
    with demo.back(280):
        earlier = _run(course, "Voorjaarsgroep", second_day_then, EARLIER)
    for user in PARTICIPANTS:
        _read_lessons(demo, user, LESSONS_DONE[user], 9)
    with demo.earlier(earlier):
        for user in EARLIER:
            _read_lessons(demo, user, None, 215)
    with demo.back(5):
        text = (
            "Volgende keer gaan we aan de slag met programma's en cocreatie.\n\n"
            "Neem uw opdracht 1 mee op papier, en één idee voor een activiteit. Tot dan."
        )
        db.session.add(
            Announcement(
                run_id=demo.run.id,
                author_id=demo.person("trainer1").id,
                title="Wat u meeneemt naar Lesdag 2",
                body=text,
                body_html=from_markdown(text),
                created_at=clock.now(),
            )
        )
    _sign_off(demo, "deelnemer10", 2, "Er is die dag een open dag in onze vestiging.")


def _run(course: Course, name: str, second_day: date, participants: Iterable[str]) -> Run:
    run = Run(course_id=course.id, name=name, created_at=clock.now())
    for day, weeks in zip(course.days, (0, 3, 6, 9, 12, 15, 18, 21), strict=False):
        on = second_day + timedelta(weeks=weeks - 3)
        run.days.append(
            RunDay(
                number=day.number,
                starts_at=clock.at(on, time(9, 30)),
                ends_at=clock.at(on, time(16, 30)),
                place="Bibliotheek Waterdorp, zaal 1",
                travel_note="Vijf minuten lopen vanaf station Waterdorp. Parkeren kan achter het gebouw.",
            )
        )
    db.session.add(run)
    db.session.flush()
    for users, role in ((TRAINERS, TRAINER), (participants, PARTICIPANT)):
        for user in users:
            person = find_person(f"{user}@{DOMAIN}")
            assert person is not None
            db.session.add(Enrolment(run_id=run.id, person_id=person.id, role=role, created_at=clock.now()))
    db.session.flush()
    return run


def _weekday(days: int) -> date:
    """The first weekday from so many days on."""
    on = clock.today() + timedelta(days=days)
    return on + timedelta(days=7 - on.weekday()) if on.weekday() > 4 else on


def _read_lessons(demo: DemoSite, user: str, number: int | None, days: int) -> None:
    """Let somebody have read that many lessons, or all, that many days ago."""
    assert demo.run is not None
    with demo.back(days):
        lessons = [item for item in Outline(load_run(demo.person(user), demo.run.id)).items if item.type]
        for item in [item for item in lessons if item.type and item.type.shelved][:number]:
            demo.complete(user, item.activity.slug)


def _sign_off(demo: DemoSite, user: str, day: int, note: str) -> None:
    assert demo.run is not None
    enrolment = load_run(demo.person(user), demo.run.id).enrolment
    assert enrolment is not None
    db.session.add(Absence(enrolment_id=enrolment.id, day_number=day, note=note, created_at=demo.days_ago(2)))
