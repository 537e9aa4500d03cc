"""``lms files``: what lies in the file store, against what the site knows of it."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click
from flask.cli import AppGroup

from ..db import read_first
from ..trouble import first_line
from . import store, upkeep
from .upkeep import Comparison

MEGABYTE = 1_000_000
SHOWN = 20

group = AppGroup("files", help="Look after the bytes of the files that people added.")


@group.command("sweep")
@click.option("--dry-run", is_flag=True, help="Only tell what would be removed.")
@click.option("--force", is_flag=True, help="Go on when nothing that lies there belongs to this site.")
def sweep(dry_run: bool, force: bool) -> None:
    """Remove bytes that no row knows and that are older than a day; tell which rows have lost their bytes.

    Such bytes stay behind when a request is refused or cut off. Each site needs a place of its own: what another site
    keeps in the same place would be swept up too.
    """
    found = _compare()
    if found.is_suspect and not (dry_run or force):
        raise click.ClickException(
            f"None of the {found.stored} files in {store.place()} belongs to this site, so nothing was removed. "
            "Are LMS_FILES_URL and LMS_DATABASE_URL those of one site? If they are, repeat with --force."
        )
    if not dry_run:
        for loose in found.loose:
            with _explained():
                upkeep.remove(loose)
    size = sum(loose.size for loose in found.loose) / MEGABYTE
    click.echo(f"{len(found.loose)} files that no row knows {'would go' if dry_run else 'removed'}, {size:.1f} MB.")
    _list("would go" if dry_run else "removed", [loose.key for loose in found.loose])
    if found.young:
        click.echo(f"{len(found.young)} files without a row are younger than a day and stay.")
    _tell(found)


@group.command("check")
@click.option("--read", is_flag=True, help="Read every file and hold it against the hash in its row.")
def check(read: bool) -> None:
    """Try whether files can be stored and read, and hold rows and files against each other. 1 if something is wrong."""
    with _explained():
        upkeep.try_out()
    click.echo(f"{store.place()}: files can be stored and read.")
    found = _compare()
    click.echo(f"{found.rows} rows, {found.stored} files, {found.size / MEGABYTE:.1f} MB.")
    if found.loose:
        click.echo(f"{len(found.loose)} files that no row knows; lms files sweep removes them.")
    wrong = _tell(found)
    if read:
        with _explained():
            other = list(upkeep.changed())
        wrong += _list("is not what it was when it was added", other)
    sys.exit(1 if wrong else 0)


def _compare() -> Comparison:
    read_first()  # no lock while a bucket is listed
    with _explained():
        return upkeep.compare()


def _tell(found: Comparison) -> int:
    """Say what is wrong; returns how much that is."""
    if found.strange:
        example = found.strange[0].key
        click.echo(f"{len(found.strange)} files are none of Leerplein's and are left alone, such as {example}.")
    return _list("has lost its bytes", found.gone) + _list("has another size than it had", found.other)


def _list(what: str, items: Sequence[Any]) -> int:
    for item in items[:SHOWN]:
        click.echo(f"  {item}: {what}")
    if len(items) > SHOWN:
        click.echo(f"  and {len(items) - SHOWN} more")
    return len(items)


@contextmanager
def _explained() -> Iterator[None]:
    """Let the administrator hear what the store said, rather than the sentence for people at the screen."""
    try:
        yield
    except store.StoreError as error:
        raise click.ClickException(f"The file store {store.place()} refuses: {first_line(error)}") from error
