"""What the two sides of an exchange hand each other. All values are JSON: text, numbers, lists, dates as ISO text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class PieceRow:
    """A row of a piece of work: a stakeholder, a partner, an activity.

    ``id`` is the producer's and stays the same when the row is changed. ``values`` are by the keys of the fields;
    towards a taker only those that it asked for. ``ref`` is the taker's own word for what it made of the row before;
    empty for a row that it never took. ``before`` is filled when a taking is undone: what the taker had in the place
    of the row, or None when it made something new of it.
    """

    id: str
    values: Mapping[str, Any] = field(default_factory=dict)
    ref: str = ""
    before: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Piece:
    """A piece of work that is ready to be handed out, such as the stakeholders of one released worksheet.

    ``key`` is the producer's word for it (at most 200 characters, without a slash) and stays the same when the work
    is corrected. ``url`` is where it stands. ``run_id`` and ``activity_id`` say that it is somebody's work for this
    activity of a course; its offers then stand on the page of that activity.
    """

    key: str
    title: str
    rows: tuple[PieceRow, ...] = ()
    url: str = ""
    run_id: int | None = None
    activity_id: int | None = None


@dataclass(frozen=True)
class Target:
    """A place where somebody may take work to, such as the notice board of their library."""

    key: str
    label: str
    url: str = ""


@dataclass(frozen=True)
class Found:
    """What the taker has already for a row: its own word for it, and its present values by the keys of the fields."""

    ref: str
    values: Mapping[str, Any] = field(default_factory=dict)
