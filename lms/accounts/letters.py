"""The mails with a way in: an invitation to choose a password, or a link to choose another."""

from flask_babel import gettext as _

from .. import clock
from ..i18n import moment
from ..notifications.services import link, send
from ..runs.models import Run
from . import tokens
from .models import Person


def invite(person: Person, run: Run | None = None) -> str:
    """Invite somebody, for a run or for the site; returns the link of the mail.

    Who has a password already gets a link to the site, not one to choose another.
    """
    if person.password_hash:
        address = link("core.today.index")
        how = _("Meld u aan met het wachtwoord dat u al hebt:")
    else:
        address = link("core.accounts.invitation", token=tokens.make(tokens.INVITATION, person))
        how = _("Kies eerst een wachtwoord. De link werkt 30 dagen, en één keer:")
    parts = [
        _greeting(person),
        _reason(run),
        f"{how}\n{address}",
        _("Uw e-mailadres is: %(email)s", email=person.email),
    ]
    parts.append(_("Verwacht u deze mail niet? Dan hoeft u niets te doen."))
    subject = _("Uitnodiging: %(group)s", group=run.name) if run else _("Uitnodiging voor Leerplein")
    send(person, "invitation", subject, "\n\n".join(parts))
    return address


def mail_reset(person: Person) -> None:
    """Mail somebody a link to choose another password."""
    address = link("core.accounts.reset", token=tokens.make(tokens.RESET, person))
    parts = [
        _greeting(person),
        _("Iemand vroeg om een nieuw wachtwoord voor uw account. Waarschijnlijk was u dat zelf."),
        _("Kies een nieuw wachtwoord. De link werkt een uur, en één keer:") + "\n" + address,
        _("Vroeg u hier niet om? Dan hoeft u niets te doen. Uw oude wachtwoord blijft werken."),
    ]
    send(person, "reset", _("Kies een nieuw wachtwoord"), "\n\n".join(parts))


def _greeting(person: Person) -> str:
    return _("Beste %(name)s,", name=person.name)


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
