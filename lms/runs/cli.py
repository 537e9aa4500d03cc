"""``lms run add`` and ``lms runs``: what an administrator does with runs at the command line."""

import codecs
import sys
from collections.abc import Iterable
from datetime import date, time
from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _

from .. import clock
from ..db import db
from ..errors import Invalid
from . import services
from .models import PARTICIPANT, TRAINER
from .planning import END, START, DayPlan
from .problems import Problem, Problems

EXAMPLE = "2026-11-06 09:30-16:30 | plek | reis | https://…"


@click.group("run")
def run() -> None:
    """Make a run: one delivery of a course, with its days and people."""


@run.command("add")
@click.option("--name", required=True, help="What the run is called, such as «Najaar 2026».")
@click.option("--course", "slug", help="The slug of the course; may be left out when there is only one.")
@click.option(
    "--day",
    "days",
    multiple=True,
    help="A lesson day: 2026-11-06, or «2026-11-06 09:30-16:30 | place | travel note | video link». Once for each day.",
)
@click.option("--trainer", "trainers", multiple=True, help="«name; e-mail; library», or the address of somebody known.")
@click.option(
    "--participants",
    "source",
    metavar="FILE",
    help="A file with a line «name; e-mail; library» for each; - reads stdin.",
)
@with_appcontext
def add(name: str, slug: str | None, days: tuple[str, ...], trainers: tuple[str, ...], source: str | None) -> None:
    """Make a run and invite its people: all or nothing. Prints the id and the addresses that got an invitation."""
    course = _course(slug)
    try:
        added = services.add_run(course, name, _days(days), "\n".join(trainers), _read(source))
    except Problems as error:
        raise click.ClickException("\n".join(_sentence(problem) for problem in error.problems)) from error
    db.session.commit()
    click.echo(f"Run {added.run.id}: {added.run.name}{' (was there already)' if added.again else ''}")
    for person in added.enrolled.invited:
        click.echo(f"Invited: {person.email}")
    for person in added.enrolled.told:
        click.echo(f"Told: {person.email}")


@click.command("runs")
@click.option("--ids", is_flag=True, help="Print one id a line and nothing else.")
@with_appcontext
def runs(ids: bool) -> None:
    """List the runs of the site, newest first."""
    if ids:
        for run_id in services.run_ids():
            click.echo(run_id)
        return
    page, more = 1, True
    while more:
        found = services.all_runs(page, per_page=100)
        counts = services.counts(found.items)
        for one in found.items:
            days = [clock.local(day.starts_at).date().isoformat() for day in one.days]
            people = f"{counts[one.id][PARTICIPANT]} participants, {counts[one.id][TRAINER]} trainers"
            closed = ("closed",) if one.archived_at else ()
            click.echo("\t".join((str(one.id), one.name, one.course.slug, " ".join(days), people, *closed)))
        page, more = page + 1, found.has_next


def _course(slug: str | None) -> services.Course:
    courses = services.open_courses()
    for course in courses:
        if course.slug == slug or (slug is None and len(courses) == 1):
            return course
    known = ", ".join(course.slug for course in courses)
    if not courses:
        raise click.ClickException(_("Er is nog geen cursus. Laad er een met lms course load."))
    if slug is None:
        raise click.ClickException(_("Er is meer dan één cursus. Noem er een met --course: %(known)s.", known=known))
    raise click.ClickException(_("De cursus «%(slug)s» bestaat niet. Er is: %(known)s.", slug=slug, known=known))


def _days(texts: Iterable[str]) -> list[DayPlan]:
    plans, problems = [], []
    for number, text in enumerate(texts, 1):
        try:
            plans.append(_day(text))
        except ValueError:
            sentence = _("«%(text)s» is geen lesdag. Schrijf hem als %(example)s.", text=text[:100], example=EXAMPLE)
            problems.append(Problem(f"day{number}", sentence))
    if problems:
        raise Problems(problems)
    return plans


def _day(text: str) -> DayPlan:
    when, *rest = (part.strip() for part in text.split("|"))
    place, note, video, *more = [*rest, "", "", ""]
    if any(more):
        raise ValueError(text)
    day, _space, hours = when.partition(" ")
    start, _dash, end = hours.partition("-")
    hours_given = (_hour(start), _hour(end)) if hours.strip() else (START, END)
    return DayPlan(date.fromisoformat(day), *hours_given, place, note, video)


def _hour(text: str) -> time:
    hour, minute = text.strip().replace(".", ":").split(":")
    return time(int(hour), int(minute))


def _read(source: str | None) -> str:
    if source is None:
        return ""
    try:
        raw = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise Invalid(_("We kunnen %(file)s niet lezen.", file=source)) from error
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")  # what a spreadsheet on Windows saves


def _sentence(problem: Problem) -> str:
    """The sentence with the place that a page would show by where it stands."""
    field = problem.field
    if field.startswith("day") and field[3:4].isdigit():
        return _("Lesdag %(number)s: %(sentence)s", number=field[3:].partition("-")[0], sentence=problem.sentence)
    places = {"trainers": _("Trainers"), "participants": _("Deelnemers")}
    return f"{places[field]}: {problem.sentence}" if field in places else problem.sentence
