"""Forms for the administration of people."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget


class RolesForm(FlaskForm):
    """The roles of somebody for the whole site; the choices come from the registry."""

    roles = SelectMultipleField(
        _l("Rollen voor de hele site"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
