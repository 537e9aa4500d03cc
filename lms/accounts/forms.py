"""The forms of accounts. What is a good password is decided in ``passwords``."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, Field, HiddenField, PasswordField
from wtforms.validators import DataRequired, EqualTo, Length, ValidationError

from ..errors import Invalid
from . import passwords
from .services import clean_email

LONGEST_EMAIL = 254


class AddressForm(FlaskForm):
    """An e-mail address."""

    email = EmailField(
        _l("E-mailadres"),
        filters=[lambda text: clean_email(text or "")],
        validators=[
            DataRequired(_l("Vul uw e-mailadres in.")),
            Length(max=LONGEST_EMAIL, message=_l("Dit e-mailadres is te lang.")),
        ],
    )


class LoginForm(AddressForm):
    """Signing in; ``next`` is where somebody was going."""

    password = PasswordField(_l("Wachtwoord"), validators=[DataRequired(_l("Vul uw wachtwoord in."))])
    next = HiddenField()


class PresentPasswordForm(FlaskForm):
    """The present password is asked for, since a session may be left open. Stands above the new one, so comes first."""

    current = PasswordField(_l("Huidig wachtwoord"), validators=[DataRequired(_l("Vul uw huidige wachtwoord in."))])


class NewPasswordForm(FlaskForm):
    """Choosing a password. ``address`` is the person's, which is no good password."""

    new = PasswordField(
        _l("Nieuw wachtwoord"),
        description=_l("Minstens 10 tekens. Drie losse woorden zijn lang en goed te onthouden."),
        validators=[DataRequired(_l("Kies een wachtwoord."))],
    )
    again = PasswordField(
        _l("Nog een keer"),
        validators=[
            DataRequired(_l("Typ het wachtwoord nog een keer.")),
            EqualTo("new", _l("De twee wachtwoorden zijn niet gelijk. Typ ze opnieuw.")),
        ],
    )

    def __init__(self, *args: object, address: str = "", **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.address = address

    def validate_new(self, field: Field) -> None:
        try:
            passwords.check(field.data or "", self.address)
        except Invalid as error:
            raise ValidationError(str(error)) from None


class ChangePasswordForm(PresentPasswordForm, NewPasswordForm):
    """Changing the password."""
