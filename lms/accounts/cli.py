"""``lms user``: accounts at the command line. A command is the outermost layer, so it commits itself."""

import sys

import click
from flask.cli import AppGroup
from flask_babel import gettext as _

from ..db import db
from ..errors import Invalid, NotFound
from ..libraries.services import find_library
from . import services
from .models import Person

user_group = AppGroup("user", help="Make accounts, give roles and set passwords.")


@user_group.command("add")
@click.argument("email")
@click.argument("name")
@click.option("--library", default="", help="The library that the person belongs to; a new name makes a new library.")
@click.option("--role", "roles", multiple=True, help="A role, such as admin; may be given more than once.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of inviting.")
def add(email: str, name: str, library: str, roles: tuple[str, ...], password_stdin: bool) -> None:
    """Make an account. Without a password the person is invited: the link is mailed and printed."""
    password = _read_password() if password_stdin else None
    person = services.create_person(name, email, library, password=password, roles=roles)
    link = None if password_stdin else services.invite(person)
    db.session.commit()
    click.echo(f"{person.email} has an account.")
    if link:
        click.echo(f"To choose a password: {link}")


@user_group.command("list")
def list_users() -> None:
    """List everybody: address, name, library, roles."""
    for person, roles in services.all_people():
        state = "closed" if not person.active else "" if person.password_hash else "invited"
        library = person.library.name if person.library else "-"
        click.echo("\t".join(filter(None, (person.email, person.name, library, ",".join(roles) or "-", state))))


@user_group.command("edit")
@click.argument("email")
@click.option("--name", help="The new name.")
@click.option("--email", "new_email", help="The new address; the old one gets a mail, and sessions and links end.")
@click.option("--library", help="The library that the person belongs to; an empty one means none.")
def edit(email: str, name: str | None, new_email: str | None, library: str | None) -> None:
    """Change somebody's name, address or library."""
    if name is None and new_email is None and library is None:
        raise click.UsageError("Say what changes: --name, --email or --library.")
    person = _person(email)
    old = {"name": person.name, "email": person.email, "library": person.library.name if person.library else ""}
    new = {"name": name, "email": new_email, "library": library}
    chosen = {key: old[key] if value is None else value for key, value in new.items()}
    changed = services.change_person(person, chosen["name"], chosen["email"], chosen["library"])
    db.session.commit()
    click.echo(f"{person.email} has another {', '.join(sorted(changed))}." if changed else "Nothing has changed.")


@user_group.command("role")
@click.argument("email")
@click.argument("role")
@click.option("--library", default="", help="For a role of a library: which; the person's own when left out.")
@click.option("--remove", is_flag=True, help="Take the role away.")
def role_command(email: str, role: str, library: str, remove: bool) -> None:
    """Give somebody a role, or take it away."""
    person = _person(email)
    scope = find_library(library) if library else person.library
    if library and scope is None:
        raise NotFound(_("Er is geen bibliotheek met de naam %(name)s.", name=library))
    (services.revoke if remove else services.grant)(person, role, scope)
    db.session.commit()
    click.echo(f"{person.email} {'no longer has' if remove else 'has'} the role {role}.")


@user_group.command("password")
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
def password_command(email: str, password_stdin: bool) -> None:
    """Set somebody's password; ends all their sessions."""
    person = _person(email)
    db.session.rollback()  # no lock while somebody types
    if password_stdin:
        password = _read_password()
    else:
        password = click.prompt("New password", hide_input=True, confirmation_prompt=True)
    services.set_password(person, password)
    db.session.commit()
    click.echo(f"{person.email} has a new password.")


def _person(email: str) -> Person:
    person = services.find_person(email)
    if person is None:
        raise NotFound(_("Er is geen account met het adres %(email)s.", email=email))
    return person


def _read_password() -> str:
    try:
        return sys.stdin.buffer.read(10_000).decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise Invalid(_("Dit wachtwoord is geen leesbare tekst."), "new") from None
