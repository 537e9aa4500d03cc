"""``lms backup`` and ``lms restore``: the whole site in one file, and back."""

import time
from pathlib import Path

import click
from flask import current_app
from flask.cli import ScriptInfo, with_appcontext

from .. import config, migrate
from . import restoring, services
from .services import Made

PAUSE = 2.0  # seconds between two lines about how far it is
MEGABYTE = 1_000_000


class Progress:
    """Says from time to time how far it is, on standard error; a quick job says nothing."""

    def __init__(self) -> None:
        self._said = time.monotonic()

    def __call__(self, what: str, done: int, total: int) -> None:
        if time.monotonic() - self._said >= PAUSE:
            self._said = time.monotonic()
            click.echo(f"  {what}: {done} of {total}", err=True)


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Overwrite FILE if it is there.")
@click.option(
    "--with-secret",
    is_flag=True,
    help="Put the site's secret in too, so that sessions and invitations stay valid after a restore. Whoever has it "
    "can sign in as anybody: keep such a FILE where nobody else comes.",
)
@with_appcontext
def backup(file: Path, force: bool, with_secret: bool) -> None:
    """Write the whole site to FILE: all rows and all files, as they are at one moment. The site may be in use."""
    report(services.back_up(file, force=force, with_secret=with_secret, tell=Progress()))


def report(made: Made) -> None:
    """Say what a backup has in it, and on standard error what is not right."""
    for problem in made.problems:
        click.echo(f"Warning: {problem}", err=True)
    manifest = made.manifest
    secret = "with the secret" if manifest.secret else "without the secret"
    click.echo(
        f"{made.path}: {manifest.rows} rows of {len(manifest.tables)} tables, {len(manifest.files)} files, {secret}; "
        f"{made.size / MEGABYTE:.1f} MB."
    )


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--without", multiple=True, metavar="NAME", help="Leave out a plugin or a table; may be given again.")
@click.pass_context
def restore(ctx: click.Context, file: Path, without: tuple[str, ...]) -> None:
    """Put a backup back into an empty place: a new instance or database, in which nobody has an account."""
    config.ensure_instance()
    # Alone: else an upgrade could make tables in the place that we fill.
    with ctx.ensure_object(ScriptInfo).load_app().app_context(), migrate.alone(_wait):
        restored = restoring.restore(file, without=without, tell=Progress())
        (Path(current_app.config["INSTANCE"]) / config.UNFINISHED_DEMO).unlink(missing_ok=True)
    manifest = restored.manifest
    if manifest.missing:
        click.echo(f"Warning: {len(manifest.missing)} files were missing when the backup was made.", err=True)
    if restored.replaced:
        click.echo(f"Warning: {restored.replaced} texts had a NUL character, which became \ufffd.", err=True)
    if restored.off:
        click.echo(f"These plugins have their tables back and are switched off: {', '.join(restored.off)}.")
    if not restored.secret:
        click.echo(
            "This site has a secret of its own: everybody signs in again, and unused invitations must be sent anew."
        )
    click.echo(
        f"Restored the backup of {manifest.made_at}: {manifest.rows} rows of {len(manifest.tables)} tables and "
        f"{len(manifest.files)} files. Next: lms upgrade."
    )


def _wait(sentence: str) -> None:
    click.echo(sentence, err=True)
