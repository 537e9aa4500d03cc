"""What a worksheet is made of, as data: parts with fields, of which a part may repeat as rows.

A sheet that somebody handed in keeps a copy of this description (:meth:`Worksheet.described`), so that it stays
readable when the sheet changes or its plugin is gone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cached_property
from typing import Any, Literal

Text = Any  # a str, or the lazy string of lazy_gettext
Kind = Literal["text", "long", "scale", "choice", "number", "euro", "date", "time"]
MOST_ROWS = 60
LIMITS = {"text": 200, "long": 2000}
"""Characters that fit in a field that says no ``limit`` of its own."""


@dataclass(frozen=True)
class SheetField:
    """One thing to fill in: ``SheetField("interest", _l("Belang"), "scale", required=True)``.

    ``kind``: text (a line), long (more lines), scale (1 to 5), choice (one of ``choices``, pairs of a code and a word),
    number (0 or more, in ``unit``), euro, date or time. ``required`` is for handing in; a draft may be half filled.
    Fields of one ``group`` stand together under that legend, and with ``one_of`` at least one of them is needed.

    A text can offer words and still take others: those of a shared ``vocabulary``, or what was filled in before, with
    ``source="plugin.sheet:part.field"``. ``private`` stays between the participant and the trainers of the run.
    """

    name: str
    label: Text
    kind: Kind = "text"
    hint: Text = ""
    required: bool = False
    group: Text = ""
    one_of: bool = False
    choices: tuple[tuple[str, Text], ...] = ()
    vocabulary: str = ""
    source: str = ""
    unit: Text = ""
    limit: int = 0
    private: bool = False

    @property
    def most(self) -> int:
        """Characters that fit."""
        return self.limit or LIMITS.get(self.kind, 40)

    @property
    def comes_from(self) -> tuple[str, str, str]:
        """The key of the sheet, the part and the field that ``source`` names."""
        sheet, _, rest = self.source.partition(":")
        part, _, field = rest.partition(".")
        return sheet, part, field


@dataclass(frozen=True)
class Grid:
    """Draws the rows of a part by two scales: ``Grid(x="interest", y="influence", corners=(…))``.

    ``corners`` names the four fields: low x and high y, both high, both low, high x and low y.
    """

    x: str
    y: str
    corners: tuple[Text, Text, Text, Text]
    title: Text = ""


@dataclass(frozen=True)
class Sides:
    """Shows fields of a row as a two-sided table: what each side brings and gains.

    ``rows`` holds a heading with the field for the first side and that for the second.
    """

    columns: tuple[Text, Text]
    rows: tuple[tuple[Text, str, str], ...]


@dataclass(frozen=True)
class Part:
    """A part of a sheet. ``least`` and ``most`` rows; ``rows=False`` is filled in once.

    ``one`` is what one row is called, with a capital: «Stakeholder». The first field names the row.
    """

    name: str
    title: Text
    fields: tuple[SheetField, ...]
    rows: bool = True
    one: Text = ""
    intro: Text = ""
    least: int = 0
    most: int = MOST_ROWS
    grid: Grid | None = None
    sides: Sides | None = None

    @cached_property
    def by_name(self) -> Mapping[str, SheetField]:
        return {field.name: field for field in self.fields}

    @cached_property
    def beside(self) -> frozenset[str]:
        """The names of the fields that stand beside each other in the two-sided table."""
        return frozenset(name for _heading, *pair in (self.sides.rows if self.sides else ()) for name in pair)

    def groups(self) -> Iterator[tuple[Text, list[SheetField]]]:
        """The fields as they stand together, each bundle with its legend; empty for a field by itself."""
        bundle: list[SheetField] = []
        for field in self.fields:
            if bundle and not (field.group and field.group == bundle[0].group):
                yield bundle[0].group, bundle
                bundle = []
            bundle.append(field)
        if bundle:
            yield bundle[0].group, bundle


@dataclass(frozen=True)
class Worksheet:
    """A structured form that an assignment asks for by its ``key``: ``worksheet: kring.plan``.

    ``version`` rises when the meaning of the fields changes.
    """

    key: str
    title: Text
    parts: tuple[Part, ...]
    version: int = 1

    @cached_property
    def by_name(self) -> Mapping[str, Part]:
        return {part.name: part for part in self.parts}

    def field(self, part: str, name: str) -> SheetField | None:
        """The field of this name in a part, or None."""
        return self.by_name[part].by_name.get(name) if part in self.by_name else None

    def public(self) -> "Worksheet":
        """The sheet without its private fields."""
        parts = (
            replace(
                part,
                fields=tuple(one for one in part.fields if not one.private),
                sides=None if part.sides and self._draws_private(part) else part.sides,
            )
            for part in self.parts
        )
        return replace(self, parts=tuple(parts))

    def _draws_private(self, part: Part) -> bool:
        return any(one.private and one.name in part.beside for one in part.fields)

    def described(self) -> dict[str, Any]:
        """The sheet as plain data, with its words as they are now."""
        return _plain(self)

    @classmethod
    def read(cls, described: Mapping[str, Any]) -> "Worksheet":
        """The sheet that :meth:`described` wrote down; what this version of the house does not know is left out."""
        parts = tuple(_part(one) for one in described["parts"])
        return _made(cls, described, ("parts",), parts=parts)


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        own = {field.name: getattr(value, field.name) for field in fields(value)}
        return {name: _plain(one) for name, one in own.items() if one}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if isinstance(value, int) else str(value)


def _part(described: Mapping[str, Any]) -> Part:
    listed = tuple(
        _made(SheetField, one, ("choices",), choices=tuple((code, word) for code, word in one.get("choices", ())))
        for one in described["fields"]
    )
    grid = described.get("grid")
    sides = described.get("sides")
    return _made(
        Part,
        {"rows": False, **described},
        ("fields", "grid", "sides"),
        fields=listed,
        grid=Grid(grid["x"], grid["y"], tuple(grid["corners"]), grid.get("title", "")) if grid else None,
        sides=Sides(tuple(sides["columns"]), tuple((h, a, b) for h, a, b in sides["rows"])) if sides else None,
    )


def _made(cls: Any, described: Mapping[str, Any], apart: tuple[str, ...], **made: Any) -> Any:
    known = cls.__dataclass_fields__
    return cls(**{name: one for name, one in described.items() if name in known and name not in apart}, **made)
