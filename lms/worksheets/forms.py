"""The form of a sheet, with WTForms: a small form for each row, whose names begin with the part and the id of the row.

The browser sends the ids of a part's rows in their order as ``part``, and the fields as ``part-ID-field``. So a row can
be moved, added or taken away on the page without giving others a new number.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict
from wtforms import Form, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from . import values
from .filled import ONCE, ROW_ID, Filled, Row, new_id
from .nouns import Part, SheetField, Worksheet

Offers = Mapping[tuple[str, str], Sequence[tuple[str, str]]]
"""Part and field to the words that it offers, each with the id of the row it comes from (or an empty text)."""


@dataclass
class RowForm:
    """A row as a form. ``number`` counts from 1; ``used_in`` names the sheet that took this row over."""

    part: Part
    row: Row
    form: Form
    number: int
    used_in: str = ""

    @property
    def id(self) -> str:
        return self.row.id

    @property
    def name(self) -> str:
        """What the row is called, or «Stakeholder 2» while it has no name."""
        return self.row.name(self.part) or f"{self.part.one} {self.number}"

    def field(self, name: str) -> Any:
        return self.form[name]

    def groups(self) -> Iterator[tuple[Any, list[tuple[SheetField, Any]]]]:
        """The fields in their bundles: a legend (or nothing), and each description with its field."""
        for legend, bundle in self.part.groups():
            yield legend, [(one, self.form[one.name]) for one in bundle]


@dataclass
class PartForm:
    """A part of the sheet with the forms of its rows; ``errors`` are about the part as a whole."""

    part: Part
    rows: list[RowForm]
    errors: list[str] = field(default_factory=list)

    @property
    def blank(self) -> RowForm:
        """An empty row, from which the page makes new ones; ``NIEUW`` stands for its id."""
        row = Row("NIEUW", {})
        return RowForm(self.part, row, _row_form(_form_class(self.part), self.part, row), 0)

    @property
    def full(self) -> bool:
        return len(self.rows) >= self.part.most


class SheetForm:
    """The whole sheet, with what is filled in, kept or just sent.

    ``offers`` are the words that a field proposes; ``used`` maps part and row to the sheet that took it over.
    """

    def __init__(
        self, filled: Filled, offers: Offers | None = None, used: Mapping[tuple[str, str], str] | None = None
    ) -> None:
        self.filled = filled
        self.sheet = filled.sheet
        self.offers = offers or {}
        self.parts = [
            PartForm(
                part,
                [
                    RowForm(part, row, _row_form(made, part, row), number, (used or {}).get((part.name, row.id), ""))
                    for number, row in enumerate(filled.rows(part.name), 1)
                ],
            )
            for part, made in ((part, _form_class(part)) for part in filled.sheet.parts)
        ]

    @property
    def errors(self) -> bool:
        return any(part.errors or any(row.form.errors for row in part.rows) for part in self.parts)

    def take_errors(self, other: "SheetForm") -> None:
        """Take over the sentences of a form of the same rows."""
        for mine, theirs in zip(self.parts, other.parts, strict=True):
            mine.errors = theirs.errors
            for row, found in zip(mine.rows, theirs.rows, strict=True):
                for control in row.form:
                    control.errors = found.form[control.short_name].errors

    def storable(self) -> bool:
        """Can this be kept as a draft? Puts a sentence at each field that is too long or not a choice."""
        for part in self.parts:
            if len(part.rows) > _room(part.part):
                part.errors.append(_too_many_rows(part.part))
            for row in part.rows:
                for one in part.part.fields:
                    if sentence := values.unfit(row.form[one.name].data or "", one):
                        _refuse(row, one, sentence)
        return not self.errors

    def complete(self) -> Filled | None:
        """The sheet as it is handed in, without empty rows; None when it does not fit, with sentences at the places."""
        found = {part.part.name: self._complete(part) for part in self.parts}
        return None if self.errors else Filled(self.sheet, found)

    def _complete(self, part: PartForm) -> tuple[Row, ...]:
        wanted = part.part
        filled = [row for row in part.rows if not row.row.empty]
        if wanted.rows and not wanted.least <= len(filled) <= wanted.most:
            part.errors.append(_wrong_number(wanted, len(filled)))
        return tuple(self._complete_row(row) for row in (filled if wanted.rows else part.rows))

    def _complete_row(self, row: RowForm) -> Row:
        kept: dict[str, Any] = {}
        for one in row.part.fields:
            try:
                kept[one.name] = values.clean(row.form[one.name].data or "", one)
            except ValueError as error:
                _refuse(row, one, str(error))
                continue
            if one.required and kept[one.name] == "":
                _refuse(row, one, _missing(row, one))
        for legend, bundle in row.part.groups():
            if any(one.one_of for one in bundle) and not any(kept.get(one.name) for one in bundle):
                _refuse(row, bundle[0], _none_of(row, legend))
        return Row(row.id, kept, row.row.links)

    def sentences(self) -> list[tuple[str, str]]:
        """All that is wrong: where it is on the page, and the sentence."""
        found = []
        for part in self.parts:
            found += [(f"deel-{part.part.name}", sentence) for sentence in part.errors]
            for row in part.rows:
                for one in part.part.fields:
                    control = row.form[one.name]
                    found += [(control.id, sentence) for sentence in control.errors]
        return found


def read(sheet: Worksheet, sent: MultiDict[str, str], before: Filled | None = None) -> Filled:
    """What was sent, as rows. What ``before`` held in fields that this form does not have stays with its row."""
    found: dict[str, tuple[Row, ...]] = dict(before.rows_by_part) if before else {}
    for part in sheet.parts:
        ids = [one for one in dict.fromkeys(sent.getlist(part.name)) if ROW_ID.fullmatch(one)] if part.rows else [ONCE]
        found[part.name] = tuple(_read_row(part, row_id, sent, before) for row_id in ids)
    return Filled(sheet, found)


def typed_rows(sheet: Worksheet, rows_by_part: Mapping[str, Sequence[Mapping[str, str]]]) -> MultiDict[str, str]:
    """Rows of typed words as a browser would send them; a row may name its ``id``, or else gets its number."""
    sent: MultiDict[str, str] = MultiDict()
    for part in sheet.parts:
        for number, row in enumerate(rows_by_part.get(part.name, ()), 1):
            row_id = row.get("id", f"r{number}") if part.rows else ONCE
            sent.add(part.name, row_id)
            sent.update({f"{part.name}-{row_id}-{name}": str(typed) for name, typed in row.items()})
    return sent


def change(filled: Filled, action: str) -> Filled:
    """Do what a button of the form asks: ``add:part``, ``remove:part:ID``, ``up:part:ID`` or ``down:part:ID``.

    What means nothing changes nothing.
    """
    verb, name, row_id = _asked(action)
    part = filled.sheet.by_name.get(name)
    if part is None or not part.rows:
        return filled
    rows = list(filled.rows(name))
    at = next((place for place, row in enumerate(rows) if row.id == row_id), None)
    if verb == "add":
        rows.append(Row(new_id(), {}))
    elif verb == "remove" and at is not None:
        del rows[at]
    elif verb in {"up", "down"} and at is not None:
        to = at - 1 if verb == "up" else at + 1
        if 0 <= to < len(rows):
            rows[at], rows[to] = rows[to], rows[at]
    return Filled(filled.sheet, {**filled.rows_by_part, name: tuple(rows)})


def place_after(action: str, kept: Mapping[str, Any]) -> str:
    """The id on the page to go on at after such a button, given what is kept now; empty for nowhere."""
    verb, name, row_id = _asked(action)
    rows = kept.get("data", {}).get(name)
    if not verb or rows is None:
        return ""
    if verb == "add" and rows:
        return f"rij-{name}-{rows[-1]['id']}"
    return f"rij-{name}-{row_id}" if verb in {"up", "down"} else f"deel-{name}"


def _asked(action: str) -> tuple[str, str, str]:
    verb, _colon, rest = action.partition(":")
    name, _colon, row_id = rest.partition(":")
    return verb, name, row_id


def _read_row(part: Part, row_id: str, sent: MultiDict[str, str], before: Filled | None) -> Row:
    old = before.row(part.name, row_id) if before else None
    typed = {one.name: values.tidy(sent.get(f"{part.name}-{row_id}-{one.name}"), one) for one in part.fields}
    # Words that were changed come from here, and no longer from where they were taken over.
    links = {name: at for name, at in old.links.items() if typed.get(name) == str(old[name])} if old else {}
    return Row(row_id, {**(old.values if old else {}), **typed}, links)


def _row_form(made: type[Form], part: Part, row: Row) -> Form:
    data = {one.name: values.typed(row[one.name], one) for one in part.fields}
    form = made(data=data, prefix=f"{part.name}-{row.id}-")
    for one in part.fields:
        # Not «required», which would be an attribute of the control: a draft may be half filled.
        form[one.name].flags.said_above = one.required or one.one_of
    return form


def _form_class(part: Part) -> type[Form]:
    return type("SheetRow", (Form,), {one.name: _control(one) for one in part.fields})


def _control(one: SheetField) -> Any:
    if one.kind == "long":
        made = TextAreaField(one.label, description=one.hint)
    elif one.kind == "scale":
        made = RadioField(
            one.label, description=one.hint, choices=[SelectChoice(n, n) for n in values.SCALE], validate_choice=False
        )
    elif one.kind == "choice":
        choices = [SelectChoice("", ""), *(SelectChoice(code, word) for code, word in one.choices)]
        made = SelectField(one.label, description=one.hint, choices=choices, validate_choice=False)
    else:
        made = StringField(one.label, description=one.hint)
    return made


def _refuse(row: RowForm, one: SheetField, sentence: str) -> None:
    control = row.form[one.name]
    control.errors = [*control.errors, sentence]


def _room(part: Part) -> int:
    # A draft may have some to choose from where exactly so many are wanted; handing in asks for a choice.
    return part.most if part.least != part.most else part.most + 7


def _missing(row: RowForm, one: SheetField) -> str:
    if not row.part.rows:
        return _("Vul «%(field)s» in.", field=one.label)
    return _("Vul «%(field)s» in (%(row)s).", field=one.label, row=row.name)


def _none_of(row: RowForm, legend: Any) -> str:
    if not row.part.rows:
        return _("Vul ten minste één vak in bij «%(group)s».", group=legend)
    return _("Vul ten minste één vak in bij «%(group)s» (%(row)s).", group=legend, row=row.name)


def _too_many_rows(part: Part) -> str:
    return _("Bij «%(part)s» passen %(most)s rijen. Haal er een paar weg.", part=part.title, most=part.most)


def _wrong_number(part: Part, number: int) -> str:
    has = ngettext("U hebt er %(num)s.", "U hebt er %(num)s.", number)
    if part.least == part.most:
        wanted = _("Bij «%(part)s» horen er precies %(number)s.", part=part.title, number=part.least)
    elif number < part.least:
        wanted = _("Bij «%(part)s» horen er ten minste %(number)s.", part=part.title, number=part.least)
    else:
        wanted = _("Bij «%(part)s» passen er %(number)s.", part=part.title, number=part.most)
    return f"{wanted} {has}"
