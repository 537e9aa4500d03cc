"""People of the site and what they were given to do."""

from collections.abc import Collection

from flask_babel import gettext as _
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from ..accounts import services as accounts
from ..accounts.models import Person, RoleGrant
from ..audit import services as audit
from ..db import db
from ..errors import NotFound, Refused
from ..libraries.models import Library
from ..plugins import Role
from ..registry import registry
from ..runs.models import Enrolment, Run


def site_roles() -> list[Role]:
    """The roles for the whole site that people can be given; everybody is a member already."""
    return [role for role in registry().roles.values() if role.scope == "site" and role.key != "member"]


def find_people(text: str, page: int | None = None, per_page: int = 25) -> Pagination:
    """People whose e-mail address, or a word of whose name, begins with ``text``; by name, with library."""
    found = select(Person).options(joinedload(Person.library)).order_by(func.lower(Person.name), Person.id)
    text = " ".join(text.split())[:200]
    if text:
        low = func.lower(Person.name)
        found = found.where(
            or_(
                Person.email.startswith(text.lower(), autoescape=True),
                low.startswith(text.lower(), autoescape=True),
                low.contains(" " + text.lower(), autoescape=True),
                Person.name.startswith(text, autoescape=True),
                Person.name.contains(" " + text, autoescape=True),
            )
        )
    return db.paginate(found, page=page, per_page=per_page, error_out=False)


def roles_by_person(people: Collection[Person]) -> dict[int, list[str]]:
    """Person id to the labels of the roles that they were given. One query."""
    labels = registry().roles
    given: dict[int, list[str]] = {person.id: [] for person in people}
    rows = db.session.execute(
        select(RoleGrant.person_id, RoleGrant.role)
        .where(RoleGrant.person_id.in_(list(given)))
        .distinct()
        .order_by(RoleGrant.role)
    )
    for person_id, key in rows:
        if key in labels:  # a role of a plugin that is switched off says nothing now
            given[person_id].append(str(labels[key].label))
    return given


def load_person(person_id: int) -> Person:
    """Somebody with an account; for administrators. Otherwise NotFound."""
    found = db.session.scalar(select(Person).where(Person.id == person_id).options(joinedload(Person.library)))
    if found is None:
        raise NotFound(_("Deze persoon bestaat niet."))
    return found


def granted(person: Person) -> set[str]:
    """The keys of the roles for the whole site that somebody was given."""
    return set(
        db.session.scalars(
            select(RoleGrant.role).where(RoleGrant.person_id == person.id, RoleGrant.library_id.is_(None))
        )
    )


def library_roles(person: Person) -> list[tuple[str, str]]:
    """The roles that somebody was given for a library: pairs of the role's label and the library's name."""
    rows = db.session.execute(
        select(RoleGrant.role, Library.name)
        .join(Library, Library.id == RoleGrant.library_id)
        .where(RoleGrant.person_id == person.id)
        .order_by(Library.name, RoleGrant.role)
    )
    labels = registry().roles
    return [(str(labels[key].label), name) for key, name in rows if key in labels]


def enrolments(person: Person) -> list[Enrolment]:
    """The runs of somebody, newest first, also those that they left."""
    found = select(Enrolment).where(Enrolment.person_id == person.id)
    found = found.options(joinedload(Enrolment.run).joinedload(Run.course))
    return list(db.session.scalars(found.order_by(Enrolment.id.desc())))


def give_roles(person: Person, keys: Collection[str], *, by: Person) -> None:
    """Let somebody have exactly these roles for the whole site; roles of absent plugins stay as they are."""
    known = {role.key for role in site_roles()}
    wanted, has = set(keys) & known, granted(person)
    if person.id == by.id and "admin" in has and "admin" not in wanted:
        raise Refused(_("U kunt uw eigen beheer niet wegnemen. Vraag het een andere beheerder."))
    for key in sorted((has & known) - wanted):
        accounts.revoke(person, key)
    for key in sorted(wanted - has):
        accounts.grant(person, key)


def set_active(person: Person, active: bool, *, by: Person) -> None:
    """Close an account, which signs the person out everywhere, or open it again. What they made stays."""
    if person.id == by.id:
        raise Refused(_("U kunt uw eigen account niet sluiten. Vraag het een andere beheerder."))
    if person.active and not active:
        person.version += 1  # sessions and links that are under way end here, also when the account opens again
    if person.active != active:
        action = "core.account_opened" if active else "core.account_closed"
        audit.record(action, subject=person, person=person, actor=by)
    person.active = active
    db.session.flush()
