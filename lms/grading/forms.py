"""The form of a judgement, made for the rubric of one assignment, and the one that takes a judgement back."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, RadioField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired

from .models import Assessment
from .rubric import LEVELS, Criterion
from .services import MAX_WORDS, Judgement, Work

MAX_REASON = 2_000
LEVEL, WORDS, ROW = "level-", "words-", "rij-"


def tidy(text: str | None) -> str:
    """The text with the line ends of the house and without what no database keeps."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip()


class AtMost:
    """Refuses a text that is too long and says by how much; unlike ``maxlength`` it cuts nothing off in silence."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def __call__(self, _form: Any, field: Field) -> None:
        over = len(field.data or "") - self.limit
        if over > 0:
            raise ValidationError(
                _(
                    "Er passen %(limit)s tekens. Haal er %(over)s weg.",
                    limit=format_decimal(self.limit),
                    over=format_decimal(over),
                )
            )


class LevelField(RadioField):
    """One of the three levels, or none yet: a judgement may be saved half done."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, choices=[SelectChoice(*level) for level in LEVELS.items()], **kwargs)
        self.flags.required = True  # for a release; so no «(niet verplicht)» stands beside it

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0] if valuelist else ""  # a missing radio is no choice, whatever was saved before

    def pre_validate(self, form: Any) -> None:
        if self.data and self.data not in LEVELS:
            raise ValidationError(_("Kies een van de drie niveaus."))


class JudgeForm(FlaskForm):
    """Made by :func:`judge_form`, which adds a level and words for each criterion before the ones for the whole."""

    criteria: tuple[Criterion, ...] = ()
    posted: Mapping[str, str] = {}
    rows: Mapping[tuple[str, str], str] = {}
    """Part and id of each row of the worksheet, to the name of the field for words about it."""
    revision = HiddenField(default="0")

    def parts(self) -> Iterator[tuple[Criterion, Field, Field]]:
        """Each criterion with its field for the level and its field for words."""
        for criterion in self.criteria:
            yield criterion, self[LEVEL + criterion.slug], self[WORDS + criterion.slug]

    @property
    def unknown(self) -> dict[str, str]:
        """What was sent for criteria that the rubric does not have (any more), by slug."""
        known = {criterion.slug for criterion in self.criteria}
        return {
            name.removeprefix(prefix): tidy(value)
            for prefix in (LEVEL, WORDS)
            for name, value in self.posted.items()
            if name.startswith(prefix) and name.removeprefix(prefix) not in known
        }

    def accepts(self, *, releasing: bool) -> bool:
        """Does it fit? To release, every level must be chosen as well."""
        fits = self.validate()
        if self.unknown:
            self.form_errors.append(
                _("De criteria van deze opdracht zijn veranderd. Kijk uw oordeel na en bewaar opnieuw.")
            )
        if releasing:
            for criterion, level, _words in self.parts():
                if not level.data:
                    level.errors = [_("Kies een niveau bij «%(title)s».", title=criterion.title)]
            if not self.overall.data:
                self.overall.errors = [_("Kies een oordeel over het geheel.")]
        return fits and not self.errors

    def opened_revision(self) -> int:
        """The revision that the trainer had before them; nonsense counts as one that never was."""
        text = self.revision.data or ""
        return int(text) if text.isdecimal() and len(text) < 10 else -1

    def judgement(self) -> Judgement:
        return Judgement(
            overall=self.overall.data or "",
            words=self.words.data,
            levels={criterion.slug: level.data or "" for criterion, level, _words in self.parts()},
            remarks={criterion.slug: words.data for criterion, _level, words in self.parts()},
            rows={place: self[name].data or "" for place, name in self.rows.items()},
        )


class RetractForm(FlaskForm):
    """Why a judgement is taken back."""

    reason = TextAreaField(
        _l("Waarom trekt u het oordeel in?"),
        filters=[tidy],
        validators=[
            DataRequired(_l("Schrijf waarom u het oordeel intrekt. De deelnemer leest dit.")),
            AtMost(MAX_REASON),
        ],
    )


def judge_form(work: Work, posted: Mapping[str, str] | None = None) -> JudgeForm:
    """The form for this work, filled with what is saved, or with what was just sent."""
    fields: dict[str, Any] = {"criteria": work.rubric, "posted": posted or {}}
    for criterion in work.rubric:
        fields[LEVEL + criterion.slug] = LevelField(criterion.title)
        fields[WORDS + criterion.slug] = _words(_l("Opmerking"))
    fields["rows"] = {}
    for part in work.sheet.sheet.parts if work.sheet else ():
        for row in work.sheet.rows(part.name) if work.sheet else ():
            name = f"{ROW}{part.name}-{row.id}"
            fields["rows"][part.name, row.id] = name
            fields[name] = _words(_("Uw opmerking bij: %(row)s", row=row.name(part) if part.rows else part.title))
    fields["overall"] = LevelField(_l("Het geheel"))
    fields["words"] = _words(_("Aan %(name)s", name=work.participant.first_name))
    return type("RubricForm", (JudgeForm,), fields)(data=_saved(work.assessment))


def _words(label: Any) -> Any:
    return TextAreaField(label, filters=[tidy], validators=[AtMost(MAX_WORDS)])


def _saved(assessment: Assessment | None) -> dict[str, str]:
    if assessment is None:
        return {}
    saved = {"revision": str(assessment.revision), "overall": assessment.overall, "words": assessment.words}
    for row in assessment.criteria:
        saved |= {LEVEL + row.criterion: row.level, WORDS + row.criterion: row.words}
    saved |= {f"{ROW}{said.part}-{said.row_id}": said.words for said in assessment.row_remarks}
    return saved
