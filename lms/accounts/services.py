"""Accounts: people, their roles and passwords, and the ways in."""

from dataclasses import dataclass
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask import has_request_context
from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from ..audit import services as audit
from ..db import db
from ..errors import Invalid
from ..jobs.services import enqueue
from ..libraries.models import Library
from ..libraries.services import find_or_make
from ..registry import registry
from ..runs.models import Enrolment, Run
from . import attempts, letters, passwords
from .letters import invite as invite
from .models import Person, RoleGrant

LONGEST_NAME = 200


@dataclass(frozen=True)
class Checked:
    """A sign-in whose password was right, before anything is written. ``new_hash`` when the old one is outdated."""

    person_id: int
    version: int
    new_hash: str | None


def clean_email(text: str) -> str:
    """The address as we store and compare it: in lower case, without spaces around it."""
    return "".join(char for char in text if char.isprintable()).strip().lower()


def find_person(email: str) -> Person | None:
    """The person with this e-mail address, also when the account is closed."""
    return db.session.scalar(
        select(Person).where(Person.email == clean_email(email)).options(joinedload(Person.library))
    )


def people_of_library(library: Library) -> list[Person]:
    """Everybody with an open account who belongs to this library, by name."""
    return list(
        db.session.scalars(select(Person).where(Person.library_id == library.id, Person.active).order_by(Person.name))
    )


def people_with_role(role: str, library_id: int | None = None) -> list[Person]:
    """Everybody with an open account who was given this role, by name; for a role of scope library say for which."""
    given = select(RoleGrant.person_id).where(RoleGrant.role == role)
    if library_id is not None:
        given = given.where(RoleGrant.library_id == library_id)
    return list(db.session.scalars(select(Person).where(Person.id.in_(given), Person.active).order_by(Person.name)))


def all_people() -> list[tuple[Person, list[str]]]:
    """Everybody by address, each with the keys of the roles that they were given."""
    roles: dict[int, list[str]] = {}
    for person_id, role in db.session.execute(select(RoleGrant.person_id, RoleGrant.role).order_by(RoleGrant.id)):
        roles.setdefault(person_id, []).append(role)
    people = db.session.scalars(select(Person).options(joinedload(Person.library)).order_by(Person.email))
    return [(person, roles.get(person.id, [])) for person in people]


def create_person(
    name: str, email: str, library_name: str, *, password: str | None = None, roles: tuple[str, ...] | list[str] = ()
) -> Person:
    """Make an account; a library that is new is made too, an empty name means none.

    Without a password the person can come in by an invitation only. A role of scope library is given for the
    person's own. Raises Invalid with the field: name, email, new (the password) or roles.
    """
    name = _checked_name(name)
    email = _checked_email(email)
    if find_person(email) is not None:
        raise _known_address(email)
    if password is not None:
        passwords.check(password, email)
    library = find_or_make(library_name) if library_name.strip() else None
    person = Person(name=name, email=email, library=library)
    person.password_hash = None if password is None else passwords.make_hash(password)
    try:
        with db.session.begin_nested():
            db.session.add(person)
    except IntegrityError:  # somebody else made it a moment ago
        raise _known_address(email) from None
    audit.record("core.account_made", subject=person, person=person)
    for role in roles:
        grant(person, role, library)
    return person


def change_person(person: Person, name: str, email: str, library_name: str) -> set[str]:
    """Give somebody these facts; returns which of ``name``, ``email`` and ``library`` changed.

    Raises Invalid with the field.

    Of another address the old one is told. It ends all sessions and uses up all links; who was invited and has not yet
    come gets the invitation at the new address.
    """
    name, email = _checked_name(name), _checked_email(email)
    library_name = " ".join(library_name.split())
    if len(library_name) > LONGEST_NAME:
        raise Invalid(_("Deze naam is te lang. Houd het bij %(num)s tekens.", num=LONGEST_NAME), "library")
    if email != person.email and find_person(email) is not None:
        raise _known_address(email)
    changed = {"name"} if name != person.name else set()
    person.name = name
    library = find_or_make(library_name) if library_name else None
    if library is not person.library:
        person.library = library
        changed.add("library")
    if email != person.email:
        letters.mail_moved(person)
        _move(person, email)
        changed.add("email")
    if changed:
        audit.record("core.account_changed", subject=person, person=person, changed=sorted(changed))
        db.session.flush()
    return changed


def _move(person: Person, email: str) -> None:
    try:
        with db.session.begin_nested():
            person.email = email
            person.version += 1
    except IntegrityError:  # somebody else took it a moment ago
        raise _known_address(email) from None
    if person.password_hash is None and person.active:
        invite_again(person)


def invite_again(person: Person) -> str:
    """Invite somebody once more, for the newest run that they are in; returns the link of the mail."""
    newest = db.session.scalar(
        select(Enrolment)
        .join(Run, Run.id == Enrolment.run_id)
        .where(Enrolment.person_id == person.id, Enrolment.left_at.is_(None), Run.archived_at.is_(None))
        .order_by(Enrolment.id.desc())
        .limit(1)
    )
    if newest is None:
        return letters.invite(person)
    return letters.invite(person, newest.run, trainer=newest.is_trainer)


def grant(person: Person, role: str, library: Library | None = None) -> None:
    """Give somebody a role; for one of scope library say which. Giving it twice changes nothing."""
    library_id = _scope(role, library)
    # Everybody is a member; there is nothing to store.
    if role != "member" and db.session.scalar(_grants(person, role, library_id).limit(1)) is None:
        db.session.add(RoleGrant(person_id=person.id, role=role, library_id=library_id))
        audit.record("core.role_given", subject=person, person=person, role=role, library_id=library_id)
        db.session.flush()


def revoke(person: Person, role: str, library: Library | None = None) -> None:
    """Take a role away. Raises Invalid when the person does not have it."""
    library_id = _scope(role, library)
    found = db.session.scalars(_grants(person, role, library_id)).all()
    if not found:
        raise Invalid(_("%(name)s heeft deze rol niet.", name=person.name), "roles")
    # Twice, when two administrators gave it at one moment: of roles without a library no database sees that.
    for row in found:
        db.session.delete(row)
    audit.record("core.role_taken", subject=person, person=person, role=role, library_id=library_id)
    db.session.flush()


def set_password(person: Person, password: str) -> None:
    """Give somebody a new password. Raises Invalid with field ``new`` for a bad one. Ends all their sessions."""
    passwords.check(password, person.email)
    use_hash(person, passwords.make_hash(password))


def use_hash(person: Person, password_hash: str) -> None:
    """Store a new password of which the hash was made before. Ends all sessions and uses up all links."""
    # On the site everybody chooses their own, also by a link, before they are signed in.
    by = person if has_request_context() else None
    audit.record("core.password_set", subject=person, person=person, actor=by)
    person.password_hash = password_hash
    person.version += 1
    attempts.forget(attempts.by_address("login", person.email))
    db.session.flush()


def check_sign_in(email: str, password: str) -> Checked | None:
    """Is this somebody with an open account, and their password? Slow on purpose; only reads.

    None for a wrong password, an unknown address and a closed account alike, after the same time.
    """
    person = find_person(email)
    open_hash = person.password_hash if person is not None and person.active else None
    if not passwords.matches(open_hash, password):
        return None
    assert person is not None and open_hash is not None
    new_hash = passwords.make_hash(password) if passwords.is_outdated(open_hash) else None
    return Checked(person.id, person.version, new_hash)


def settle_sign_in(checked: Checked | None, limits: list[attempts.Limit]) -> Person | None:
    """Count a failed try, or give the person who comes in. Raises TooMany when others used up the tries meanwhile."""
    attempts.check(limits, hold=True)
    person = db.session.get(Person, checked.person_id) if checked else None
    if checked is None or person is None or person.version != checked.version or not person.active:
        attempts.note(limits)
        return None
    if checked.new_hash:
        person.password_hash = checked.new_hash
    attempts.forget(attempts.by_address("login", person.email))
    return person


def ask_reset(email: str) -> None:
    """Plan a mail with a link to choose another password, if there is an open account with this address.

    The same work for an address that we do not know, so that not even the time of the answer tells.
    """
    person = find_person(email)
    enqueue("core.reset", person_id=person.id if person is not None else None)


def mail_reset(payload: dict[str, Any]) -> None:
    """Write the mail that somebody asked for (a job).

    Who was invited and has not yet come has no password to forget: they get the invitation again.
    """
    person = db.session.get(Person, payload["person_id"]) if payload["person_id"] else None
    if person is None or not person.active:
        return
    if person.password_hash is None:
        invite_again(person)
    else:
        letters.mail_reset(person)


def runs_of(person: Person) -> list[Run]:
    """The open runs that somebody takes part in or teaches, newest first."""
    found = select(Run).join(Enrolment, Enrolment.run_id == Run.id).where(Run.archived_at.is_(None))
    return list(
        db.session.scalars(
            found.where(Enrolment.person_id == person.id, Enrolment.left_at.is_(None)).order_by(Run.id.desc())
        )
    )


def _checked_name(text: str) -> str:
    name = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    if not name:
        raise Invalid(_("Vul een naam in."), "name")
    if len(name) > LONGEST_NAME:
        raise Invalid(_("Deze naam is te lang. Houd het bij %(num)s tekens.", num=LONGEST_NAME), "name")
    return name


def _checked_email(text: str) -> str:
    try:
        found = validate_email(clean_email(text), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise Invalid(_("Dit is geen e-mailadres. Schrijf het als naam@bibliotheek.nl."), "email") from None
    return found.normalized.lower()


def _known_address(email: str) -> Invalid:
    return Invalid(_("Er is al een account met het adres %(email)s.", email=email), "email")


def _scope(role: str, library: Library | None) -> int | None:
    known = registry().roles.get(role)
    if known is None:
        raise Invalid(_("De rol %(role)s bestaat niet.", role=role), "roles")
    if known.scope == "run":
        raise Invalid(_("De rol %(role)s krijgt iemand in een groep.", role=role), "roles")
    if known.scope == "site":
        return None
    if library is None:
        raise Invalid(_("De rol %(role)s geldt voor één bibliotheek. Noem welke.", role=role), "roles")
    return library.id


def _grants(person: Person, role: str, library_id: int | None) -> Select[RoleGrant]:
    return select(RoleGrant).where(
        RoleGrant.person_id == person.id,
        RoleGrant.role == role,
        RoleGrant.library_id.is_not_distinct_from(library_id),
    )
