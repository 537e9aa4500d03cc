"""``lms kennisbank``: search, import and index again at the command line."""

import json
from pathlib import Path

import click
from flask import Blueprint
from flask_login import AnonymousUserMixin

from lms.api import Invalid, db

from .facets import Selection, Words
from .search import index
from .search.finding import Search
from .transfer import importing, sheets


class _Operator(AnonymousUserMixin):
    """Who works on the server reads what the network reads."""

    is_authenticated = True


def add_to(bp: Blueprint) -> None:
    """Give the blueprint its commands."""
    for command in (search, load, reindex):
        bp.cli.add_command(command)


@click.command("search")
@click.argument("words")
@click.option("--json", "as_json", is_flag=True, help="Print a list of {id, title, score, matched}.")
@click.option("--limit", default=20, type=click.IntRange(1, 1000), help="At most so many hits.")
def search(words: str, as_json: bool, limit: int) -> None:
    """Find entries by words, the best first."""
    selection = Selection.read(words, lambda _key: (), Words())
    asked = Search(selection, Words(), _Operator())
    hits = asked.page(0, limit).hits
    if as_json:
        found = [
            {
                "id": hit.entry.slug,
                "title": hit.entry.title,
                "score": hit.score,
                "matched": [{"asked": m.asked, "found": m.found, "field": m.field} for m in hit.matches],
            }
            for hit in hits
        ]
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for hit in hits:
        click.echo(f"{hit.entry.slug}  {hit.entry.title}  ({hit.score})")
    if not hits:
        meant = asked.suggestion()
        click.echo("Nothing found." + (f" Did you mean: {meant}?" if meant else ""), err=True)


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def load(file: Path) -> None:
    """Publish the actions of a JSON, CSV or XLSX FILE: all or nothing, and nothing the second time."""
    try:
        done = importing.load(sheets.read(file), file.name)
    except Invalid as error:
        db.session.rollback()
        raise click.ClickException(str(error)) from error
    db.session.commit()
    click.echo(f"{done.new} new, {done.changed} changed, {done.same} the same.")


@click.command("reindex")
def reindex() -> None:
    """Make the index of the search again."""
    number = index.reindex(lambda done: click.echo(f"  {done} …", err=True))
    db.session.commit()
    click.echo(f"{number} entries can be found.")
