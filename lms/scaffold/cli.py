"""``lms plugin``: for developers."""

from pathlib import Path

import click

from .. import config
from .services import write_plugin


@click.group("plugin")
def plugin() -> None:
    """Make a plugin (for developers; see docs/plugins.md)."""


@plugin.command("new")
@click.argument("name")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=config.ROOT,
    help="The checkout to write in; this one when left out.",
)
def new(name: str, folder: Path) -> None:
    """Write a small plugin in plugins/NAME with its tests in tests/NAME: a page, a menu item, an activity type, a
    table with its migration."""
    for path in write_plugin(name, folder):
        click.echo(f"  {path.relative_to(folder)}")
    click.echo(f"Next: .venv/bin/pytest tests/{name}, then lms upgrade to make its table.")
