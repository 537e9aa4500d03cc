"""The forms of a word list. Whether a word is free is decided by the services."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from ..runs.forms import DayField, no_nul, strip


class AddForm(FlaskForm):
    """A new word."""

    label = StringField(_l("Nieuw woord"), [DataRequired(_l("Vul een woord in."))], filters=[strip])


class TermForm(FlaskForm):
    """All that can be said of a word."""

    revision = HiddenField()
    label = StringField(_l("Woord"), [DataRequired(_l("Vul een woord in."))], filters=[strip])
    definition = TextAreaField(
        _l("Wat het betekent"), [Length(max=2000, message=_l("Neem hoogstens 2.000 tekens."))], filters=[strip]
    )
    aliases = TextAreaField(
        _l("Andere woorden"),
        description=_l("Eén op een regel. Wie zo'n woord typt, vindt dit woord."),
        filters=[no_nul],
    )
    forget = SelectMultipleField(
        _l("Eerdere namen die niet meer gelden"),
        description=_l("Wie zo'n naam typt, vindt dit woord dan niet meer. De naam komt vrij voor een ander woord."),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    valid_from = DayField(_l("Aanbieden vanaf"), [Optional()])
    valid_to = DayField(_l("Aanbieden tot en met"), [Optional()])
    enabled = BooleanField(
        _l("Aanbieden bij nieuw werk"), description=_l("Waar het woord al gebruikt is, blijft het te lezen.")
    )


class MergeForm(FlaskForm):
    """With which word this one is merged."""

    other = StringField(_l("Het woord dat blijft"), [DataRequired(_l("Kies een woord uit de lijst."))], filters=[strip])
