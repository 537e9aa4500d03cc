"""The forms of peer feedback: remarks that repeat, an answer to a tip, and the trainer's few buttons."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FieldList, Form, FormField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice

from ..grading.rubric import LEVELS
from .giving import MOST_REMARKS, Typed
from .models import DO, NOT, PARTLY, QUESTION, TIP, TOP, Remark, Review

KINDS = [
    SelectChoice(TOP, _l("Top: wat is goed?")),
    SelectChoice(TIP, _l("Tip: wat kan beter?")),
    SelectChoice(QUESTION, _l("Vraag")),
]
ANSWERS = [SelectChoice(DO, _l("Doe ik")), SelectChoice(PARTLY, _l("Deels")), SelectChoice(NOT, _l("Niet"))]
FIRST = (TOP, TIP, QUESTION)
"""What an empty form begins with."""
CRITERION, ROW = "c:", "r:"


class RemarkForm(Form):
    """One remark. ``about`` is a criterion, a row of a sheet, or empty for the whole.

    ``level`` is shown in a round that asks for it.
    """

    id = HiddenField(render_kw={"autocomplete": "off"})
    kind = SelectField(_l("Soort"), choices=KINDS, validate_choice=False)
    about = SelectField(_l("Waarover"), validate_choice=False)
    level = SelectField(
        _l("Niveau"),
        choices=[SelectChoice("", _l("geen niveau")), *(SelectChoice(*level) for level in LEVELS.items())],
        validate_choice=False,
    )
    passage = StringField(_l("Over deze woorden in het werk"))
    text = TextAreaField(_l("Uw opmerking"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in self:
            one.flags.said_above = True  # the page says once what is wanted

    def typed(self) -> Typed:
        """What came in."""
        about = self.about.data or ""
        passage = _plain(self.passage.data)
        if about.startswith(ROW) and not passage.strip():  # later one reads it without the sheet beside it
            passage = next((str(choice.label) for choice in self.about.choices if choice.value == about), "")
        return Typed(
            kind=self.kind.data or "",
            text=_plain(self.text.data),
            passage=passage,
            row=about.removeprefix(ROW) if about.startswith(ROW) else "",
            criterion=about.removeprefix(CRITERION) if about.startswith(CRITERION) else "",
            level=self.level.data or "",
            token=self.id.data or "",
        )


class FeedbackForm(FlaskForm):
    """All remarks on one work. ``revision`` is the number of what was kept when the page was made."""

    remarks = FieldList(FormField(RemarkForm), max_entries=MOST_REMARKS + 1)
    revision = HiddenField(render_kw={"autocomplete": "off"})

    def typed(self) -> list[Typed]:
        """What came in, in order."""
        return [entry.form.typed() for entry in self.remarks]

    def number(self) -> int:
        """The revision that the page was made with."""
        return int(self.revision.data) if (self.revision.data or "").isdecimal() else 0

    def offer(self, about: Sequence[tuple[str, Any]]) -> None:
        """Let each remark choose what it is about."""
        for entry in self.remarks:
            entry.form.about.choices = [SelectChoice(value, text) for value, text in about]


class AnswerForm(FlaskForm):
    """What the author does with a tip."""

    answer = RadioField(_l("Wat doet u met deze tip?"), choices=ANSWERS, validate_choice=False)
    words = TextAreaField(_l("Toelichting (bij deels of niet: waarom)"))


def feedback_form(review: Review, about: Sequence[tuple[str, Any]], *, more: int = 0) -> FeedbackForm:
    """The form with what was kept and ``more`` empty remarks; at first it begins with a top, a tip and a question."""
    kept = [_data(remark) for remark in review.remarks]
    empty = [{"kind": kind} for kind in FIRST] if not kept else [{"kind": TIP} for _again in range(more)]
    form = FeedbackForm(formdata=None, data={"remarks": kept + empty, "revision": str(review.revision)})
    form.offer(about)
    return form


def _data(remark: Remark) -> dict[str, str]:
    about = CRITERION + remark.criterion if remark.criterion else ROW + remark.row if remark.row else ""
    return {
        "id": remark.token, "kind": remark.kind, "text": remark.text, "passage": remark.passage, "about": about,
        "level": remark.level,
    }  # fmt: skip


def _plain(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
