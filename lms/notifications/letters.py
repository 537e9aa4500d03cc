"""How each mail begins, so that all of them begin alike."""

from flask_babel import gettext as _

from ..accounts.models import Person


def letter(person: Person, *parts: str) -> str:
    """The text of a mail: a greeting, and the parts that are not empty, each a paragraph of its own."""
    return "\n\n".join([_("Dag %(name)s,", name=person.first_name), *(part for part in parts if part)])
