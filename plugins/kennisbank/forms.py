"""The form in which a participant chooses from a collection."""

from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, TextAreaField

from lms.api import gettext as _
from lms.api import lazy_gettext as _l
from lms.api import ngettext

from .models import Entry

SHORTEST, LONGEST = 20, 2000  # of a reason, in characters


class ChoiceForm(FlaskForm):
    """Which entries, and for each chosen one why. ``choice_form`` adds the fields for the reasons."""

    needed = 1
    chosen = SelectMultipleField(_l("Kies voorbeelden"), validate_choice=False)

    def reason(self, slug: str) -> Any:
        """The field for the reason of one entry."""
        return self[_name(slug)]

    @property
    def reasons(self) -> dict[str, str]:
        """Slug to reason of what was chosen, in the order of the collection."""
        # PostgreSQL stores no zero character.
        return {slug: (self.reason(slug).data or "").replace("\0", "").strip() for slug in self._slugs()}

    def validate(self, extra_validators: Any = None) -> bool:
        """Exactly as many as asked, each with a reason. Says what is wrong at the field."""
        super().validate(extra_validators)
        number = len(self._slugs())
        if number != self.needed:
            wanted = ngettext("Kies één voorbeeld.", "Kies %(num)s voorbeelden.", self.needed)
            now = ngettext("Nu is er één gekozen.", "Nu zijn er %(num)s gekozen.", number)
            self.chosen.errors = [f"{wanted} {now if number else _('Nu is er niets gekozen.')}"]
        for slug, reason in self.reasons.items():
            if len(reason) < SHORTEST:
                wrong = _("Schrijf in ten minste %(num)s tekens waarom dit past.", num=SHORTEST)
            elif len(reason) > LONGEST:
                wrong = _(
                    "Uw uitleg heeft %(now)s tekens. Kort die in tot %(num)s tekens.", now=len(reason), num=LONGEST
                )
            else:
                continue
            self.reason(slug).errors = [wrong]
        return not self.errors

    def _slugs(self) -> list[str]:
        # What is not in the collection cannot be chosen, whatever a browser sends.
        return [value for value, _label in self.chosen.choices if value in (self.chosen.data or ())]


def choice_form(entries: Iterable[Entry], needed: int, reasons: dict[str, str]) -> ChoiceForm:
    """The form for these entries, filled with what was chosen before: slug to reason."""

    class Form(ChoiceForm):
        pass

    entries = list(entries)
    for entry in entries:
        setattr(Form, _name(entry.slug), TextAreaField(_l("Waarom past dit bij uw doelgroep?")))
    form = Form(data={"chosen": list(reasons)} | {_name(slug): reason for slug, reason in reasons.items()})
    form.needed = needed
    form.chosen.choices = [(entry.slug, entry.title) for entry in entries]
    return form


def _name(slug: str) -> str:
    return f"waarom-{slug}"
