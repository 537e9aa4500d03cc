"""What an entry of the audit log says, in Dutch."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ..registry import registry
from .models import AuditEntry
from .services import COMMAND, Names

_WORDS: Mapping[str, Any] = {
    "core.account_made": _l("Account gemaakt"),
    "core.account_changed": _l("Account gewijzigd"),
    "core.account_closed": _l("Account gesloten"),
    "core.account_opened": _l("Account weer geopend"),
    "core.account_exported": _l("Gegevens gedownload"),
    "core.account_removed": _l("Account en gegevens verwijderd"),
    "core.password_set": _l("Wachtwoord gezet"),
    "core.role_given": _l("Rol gegeven"),
    "core.role_taken": _l("Rol weggenomen"),
    "core.enrolled": _l("In een groep gezet"),
    "core.left": _l("Uit een groep gehaald"),
    "core.run_renamed": _l("Uitvoering hernoemd"),
    "core.run_closed": _l("Uitvoering afgesloten"),
    "core.run_opened": _l("Uitvoering weer geopend"),
    "core.run_removed": _l("Uitvoering verwijderd"),
    "core.day_changed": _l("Lesdag gewijzigd"),
    "core.judgement_released": _l("Oordeel vrijgegeven"),
    "core.judgement_retracted": _l("Oordeel ingetrokken"),
    "core.term_added": _l("Woord toegevoegd aan een woordenlijst"),
    "core.term_changed": _l("Woord van een woordenlijst gewijzigd"),
    "core.term_moved": _l("Woord van een woordenlijst verplaatst"),
    "core.terms_merged": _l("Woorden van een woordenlijst samengevoegd"),
    "core.taken": _l("Werk overgenomen"),
    "core.taking_undone": _l("Overgenomen werk teruggehaald"),
}


def action(entry: AuditEntry) -> str:
    """What was done; an action of a plugin that is switched off shows by its key."""
    return str(_WORDS.get(entry.action, entry.action))


def details(entry: AuditEntry, names: Names) -> str:
    """To what it was done, in a few words; empty when the action says it all."""
    given = entry.details
    parts = []
    if "role" in given:
        role = registry().roles.get(given["role"])
        parts.append(str(role.label) if role else given["role"])
    if "offer" in given:
        offer = registry().offers.get(given["offer"])
        parts.append(str(offer.label) if offer else given["offer"])
    parts += [names[key, given[key]] for key in ("library_id", "run_id") if (key, given.get(key)) in names]
    if "number" in given:
        parts.append(_("Lesdag %(number)s", number=given["number"]))
    if "vocabulary" in given:
        parts.append(f"{given['vocabulary']}: {' → '.join(given[key] for key in ('code', 'into') if key in given)}")
    if "old" in given:
        parts.append(_("van %(old)s naar %(new)s", old=_day(given["old"]), new=_day(given["new"])))
    return ", ".join(parts)


def who(entry: AuditEntry) -> str:
    """Who did it."""
    if entry.actor is not None:
        return entry.actor.name
    return _("opdrachtregel") if entry.via == COMMAND else _("iemand die is vertrokken")


def whose(entry: AuditEntry) -> str:
    """Whom it concerned; empty for what concerned nobody."""
    if entry.person is not None:
        return entry.person.name
    if entry.subject_kind == "person":
        return _("iemand die is vertrokken (nummer %(id)s)", id=entry.subject_id)
    return "" if entry.subject_kind in {"run", "term"} else _("iemand die is vertrokken")


def _day(text: str) -> str:
    return format_date(date.fromisoformat(text), "d MMMM yyyy")
