"""``lms course``: check a course as text, and bring it into the site."""

from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import gettext as _
from flask_babel import ngettext

from .. import migrate
from ..db import db
from .checks import check_folder
from .loader import load_folder

course = AppGroup("course", help="Check and load a course that is written as text (see docs/redactie.md).")
folder_argument = click.argument("folder", type=click.Path(path_type=Path))


@course.command("check")
@folder_argument
def check(folder: Path) -> None:
    """Name file and line of everything that is wrong with the course in FOLDER. Changes nothing."""
    text, report = check_folder(folder)
    for line in report.lines():
        click.echo(line)
    errors, warnings = len(report.errors), len(report.warnings)
    if text is None or errors:
        raise click.ClickException(ngettext("%(num)d fout", "%(num)d fouten", errors))
    click.echo(
        _("%(title)s: geen fouten, %(modules)s, %(activities)s", title=text.title,
          modules=ngettext("%(num)d module", "%(num)d modules", len(text.modules)),
          activities=ngettext("%(num)d onderdeel", "%(num)d onderdelen", len(text.activities)))
        + (", " + ngettext("%(num)d waarschuwing", "%(num)d waarschuwingen", warnings) if warnings else "")
    )  # fmt: skip


@course.command("load")
@folder_argument
def load(folder: Path) -> None:
    """Bring the course in FOLDER into the site: adds and changes by slug, archives what is gone, deletes nothing."""
    if migrate.is_new() or migrate.pending():
        raise click.ClickException(_("De tabellen van deze site zijn niet bij. Geef eerst: lms upgrade"))
    result = load_folder(folder)
    db.session.commit()
    for warning in result.warnings:
        click.echo(str(warning))
    click.echo(result.summary())
