"""Worksheets as a source of exchanges: what a participant handed in and a trainer released as enough."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import g, url_for
from flask_babel import gettext as _
from sqlalchemy import Row as Record
from sqlalchemy import Select, bindparam, select

from ..accounts.models import Person
from ..assignments.models import Submission, Version
from ..courses.models import Activity
from ..db import db, once
from ..errors import NotFound
from ..grading import rubric
from ..grading.models import Assessment
from ..plugins import Exchange
from ..runs.models import Enrolment
from ..worksheets.filled import ID, Filled, Row
from ..worksheets.nouns import Part
from ..worksheets.public import public
from .pieces import Piece, PieceRow


def pieces(exchange: Exchange, person: Person) -> list[Piece]:
    """The sheets of this person that are ready for this exchange, without their rows."""
    return [_piece(exchange, found) for found in _ready(person) if found.settings.get("worksheet") == exchange.sheet]


def give(exchange: Exchange, person: Person, key: str) -> Piece:
    """One sheet with its rows; NotFound for one that is not this person's, or not released as enough."""
    found = next((one for one in _ready(person) if str(one.submission_id) == key), None)
    filled = Filled.stored(db.session.scalar(_sheet(), {"version_id": found.version_id})) if found else None
    if found is None or filled is None or filled.sheet.key != exchange.sheet:
        raise NotFound(_("Dit werk is er niet, of het is nog niet beoordeeld met voldoende."))
    return _piece(exchange, found, tuple(_rows(exchange, public(filled))))


def _piece(exchange: Exchange, found: Record[Any], rows: tuple[PieceRow, ...] = ()) -> Piece:
    return Piece(
        str(found.submission_id),
        _("%(what)s uit «%(title)s»", what=exchange.label, title=found.title),
        rows,
        url_for("core.runs.activity", run_id=found.run_id, slug=found.slug),
        found.run_id,
        found.activity_id,
    )


def _rows(exchange: Exchange, filled: Filled) -> Iterable[PieceRow]:
    if exchange.rows is not None:
        parts = {part.name: [_words(part, row) for row in filled.rows(part.name)] for part in filled.sheet.parts}
        return exchange.rows(parts)
    part = filled.sheet.by_name.get(exchange.part)
    listed = [row for row in filled.rows(exchange.part) if not row.empty] if part else []
    return [PieceRow(row.id, _words(part, row)) for row in listed if part]


def _words(part: Part, row: Row) -> dict[str, Any]:
    """The values of a row; of a choice the word, since its code means something in this sheet only."""
    words = {one.name: row.words(one) if one.kind == "choice" else row[one.name] for one in part.fields}
    return {ID: row.id, **words}


def _ready(person: Person) -> list[Record[Any]]:
    """The last version of each sheet, when it was released as enough. One query for a request and person."""
    cache: dict[int, list[Record[Any]]] = g.setdefault("lms_ready_sheets", {})
    if person.id not in cache:
        last: dict[int, Record[Any]] = {}
        for found in db.session.execute(_judged(), {"person_id": person.id}):
            last[found.submission_id] = found
        cache[person.id] = [one for one in last.values() if one.overall in {rubric.ENOUGH, rubric.GOOD}]
    return cache[person.id]


@once
def _judged() -> Select[Any]:
    return (
        select(
            Submission.id.label("submission_id"),
            Version.id.label("version_id"),
            Enrolment.run_id,
            Activity.id.label("activity_id"),
            Activity.slug,
            Activity.title,
            Activity.settings,
            Assessment.overall,
        )
        .select_from(Submission)
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .join(Activity, Activity.id == Submission.activity_id)
        .join(Version, Version.submission_id == Submission.id)
        .join(Assessment, Assessment.version_id == Version.id)
        .where(
            Enrolment.person_id == bindparam("person_id"),
            Enrolment.left_at.is_(None),
            Assessment.released_at.is_not(None),
            Version.sheet.is_not(None),
        )
        .order_by(Version.number)
    )


@once
def _sheet() -> Select[Mapping[str, Any]]:
    return select(Version.sheet).where(Version.id == bindparam("version_id"))
