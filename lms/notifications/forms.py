"""The personal choice of mails."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from ..accounts.models import Person
from . import services


class MailsForm(FlaskForm):
    """Which kinds somebody wants by mail. A kind that is not there, or no longer, is left out of account."""

    kinds = SelectMultipleField(
        _l("Stuur mij een mail als dit gebeurt"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )


def mails_form(person: Person) -> MailsForm:
    """The form with what the person chose before."""
    kinds = services.kinds_for(person)
    form = MailsForm(formdata=None, kinds=[kind.key for kind in kinds if services.wants(person, kind.key)])
    form.kinds.flags.said_above = True  # none is a choice too, so «not required» would only puzzle
    form.kinds.choices = [(kind.key, str(kind.label)) for kind in kinds]
    return form
