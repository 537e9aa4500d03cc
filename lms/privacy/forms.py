"""The forms of one's data: the password again, since a session may be left open."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, PasswordField, StringField
from wtforms.validators import DataRequired, ValidationError

from ..accounts.services import clean_email


def _password() -> PasswordField:
    return PasswordField(_l("Uw wachtwoord"), validators=[DataRequired(_l("Vul uw wachtwoord in."))])


class DownloadForm(FlaskForm):
    """Downloading all data of a person."""

    current = _password()


class RemoveForm(FlaskForm):
    """Removing an account: its address is typed once more, so that nobody does it by accident."""

    address = StringField(validators=[DataRequired(_l("Typ het e-mailadres van het account."))])
    current = _password()

    def __init__(self, *args: object, expected: str, label: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected
        self.address.label.text = label

    def validate_address(self, field: Field) -> None:
        if clean_email(field.data or "") != self.expected:
            raise ValidationError(_("Dit is niet het e-mailadres van dit account. Typ %(email)s.", email=self.expected))
