"""The mails with a way in: an invitation to choose a password, or a link to choose another."""

from flask_babel import gettext as _

from .. import clock
from ..i18n import moment
from ..notifications.letters import letter
from ..notifications.services import link, send
from ..runs.messages import days_of, first_steps
from ..runs.models import Run
from . import tokens
from .models import Person


def invite(person: Person, run: Run | None = None, *, trainer: bool = False) -> str:
    """Invite somebody, for a run (as its ``trainer``) or for the site; returns the link of the mail.

    Who has a password already gets a link to the site, not one to choose another.
    """
    if person.password_hash:
        address = link("core.today.index")
        how = _("Meld u aan met het wachtwoord dat u al hebt:")
    else:
        address = link("core.accounts.invitation", token=tokens.make(tokens.INVITATION, person))
        how = _("Kies eerst een wachtwoord. De link werkt 30 dagen, en één keer:")
    what = _training(run) if run and trainer else [_reason(run)]
    parts = [*what, f"{how}\n{address}", _("Uw e-mailadres is: %(email)s", email=person.email)]
    parts.append(_("Verwacht u deze mail niet? Dan hoeft u niets te doen."))
    if run and trainer:
        subject = _("Uitnodiging als trainer: %(group)s", group=run.name)
    else:
        subject = _("Uitnodiging: %(group)s", group=run.name) if run else _("Uitnodiging voor Leerplein")
    send(person, "invitation", subject, letter(person, *parts))
    return address


def mail_reset(person: Person) -> None:
    """Mail somebody a link to choose another password."""
    address = link("core.accounts.reset", token=tokens.make(tokens.RESET, person))
    parts = [
        _("Iemand vroeg om een nieuw wachtwoord voor uw account. Waarschijnlijk was u dat zelf."),
        _("Kies een nieuw wachtwoord. De link werkt een uur, en één keer:") + "\n" + address,
        _("Vroeg u hier niet om? Dan hoeft u niets te doen. Uw oude wachtwoord blijft werken."),
    ]
    send(person, "reset", _("Kies een nieuw wachtwoord"), letter(person, *parts))


def mail_moved(person: Person) -> None:
    """Tell the present address of somebody that the account is about to get another.

    The new one is not named: the old one may be somebody else's, by a typing error.
    """
    parts = [
        _("Uw beheerder heeft het e-mailadres van uw account op Leerplein gewijzigd."),
        _("Meld u voortaan aan met het nieuwe adres. Mails van Leerplein komen ook daar."),
        _("Klopt dit niet? Vraag het uw beheerder."),
    ]
    send(person, "address", _("Uw e-mailadres is gewijzigd"), letter(person, *parts))


def _reason(run: Run | None) -> str:
    if run is None:
        return _("U krijgt een account op Leerplein.")
    text = _("U bent uitgenodigd voor de cursus %(course)s, groep %(group)s.", course=run.course.title, group=run.name)
    first = run.days[0] if run.days else None
    if first is not None and first.starts_at > clock.now():
        day = moment(first.starts_at, "EEEE d MMMM")
        text += "\n" + _("Lesdag 1 is %(day)s.", day=day)
        if first.place:
            text += " " + _("Plaats: %(place)s.", place=first.place)
    return text


def _training(run: Run) -> list[str]:
    """What somebody is told who comes to train a run."""
    return [
        _("U bent trainer van de cursus %(course)s, groep %(group)s.", course=run.course.title, group=run.name),
        days_of(run),
        first_steps(run),
    ]
