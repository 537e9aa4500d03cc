"""Taking a name out of a text that stays for others."""

import re

from flask_babel import gettext as _

from ..accounts.models import Person


def without_name(text: str, person: Person) -> str:
    """The text in which the person's whole name and e-mail address are «iemand die is vertrokken»."""
    instead = _("iemand die is vertrokken")
    text = re.sub(_whole(person.email), lambda _found: instead, text, flags=re.IGNORECASE)
    return re.sub(_whole(person.name), lambda _found: instead, text)


def _whole(words: str) -> str:
    return rf"(?<!\w){re.escape(words)}(?!\w)"
