"""``lms user export``, ``lms user remove`` and ``lms privacy``."""

import shutil
from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import gettext as _

from ..accounts.cli import user_group
from ..accounts.models import Person
from ..accounts.services import clean_email, find_person
from ..db import db, read_first, write_now
from ..errors import Invalid, NotFound
from . import services
from .sweep import sweep

privacy = AppGroup("privacy", help="How long personal data are kept.")


@user_group.command("export")
@click.argument("email")
@click.option(
    "--output", type=click.Path(path_type=Path), help="The file to write; persoonsgegevens.zip when left out."
)
def export_command(email: str, output: Path | None) -> None:
    """Write all that the site holds about somebody to a zip. A file that is there already is left alone."""
    read_first()  # no lock while many files are read
    person = _person(email)
    target = output or Path("persoonsgegevens.zip")
    with services.pack(person) as whole:
        try:
            with target.open("xb") as out:
                shutil.copyfileobj(whole, out)
        except FileExistsError:
            raise Invalid(_("%(file)s is er al. Kies een andere naam.", file=target)) from None
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise Invalid(_("We kunnen %(file)s niet schrijven: %(reason)s.", file=target, reason=reason)) from error
    write_now()
    services.note_export(_person(email))
    db.session.commit()
    click.echo(f"Written: {target}")


@user_group.command("remove")
@click.argument("email")
@click.option("--yes", is_flag=True, help="Do not ask for the address once more.")
def remove_command(email: str, yes: bool) -> None:
    """Remove somebody and what is theirs; shows beforehand what goes and what stays. Cannot be undone."""
    read_first()  # no lock while somebody reads and types
    person = _person(email)
    found = services.overview(person)
    click.echo(f"{person.name} <{person.email}>")
    for title, tallies in (("This goes:", found.goes), ("This stays, without the name:", found.stays)):
        if tallies:
            click.echo(title)
        for tally in tallies:
            click.echo(f"  {tally.count:>6}  {tally.label}")
    if not yes:
        typed = click.prompt("Type the address once more to remove all this")
        if clean_email(typed) != clean_email(email):
            raise Invalid(_("Dit is een ander adres. Er is niets verwijderd."))
    write_now()
    services.remove(_person(email))
    db.session.commit()
    click.echo("Removed. The worker removes the bytes of the files.")


@privacy.command("sweep")
@click.option("--dry-run", is_flag=True, help="Only count.")
def sweep_command(dry_run: bool) -> None:
    """Remove what is past its term: log entries, mails, attempts and finished jobs. The worker does so every day."""
    for name, count in sweep(dry_run=dry_run).items():
        click.echo(f"{count:>6}  {name}")
    db.session.commit()


def _person(email: str) -> Person:
    person = find_person(email)
    if person is None:
        raise NotFound(_("Er is geen account met het adres %(email)s.", email=email))
    return person
