"""The forms of a community. Free texts come with the request to name no visitors."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation

from lms.api import gettext as _
from lms.api import lazy_gettext as _l
from lms.api import ngettext

from .models import ACTIVE, STOPPED

MAX_NAME = 120
MAX_TEXT = 1_000
MIN_NOTE = 10
MAX_NOTE = 2_000
NO_NAMES = _l("Noem geen namen van bezoekers.")


def one_line(text: str | None) -> str:
    """The text on one line, without invisible characters and double spaces."""
    return " ".join("".join(c if c.isprintable() else " " for c in text or "").split())


def tidy(text: str | None) -> str:
    """The text with plain line ends and without what a database does not keep."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip()


class Filled:
    """Refuses a text that is empty or only spaces, with this sentence."""

    field_flags = {"required": True}

    def __init__(self, sentence: Any) -> None:
        self.sentence = sentence

    def __call__(self, _form: FlaskForm, field: Field) -> None:
        if not field.data:
            raise StopValidation(str(self.sentence))


class AtMost:
    """Refuses a text that is too long and says by how much."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def __call__(self, _form: FlaskForm, field: Field) -> None:
        over = len(field.data or "") - self.limit
        if over > 0:
            raise StopValidation(_("Er passen %(limit)s tekens. Haal er %(over)s weg.", limit=self.limit, over=over))


class BeginForm(FlaskForm):
    """The two things that a community begins with; all the rest follows from its steps."""

    name = StringField(
        _l("Naam van uw community"),
        filters=[one_line],
        validators=[Filled(_l("Geef uw community een naam. U kunt die later veranderen.")), AtMost(MAX_NAME)],
    )
    target_group = TextAreaField(
        _l("Voor wie is de community?"),
        description=NO_NAMES,
        filters=[tidy],
        validators=[Filled(_l("Schrijf voor welke groep mensen de community is.")), AtMost(MAX_TEXT)],
    )


class ChangeForm(BeginForm):
    """What is said about a community that exists."""

    why = TextAreaField(_l("Waarom deze groep?"), description=NO_NAMES, filters=[tidy], validators=[AtMost(MAX_TEXT)])
    status = RadioField(
        _l("Hoe staat de community ervoor?"),
        choices=[SelectChoice(ACTIVE, _l("Zij loopt")), SelectChoice(STOPPED, _l("Zij is gestopt"))],
        validate_choice=False,
        validators=[Filled(_l("Kies of de community loopt of gestopt is."))],
    )

    def validate_status(self, field: Field) -> None:
        """Only the two that are offered."""
        if field.data not in (ACTIVE, STOPPED):
            raise ValidationError(_("Kies of de community loopt of gestopt is."))


class StepForm(FlaskForm):
    """What a step brought. ``step`` is the one that the person has before them."""

    step = HiddenField()
    note = TextAreaField(
        _l("Wat leverde deze stap op?"),
        description=_l("Noem geen namen van bezoekers. Schrijf 10 tot 2.000 tekens."),
        filters=[tidy],
        validators=[Filled(_l("Schrijf in een paar woorden wat deze stap opleverde.")), AtMost(MAX_NOTE)],
    )

    def validate_note(self, field: Field) -> None:
        """A word is no yield."""
        short = MIN_NOTE - len(field.data)
        if short > 0:
            raise ValidationError(
                ngettext(
                    "Schrijf iets meer: nog minstens %(num)d teken.",
                    "Schrijf iets meer: nog minstens %(num)d tekens.",
                    short,
                )
            )
