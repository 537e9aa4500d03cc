"""A piece of work beside what its taker has already: each row new, changed, already there, or taken away there."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask_babel import format_date
from sqlalchemy import select

from ..accounts.models import Person
from ..db import db
from ..plugins import Exchange, ExchangeField, Offer
from .models import TakingRow, Transfer
from .pieces import Found, Piece, PieceRow, Target

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
NEW, CHANGED, THERE, REMOVED = "new", "changed", "there", "removed"


@dataclass(frozen=True)
class Difference:
    """One field of a row that is there already with another value."""

    field: ExchangeField
    old: Any
    new: Any


@dataclass(frozen=True)
class Shown:
    """One row of the preview. ``by_hand`` says that what the taker has was not (only) made by an earlier taking."""

    row: PieceRow
    label: str
    state: str
    by_hand: bool
    found: Found | None
    live: TakingRow | None
    differences: tuple[Difference, ...]

    @property
    def is_open(self) -> bool:
        """Can it be chosen?"""
        return self.state != THERE

    @property
    def suggested(self) -> bool:
        """Is it chosen to begin with? What somebody made or took away by hand is not touched unasked."""
        return self.state == NEW or (self.state == CHANGED and not self.by_hand)

    @property
    def stamp(self) -> str:
        """Two previews with one stamp showed the same of this row."""
        return fingerprint([self.state, dict(self.row.values), dict(self.found.values) if self.found else None])[:16]


@dataclass(frozen=True)
class Preview:
    """All rows of a piece beside one target."""

    exchange: Exchange
    offer: Offer
    piece: Piece
    target: Target
    rows: tuple[Shown, ...]

    @property
    def fields(self) -> tuple[ExchangeField, ...]:
        """The fields that the offer takes, in the producer's order."""
        return fields_of(self.exchange, self.offer)

    def words(self, value: Any) -> str:
        """A value as one reads it; a list of small rows as phrases."""
        if value is None:
            return ""
        if isinstance(value, Mapping):
            return ", ".join(filter(None, (self.words(one) for one in value.values())))
        if isinstance(value, Sequence) and not isinstance(value, str):
            return "; ".join(filter(None, (self.words(one) for one in value)))
        try:
            return format_date(date.fromisoformat(value), "d MMMM yyyy") if _DATE.fullmatch(str(value)) else str(value)
        except ValueError:  # it only looks like a date
            return str(value)

    @property
    def is_open(self) -> bool:
        """Is there anything left to take?"""
        return any(shown.is_open for shown in self.rows)


def fields_of(exchange: Exchange, offer: Offer) -> tuple[ExchangeField, ...]:
    """The fields of the exchange that the offer takes; all of them when it names none."""
    return tuple(field for field in exchange.fields if not offer.fields or field.key in offer.fields)


def compare(person: Person, exchange: Exchange, offer: Offer, piece: Piece, target: Target) -> Preview:
    """Ask the taker what it has and put the rows beside it. Two queries, and what ``look`` asks."""
    live = {row.row_id: row for row in db.session.scalars(_live(offer, piece, target))}
    keys = [field.key for field in fields_of(exchange, offer)]
    # Nothing leaves but the declared fields, whatever the producer put in.
    rows = [
        replace(row, values={key: row.values.get(key) for key in keys}, ref=live[row.id].ref if row.id in live else "")
        for row in piece.rows
    ]
    found = offer.look(person, target.key, rows) if rows else {}
    shown = tuple(_show(exchange, offer, row, found.get(row.id), live.get(row.id)) for row in rows)
    return Preview(exchange, offer, piece, target, shown)


def fingerprint(value: Any) -> str:
    """The same for the same values, in whatever order."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _live(offer: Offer, piece: Piece, target: Target) -> Any:
    return (
        select(TakingRow)
        .join(Transfer, Transfer.id == TakingRow.transfer_id)
        .where(
            Transfer.offer == offer.key,
            Transfer.target == target.key,
            Transfer.source == piece.key,
            TakingRow.live.is_(True),
        )
    )


def _show(exchange: Exchange, offer: Offer, row: PieceRow, found: Found | None, live: TakingRow | None) -> Shown:
    differences = tuple(_differences(fields_of(exchange, offer), row.values, found.values if found else {}))
    state, by_hand = NEW, False
    if found is None:
        state = REMOVED if live else NEW
    elif live is None:
        state, by_hand = (CHANGED if differences else THERE), True
    else:
        by_hand = live.kept != fingerprint(dict(found.values))
        state = THERE if live.given == fingerprint(dict(row.values)) else CHANGED
    return Shown(row, label_of(exchange, row), state, by_hand, found, live, differences)


def label_of(exchange: Exchange, row: PieceRow) -> str:
    """What a row is called: its first field."""
    return str(row.values.get(exchange.fields[0].key) or row.id)[:300]


def _differences(
    fields: Iterable[ExchangeField], given: Mapping[str, Any], has: Mapping[str, Any]
) -> Iterable[Difference]:
    for field in fields:
        if field.key in has and (has[field.key] or None) != (given[field.key] or None):
            yield Difference(field, has[field.key], given[field.key])
