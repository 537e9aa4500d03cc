"""A sheet that was filled in: its rows with their ids, how it is stored, and what changed between two of them."""

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from . import values
from .drawing import Drawing
from .nouns import Part, SheetField, Worksheet

ONCE = "een"
"""The id of the one row of a part that does not repeat."""
ID, LINKS = "id", "links"
ROW_ID = re.compile(r"[0-9a-z]{1,16}")


def new_id() -> str:
    """An id for a row; it stays with the row in every later version."""
    return secrets.token_hex(4)


@dataclass(frozen=True)
class Row:
    """One row. ``values`` maps names of fields to what was filled in; ``links`` those taken over from another row
    to the id of that row."""

    id: str
    values: Mapping[str, Any]
    links: Mapping[str, str] = field(default_factory=dict)

    def name(self, part: Part) -> str:
        """What the row is called: its first field."""
        return self.words(part.fields[0])

    def words(self, one: SheetField) -> str:
        """What was filled in in a field, as one reads it."""
        return values.shown(self[one.name], one)

    @property
    def empty(self) -> bool:
        """Is nothing filled in?"""
        return not any(str(value).strip() for value in self.values.values())

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name, "")


@dataclass(frozen=True)
class Change:
    """What became of a row since an earlier version: ``kind`` is added, changed or gone.

    ``fields`` has for a changed row each field with what it was and what it is, in words.
    """

    kind: str
    row: Row
    fields: tuple[tuple[SheetField, str, str], ...] = ()


@dataclass(frozen=True)
class Filled:
    """A sheet with what somebody filled in. ``sheet`` is the form as it was then."""

    sheet: Worksheet
    rows_by_part: Mapping[str, tuple[Row, ...]]

    @classmethod
    def empty(cls, sheet: Worksheet) -> "Filled":
        """Nothing filled in yet: a blank row for each that is asked for."""
        return cls(sheet, {part.name: blank(part) for part in sheet.parts})

    @classmethod
    def stored(cls, kept: Mapping[str, Any] | None) -> "Filled | None":
        """What :meth:`keep` wrote, under the form as it was; None for nothing."""
        return cls(Worksheet.read(kept["form"]), _rows(kept["data"])) if kept else None

    def keep(self) -> dict[str, Any]:
        """The sheet as plain data: ``{"form": …, "data": {part: [row, …]}}``."""
        return {"form": self.sheet.described(), "data": self.data()}

    def data(self) -> dict[str, list[dict[str, Any]]]:
        """The rows as plain data, each with its ``id`` and, where it took something over, its ``links``."""
        return {
            name: [{ID: row.id, **row.values, **({LINKS: dict(row.links)} if row.links else {})} for row in rows]
            for name, rows in self.rows_by_part.items()
        }

    def rows(self, part: str) -> tuple[Row, ...]:
        """The rows of a part, in their order; none for a part that this form does not have."""
        return self.rows_by_part.get(part, ())

    def row(self, part: str, row_id: str) -> Row | None:
        """The row with this id, or None."""
        return next((row for row in self.rows(part) if row.id == row_id), None)

    def drawing(self, part: Part) -> Drawing | None:
        """The grid of a part that has one."""
        return Drawing(part, part.grid, self.rows(part.name)) if part.grid else None

    def public(self) -> "Filled":
        """The same without what stays within the run: for whatever leaves it."""
        private = {part.name: {one.name for one in part.fields if one.private} for part in self.sheet.parts}
        return Filled(
            self.sheet.public(),
            {
                part: tuple(
                    Row(row.id, {name: one for name, one in row.values.items() if name not in private[part]}, row.links)
                    for row in rows
                )
                for part, rows in self.rows_by_part.items()
                if part in private  # what an older form had and this one does not, was not thought about
            },
        )

    def under(self, sheet: Worksheet) -> "Filled":
        """The same rows under another version of the form. Values of fields that it lacks stay with their row."""
        return Filled(sheet, {**self.rows_by_part, **{p.name: self.rows(p.name) or blank(p) for p in sheet.parts}})

    def dropped(self, sheet: Worksheet) -> list[tuple[str, str]]:
        """What stands in fields that ``sheet`` does not have: the field's label, and the words."""
        return [
            (str(one.label), values.shown(row[one.name], one))
            for part in self.sheet.parts
            for one in part.fields
            if sheet.field(part.name, one.name) is None
            for row in self.rows(part.name)
            if row[one.name] != ""
        ]

    @property
    def blank(self) -> bool:
        """Is there nothing in it?"""
        return all(row.empty for rows in self.rows_by_part.values() for row in rows)

    @cached_property
    def counts(self) -> list[tuple[Part, int, bool]]:
        """Each part with the number of its rows that hold something, and whether they hold all that handing in asks."""
        written = ((part, [row for row in self.rows(part.name) if not row.empty]) for part in self.sheet.parts)
        return [(part, len(rows), _is_whole(part, rows)) for part, rows in written]

    def links(self) -> Iterator[tuple[SheetField, str, str]]:
        """What was taken over from another sheet: the field, the id of the row there, and the words."""
        for part in self.sheet.parts:
            for row in self.rows(part.name):
                for name, row_id in row.links.items():
                    one = part.by_name.get(name)
                    if one is not None and one.source:
                        yield one, row_id, str(row[name])

    def since(self, earlier: "Filled") -> dict[tuple[str, str], Change]:
        """What was added, changed and gone since an earlier version, by part and id of the row."""
        found: dict[tuple[str, str], Change] = {}
        for part in self.sheet.parts:
            before = {row.id: row for row in earlier.rows(part.name) if not row.empty}
            now = {row.id: row for row in self.rows(part.name) if not row.empty}
            for row in now.values():
                if row.id not in before:
                    found[part.name, row.id] = Change("added", row)
                elif differences := self._differences(part, before[row.id], row, earlier):
                    found[part.name, row.id] = Change("changed", row, differences)
            found |= {(part.name, row_id): Change("gone", row) for row_id, row in before.items() if row_id not in now}
        return found

    def _differences(
        self, part: Part, before: Row, now: Row, earlier: "Filled"
    ) -> tuple[tuple[SheetField, str, str], ...]:
        old = earlier.sheet.by_name.get(part.name)
        known = dict(old.by_name if old else {}) | dict(part.by_name)
        return tuple(
            (one, was, now.words(one))
            for name, one in known.items()
            if (was := before.words(old.by_name.get(name, one) if old else one)) != now.words(one)
        )


def blank(part: Part) -> tuple[Row, ...]:
    """The rows with which a part begins."""
    if not part.rows:
        return (Row(ONCE, {}),)
    return tuple(Row(new_id(), {}) for _ in range(max(part.least, 1)))


def _rows(data: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, tuple[Row, ...]]:
    return {
        name: tuple(
            Row(one[ID], {key: value for key, value in one.items() if key not in {ID, LINKS}}, one.get(LINKS, {}))
            for one in rows
        )
        for name, rows in data.items()
    }


def _is_whole(part: Part, rows: Sequence[Row]) -> bool:
    """Would these rows, of which none is empty, do to hand in?"""
    if not rows or (part.rows and not part.least <= len(rows) <= part.most):
        return False
    asked = [[one] for one in part.fields if one.required]
    asked += [bundle for _legend, bundle in part.groups() if any(one.one_of for one in bundle)]
    return all(any(row[one.name] != "" for one in bundle) for row in rows for bundle in asked)
