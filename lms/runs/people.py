"""Pasted people: lines of «naam; e-mail; bibliotheek», as typed or as copied from a spreadsheet."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from sqlalchemy import func, select

from ..accounts.models import Person
from ..db import db
from ..libraries.models import Library
from .models import TRAINER, Enrolment, Run
from .problems import Problem

MAX_LINES = 1000
LONGEST_ROW = 10_000  # characters; no cell that fits comes after so many, and csv refuses a cell of 131,072
HEADER = frozenset({"naam", "name", "e-mail", "email", "e-mailadres", "emailadres", "mail"})


@dataclass(frozen=True)
class Line:
    """One person as pasted, with the number of the line. ``name`` and ``library`` may be empty, ``email`` not."""

    number: int
    name: str
    email: str
    library: str


@dataclass(frozen=True)
class Entry:
    """A line with the person whom the site knows by its address, if any."""

    line: Line
    person: Person | None


def tidy(text: str) -> str:
    """One line of text without double spaces and invisible characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text.replace("\u00a0", " ")).split())


def parse(text: str, field: str) -> tuple[list[Line], list[Problem]]:
    """The people in a paste, and what is wrong with it. Blank lines and a line with headings count for nothing."""
    rows = [(number, row) for number, row in enumerate(text.splitlines(), 1) if tidy(row)]
    if len(rows) > MAX_LINES:
        sentence = _("Dit zijn %(num)s regels. Plak er hoogstens %(max)s tegelijk.", num=len(rows), max=MAX_LINES)
        return [], [Problem(field, sentence)]
    lines: list[Line] = []
    problems: list[Problem] = []
    first_seen: dict[str, int] = {}
    for index, (number, row) in enumerate(rows):
        cells = _cells(row)
        if index == 0 and {cell.lower() for cell in cells} & HEADER and "@" not in row:
            continue
        line, wrong = _line(number, cells)
        if line and line.email in first_seen:
            wrong = _(
                "Regel %(number)s: %(email)s staat al op regel %(first)s.",
                number=number, email=line.email, first=first_seen[line.email],
            )  # fmt: skip
        if wrong:
            problems.append(Problem(field, wrong))
        elif line:
            first_seen[line.email] = number
            lines.append(line)
    return lines, problems


def _cells(row: str) -> list[str]:
    """The cells of a row, cut at the sign that gives an address in the second cell."""
    row = row[:LONGEST_ROW]
    ways = [[tidy(cell) for cell in next(csv.reader([row], delimiter=sign, skipinitialspace=True))] for sign in ";\t,"]
    for cells in ways:
        while len(cells) > 1 and not cells[-1]:
            cells.pop()
    ways = [cells for cells in ways if len(cells) > 1] or [ways[0]]
    return next((cells for cells in ways if "@" in "".join(cells[1:2])), ways[0])


def _line(number: int, cells: list[str]) -> tuple[Line | None, str]:
    if len(cells) == 1 and "@" in cells[0]:
        cells = ["", cells[0]]  # only an address: somebody whom the site knows
    name, email, library, *more = [*cells, "", "", ""][: max(3, len(cells))]
    if any(more):
        return None, _(
            "Regel %(number)s: dit zijn meer dan drie delen. Schrijf naam; e-mail; bibliotheek.", number=number
        )
    if not email:
        return None, _("Regel %(number)s: het e-mailadres ontbreekt. Schrijf naam; e-mail; bibliotheek.", number=number)
    try:
        address = validate_email(email, check_deliverability=False, allow_smtputf8=False).normalized.lower()
    except EmailNotValidError:
        address = ""
    if not address or len(address) > 254:
        return None, _("Regel %(number)s: «%(email)s» is geen e-mailadres.", number=number, email=email[:80])
    if len(name) > 200 or len(library) > 200:
        return None, _("Regel %(number)s: de naam of bibliotheek is langer dan 200 tekens.", number=number)
    return Line(number, name, address, library), ""


def look_up(lines: Iterable[Line]) -> list[Entry]:
    """The lines with the people whom the site knows already. One query."""
    lines = list(lines)
    known = db.session.scalars(select(Person).where(Person.email.in_([line.email for line in lines])))
    by_email = {person.email: person for person in known}
    return [Entry(line, by_email.get(line.email)) for line in lines]


def check(entries: Iterable[Entry], field: str, *, library_needed: bool) -> list[Problem]:
    """What keeps these people from joining: an unknown address without a name, a closed account."""
    problems = []
    for entry in entries:
        line = entry.line
        if entry.person is not None and not entry.person.active:
            wrong = _(
                "Regel %(number)s: het account van %(email)s is gesloten. Open het eerst bij Mensen.",
                number=line.number, email=line.email,
            )  # fmt: skip
        elif entry.person is None and not line.name:
            wrong = _(
                "Regel %(number)s: we kennen %(email)s nog niet. Zet de naam ervoor.",
                number=line.number, email=line.email,
            )  # fmt: skip
        elif entry.person is None and library_needed and not line.library:
            wrong = _(
                "Regel %(number)s: de bibliotheek van %(name)s ontbreekt. Schrijf naam; e-mail; bibliotheek.",
                number=line.number, name=line.name,
            )  # fmt: skip
        else:
            continue
        problems.append(Problem(field, wrong))
    return problems


def check_in_run(entries: Iterable[Entry], run: Run, field: str) -> list[Problem]:
    """Who of these takes part in the run already. One query."""
    found = select(Enrolment.person_id, Enrolment.role)
    rows = db.session.execute(found.where(Enrolment.run_id == run.id, Enrolment.left_at.is_(None)))
    there = {row.person_id: row.role for row in rows}
    problems = []
    for entry in entries:
        role = there.get(entry.person.id) if entry.person else None
        if role == TRAINER:
            sentence = _("Regel %(number)s: %(email)s is al trainer in deze uitvoering.", **_named(entry))
        elif role:
            sentence = _("Regel %(number)s: %(email)s doet al mee aan deze uitvoering.", **_named(entry))
        else:
            continue
        problems.append(Problem(field, sentence))
    return problems


def check_both(trainers: Iterable[Line], participants: Iterable[Line], field: str) -> list[Problem]:
    """Who stands among the trainers and among the participants."""
    also = {line.email for line in trainers}
    return [
        Problem(
            field, _("Regel %(number)s: %(email)s staat ook bij de trainers.", number=line.number, email=line.email)
        )
        for line in participants
        if line.email in also
    ]


def libraries(names: Iterable[str]) -> dict[str, Library]:
    """The libraries with these names by their name in lower case; what is new is made. One query, one insert."""
    wanted = {name.lower(): name for name in names if name}
    found = {
        library.name.lower(): library
        for library in db.session.scalars(
            select(Library).where(func.lower(Library.name).in_(list(wanted)) | Library.name.in_(list(wanted.values())))
        )
    }
    for key, name in wanted.items():
        if key not in found:
            found[key] = Library(name=name)
            db.session.add(found[key])
    db.session.flush()
    return found


def _named(entry: Entry) -> dict[str, object]:
    return {"number": entry.line.number, "email": entry.line.email}
