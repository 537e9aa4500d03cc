"""The forms about a community itself: to begin, to correct, and to finish a step."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, HiddenField, ValidationError

from lms.api import lazy_gettext as _l
from lms.api import ngettext

from .fields import NO_NAMES, ChoiceField, line, paragraph
from .models import ACTIVE, STOPPED
from .words import LIBRARY_ROLES

MAX_NAME = 120
MAX_TEXT = 1_000
MIN_NOTE = 10
MAX_NOTE = 2_000


class BeginForm(FlaskForm):
    """The two things that a community begins with; all the rest follows from its steps."""

    name = line(
        _l("Naam van uw community"),
        required=_l("Geef uw community een naam. U kunt die later veranderen."),
        most=MAX_NAME,
    )
    target_group = paragraph(
        _l("Voor wie is de community?"), required=_l("Schrijf voor welke groep mensen de community is."), most=MAX_TEXT
    )


class ChangeForm(BeginForm):
    """What is said about a community that exists."""

    why = paragraph(_l("Waarom deze groep?"), most=MAX_TEXT)
    library_role = ChoiceField(_l("Wat doet uw bibliotheek in de community?"), LIBRARY_ROLES.items(), needed=False)
    published = BooleanField(
        _l("Laat deze community aan andere bibliotheken zien"),
        description=_l("Zij zien de naam, voor wie, hoe ver u bent, en de activiteiten die u openbaar maakt."),
    )
    status = ChoiceField(
        _l("Hoe staat de community ervoor?"),
        [(ACTIVE, _l("Zij loopt")), (STOPPED, _l("Zij is gestopt"))],
    )
    stopped_why = paragraph(_l("Waarom is zij gestopt?"), most=MAX_TEXT)


class StepForm(FlaskForm):
    """What a step brought. ``step`` is the one that the person has before them."""

    step = HiddenField()
    note = paragraph(
        _l("Wat leverde deze stap op?"),
        required=_l("Schrijf in een paar woorden wat deze stap opleverde."),
        most=MAX_NOTE,
        description=_l("Noem geen namen van bezoekers. Schrijf 10 tot 2.000 tekens."),
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


class EarlyForm(FlaskForm):
    """Why the programme lead lets a community go on."""

    step = HiddenField()
    reason = paragraph(
        _l("Waarom mag deze community eerder door?"),
        required=_l("Schrijf op waarom. De bibliotheek en de coach lezen dit."),
        most=MAX_TEXT,
        description=NO_NAMES,
    )
