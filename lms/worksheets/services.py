"""What a sheet takes from the rest: words of shared lists, what was filled in on earlier sheets, and what is in use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from ..courses.models import Activity
from ..errors import Conflict, Invalid
from ..registry import registry
from ..vocabularies.services import labels
from . import forms
from .filled import Filled, Row
from .forms import Offers, SheetForm
from .nouns import SheetField, Worksheet
from .reading import kept

FORCE = "force"
"""Names of rows that go although another sheet took them over, as ``part:ID``."""


class Unfit(Invalid):
    """The sheet cannot be kept or handed in as it is. ``form`` has it, with the sentences at their places."""

    def __init__(self, form: SheetForm) -> None:
        super().__init__("\n".join(sentence for _place, sentence in form.sentences()), "sheet")
        self.form = form


class InUse(Conflict):
    """A row that another sheet took over would go; it stays until somebody says so. ``rows`` are the buttons' values:
    each ``part:ID`` with the sentence."""

    def __init__(self, rows: Sequence[tuple[str, str]]) -> None:
        super().__init__("\n".join(sentence for _value, sentence in rows))
        self.rows = tuple(rows)


@dataclass(frozen=True)
class Sent:
    """What came in for a sheet with one press on a button; ``action`` is what the button asks of the rows."""

    sheet: Worksheet
    fields: MultiDict[str, str]
    action: str = ""


@dataclass(frozen=True)
class Around:
    """The other sheets of the same participant in the same run, by key, as last kept."""

    others: Mapping[str, Filled]

    def offers(self, own: Filled) -> Offers:
        """What the fields of a sheet propose: words of lists, and rows of other parts and sheets. At most one query."""
        sheet = own.sheet
        listed = labels(*{one.vocabulary for part in sheet.parts for one in part.fields if one.vocabulary})
        found: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for part in sheet.parts:
            for one in part.fields:
                words = [(word, "") for word in listed.get(one.vocabulary, ())]
                if one.source:
                    words = self.rows(one, own) + words
                if words:
                    found[part.name, one.name] = words
        return found

    def used(self, sheet: Worksheet) -> dict[tuple[str, str], str]:
        """Part and id of each row of this sheet that another sheet took over, to the title of that sheet."""
        return {
            (one.comes_from[1], row_id): str(other.sheet.title)
            for other in self.others.values()
            for one, row_id, _words in other.links()
            if one.comes_from[0] == sheet.key
        }

    def rows(self, one: SheetField, own: Filled) -> list[tuple[str, str]]:
        """The words that a field's ``source`` has, each with the id of its row; ``own`` is the sheet at hand."""
        key, part, name = one.comes_from
        source = own if key == own.sheet.key else self.others.get(key)
        rows = source.rows(part) if source else ()
        return [(str(row[name]), row.id) for row in rows if str(row[name]).strip()]


def sheet_of(activity: Activity) -> Worksheet | None:
    """The sheet that an assignment asks for; None for none, or when its plugin is off."""
    return registry().worksheets.get(activity.settings.get("worksheet", ""))


def around(enrolment_id: int, *, but: str = "") -> Around:
    """The participant's sheets in this run, but for the one with this key. One query."""
    return Around({key: one for key, one in kept(enrolment_id).items() if key != but})


def merge(enrolment_id: int, before: Filled | None, sent: Sent) -> tuple[Filled, InUse | None]:
    """What was sent as it will be kept: with what a button asked, and what it took over from other sheets.

    A row that another sheet uses is put back, with the refusal to raise once the rest is kept. One query.
    """
    others = around(enrolment_id, but=sent.sheet.key)
    filled = forms.change(forms.read(sent.sheet, sent.fields, before), sent.action)
    filled, refusal = _keep_used(filled, before, others.used(sent.sheet), sent)
    return _link(filled, others), refusal


def _keep_used(
    now: Filled, before: Filled | None, used: Mapping[tuple[str, str], str], sent: Sent
) -> tuple[Filled, InUse | None]:
    forced = set(sent.fields.getlist(FORCE))
    rows_by_part = dict(now.rows_by_part)
    refused: list[tuple[str, str]] = []
    for (name, row_id), title in used.items():
        old = before.row(name, row_id) if before else None
        if old is None or now.row(name, row_id) is not None or f"{name}:{row_id}" in forced:
            continue
        rows = list(rows_by_part[name])
        was_at = [row.id for row in before.rows(name)].index(row_id) if before else 0
        rows_by_part[name] = (*rows[:was_at], old, *rows[was_at:])
        what = old.name(now.sheet.by_name[name])
        sentence = _(
            "«%(what)s» staat ook op uw werkblad «%(title)s». Daar blijft de naam staan.", what=what, title=title
        )
        refused.append((f"{name}:{row_id}", sentence))
    return Filled(now.sheet, rows_by_part), InUse(refused) if refused else None


def _link(filled: Filled, others: Around) -> Filled:
    """Remember where words that were taken over come from; a link stays while its words stay and its row is there."""
    offers = {
        (part.name, one.name): others.rows(one, filled)
        for part in filled.sheet.parts
        for one in part.fields
        if one.source
    }

    def linked(part: str, row: Row) -> Row:
        links = {}
        for (wanted, name), rows in offers.items():
            if wanted == part:
                by_words = dict(rows)
                there = {row_id for _words, row_id in rows}
                # The same words come first, then what was linked before and was renamed over there.
                found = by_words.get(str(row[name])) or row.links.get(name, "")
                if row[name] and found in there:
                    links[name] = found
        return Row(row.id, row.values, links)

    return Filled(
        filled.sheet, {name: tuple(linked(name, row) for row in rows) for name, rows in filled.rows_by_part.items()}
    )
