"""The people of a demo, and coming in as one of them with one click."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ..db import db
from ..errors import NotFound
from ..registry import registry
from ..site.settings import is_demo
from .models import Person

DOMAIN = "demo.example"
PASSWORD = "demo-wachtwoord"  # noqa: S105 (the sign-in page of a demo says it aloud)


@dataclass(frozen=True)
class Offer:
    """A person of the demo. ``label`` is on their button, and empty for who has none."""

    user: str
    label: Any
    person: Person


def address(user: str) -> str:
    """The e-mail address of a demo account."""
    return f"{user}@{DOMAIN}"


def offers() -> list[Offer]:
    """The demo accounts that there are, in registry order; none on a real site."""
    if not is_demo():
        return []
    accounts = {address(account.user): account for account in registry().all("demo_accounts")}
    people = db.session.scalars(
        select(Person).where(Person.email.in_(accounts), Person.active).options(joinedload(Person.library))
    )
    found = {person.email: person for person in people}
    return [Offer(a.user, a.offer, found[email]) for email, a in accounts.items() if email in found]


def person(user: str) -> Person:
    """The person to come in as. Raises NotFound on a real site, and for who is not offered."""
    for offer in offers():
        if offer.user == user and offer.label:
            return offer.person
    raise NotFound(_("Dit account is er niet."))
