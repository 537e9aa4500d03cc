"""Forms for the administration of people."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, SelectMultipleField, StringField
from wtforms.validators import DataRequired
from wtforms.widgets import CheckboxInput, ListWidget

from ..runs.forms import strip


class PersonForm(FlaskForm):
    """Who somebody is. What is a good name or address is decided in the services."""

    name = StringField(_l("Naam"), [DataRequired(_l("Vul een naam in."))], filters=[strip])
    email = EmailField(_l("E-mailadres"), [DataRequired(_l("Vul een e-mailadres in."))], filters=[strip])
    library = StringField(_l("Bibliotheek"), filters=[strip])


class RolesForm(FlaskForm):
    """The roles of somebody for the whole site; the choices come from the registry."""

    roles = SelectMultipleField(
        _l("Rollen voor de hele site"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
