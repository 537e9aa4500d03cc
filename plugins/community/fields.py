"""Fields and validators that the forms of a community share. Free texts come with the request to name no visitors."""

from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import DecimalField as WtDecimalField
from wtforms import Field, IntegerField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional, StopValidation

from lms.api import gettext as _
from lms.api import lazy_gettext as _l

from .guard import has_contact_details

MAX_NAME = 120
MAX_TEXT = 1_000
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


class OneOf:
    """This field or another is needed, which the hint says; who looks whether one is there is the service."""

    field_flags = {"one_of": True}

    def __call__(self, _form: FlaskForm, _field: Field) -> None:
        """Nothing to refuse here."""


class NoContactDetails:
    """Refuses an e-mail address or a telephone number: what is kept here is about groups."""

    def __call__(self, _form: FlaskForm, field: Field) -> None:
        if has_contact_details(field.data or ""):
            raise StopValidation(_("Hier staat een e-mailadres of telefoonnummer in. Haal dat weg."))


class WholeField(IntegerField):
    """A whole number, which may stay empty."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            if valuelist and valuelist[0].strip():
                super().process_formdata([valuelist[0].strip()])
        except ValueError:
            raise ValueError(_("Schrijf een heel getal, zoals 12.")) from None


def whole(label: Any, *, required: Any = None, most: int = 100_000, description: Any = "") -> WholeField:
    """A field for a number of people or times; ``required`` is the sentence when it is empty."""
    first = NeededNumber(required) if required else Optional()
    sentence = _l("Schrijf een getal van 0 tot %(most)s.", most=most)
    return WholeField(label, [first, NumberRange(0, most, sentence)], description=description)


class NeededNumber:
    """Refuses an empty number, with this sentence; 0 is a number."""

    field_flags = {"required": True}

    def __init__(self, sentence: Any) -> None:
        self.sentence = sentence

    def __call__(self, _form: FlaskForm, field: Field) -> None:
        if field.data is None and not field.errors:
            raise StopValidation(str(self.sentence))
        if field.errors:
            raise StopValidation()


def line(label: Any, *, required: Any = None, most: int = 200, description: Any = "") -> StringField:
    """A text of one line; ``required`` is the sentence when it is empty."""
    first = [Filled(required)] if required else []
    return StringField(
        label, filters=[one_line], validators=[*first, AtMost(most), NoContactDetails()], description=description
    )


def paragraph(label: Any, *, required: Any = None, most: int = 2_000, description: Any = NO_NAMES) -> TextAreaField:
    """A text of more lines, with the request to name nobody."""
    first = [Filled(required)] if required else []
    return TextAreaField(
        label, filters=[tidy], validators=[*first, AtMost(most), NoContactDetails()], description=description
    )


class DecimalField(WtDecimalField):
    """A number as people write it: 3,5 or 3.5."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            if valuelist and valuelist[0].strip():
                super().process_formdata([valuelist[0].strip().replace(",", ".")])
        except ValueError:
            raise ValueError(_("Schrijf een getal, zoals 12 of 3,5.")) from None
        given: Any = getattr(self, "data", None)
        if given is not None and not given.is_finite():
            self.data = None
            raise ValueError(_("Schrijf een getal, zoals 12 of 3,5."))


def number_of(value: Any) -> int:
    """The number that a choice of a list stands for; 0 for anything else, which is nothing chosen."""
    text = str(value or "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


class ChoiceField(RadioField):
    """One of a few. What is not offered is refused in a sentence."""

    def __init__(self, label: Any, choices: Iterable[tuple[str, Any]], *, needed: bool = True, **options: Any) -> None:
        validators = [Filled(_l("Kies een van de mogelijkheden."))] if needed else []
        options = {"validate_choice": False, "validators": validators} | options
        super().__init__(label, choices=[SelectChoice(value, text) for value, text in choices], **options)

    def post_validate(self, _form: FlaskForm, _stopped: bool) -> None:
        """Only what is offered."""
        if self.data and self.data not in [choice.value for choice in self.choices]:
            raise ValidationError(_("Kies een van de mogelijkheden."))
