"""``lms``: everything an administrator does at the command line. Each feature brings its own commands."""

import json
import sys
from dataclasses import fields
from typing import Any

import click
from flask import Flask
from flask.cli import FlaskGroup, NoAppException
from sqlalchemy.exc import OperationalError, ProgrammingError

from . import config, create_app, migrate, trouble
from .accounts.cli import user_group
from .backup import cli as backups
from .backup.services import before_upgrade
from .courses import cli as courses
from .db import db
from .demo.services import load as load_demo
from .errors import ConfigError, ContractError, LmsError
from .files.cli import group as files_group
from .jobs import worker
from .notifications.cli import mail_group
from .peer.cli import group as peer_group
from .plugins import Offer, Plugin
from .privacy.cli import privacy as privacy_group
from .registry import registry
from .runs import cli as runs
from .scaffold.cli import plugin as plugin_group
from .setup import load_reference_data


class NotStartedError(NoAppException):
    """The app cannot start; ``lms --help`` says so above the commands that it knows without it."""

    exit_code = 1
    show = click.ClickException.show  # the sentence alone, without the usage of the command


def _app(*_args: Any) -> Flask:
    config.keep_private()
    try:
        return create_app()
    except (ConfigError, ContractError) as error:
        # One sentence, no traceback: it says what to change.
        raise NotStartedError(str(error)) from error


def _why_not(error: Exception) -> str | None:
    """What is wrong with the database as a whole; None when it is there and has tables."""
    try:
        with _app().app_context():
            return "This site has no tables yet: run `lms init` first." if migrate.is_new() else None
    except OperationalError:
        return f"The database cannot be reached: {str(error).splitlines()[0]}"


class Commands(FlaskGroup):
    """Errors that carry a sentence are shown as that sentence, with exit code 1."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        # Flask's options choose and debug an app; ours is known, and its settings come from the environment.
        self.params = [param for param in self.params if param.name not in {"env_file", "app", "debug"}]

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (LmsError, ConfigError, ContractError) as error:
            raise click.ClickException(str(error)) from error
        except (OperationalError, ProgrammingError) as error:
            sentence = _why_not(error) or str(trouble.refusal(error) or "")
            if not sentence:
                raise
            raise click.ClickException(sentence) from error


@click.group(
    cls=Commands,
    create_app=_app,
    add_default_commands=False,
    add_version_option=False,
    load_dotenv=False,
    set_debug_flag=False,
    help="Leerplein: run and maintain a site. Settings come from the environment (LMS_INSTANCE, LMS_DATABASE_URL, …).",
)
def main() -> None:
    pass


@main.command(with_appcontext=False)
def init() -> None:
    """Make an empty site: instance folder, secret, tables, vocabularies and courses. Asks nothing, harms nothing."""
    folder = config.ensure_instance()
    app = _app()
    with app.app_context(), migrate.alone(_wait):
        _bring_up_to_date()
    click.echo(f"The site is ready in {folder}. Next: lms user add, then lms run add.")


@main.command(with_appcontext=False)
def demo() -> None:
    """Make an empty site into a demo with made-up people; everything or nothing. Does nothing when it is one."""
    # The mark outlives a process that is killed half-way: such a site still counts as new.
    unfinished = config.ensure_instance() / config.UNFINISHED_DEMO
    app = _app()
    with app.app_context(), migrate.alone(_wait):
        if migrate.is_new():
            unfinished.touch()
        _bring_up_to_date()
        loaded = load_demo()
        db.session.commit()
        unfinished.unlink(missing_ok=True)
    click.echo("The demo is ready." if loaded else "This site is a demo already.")


@main.command()
@click.option("--no-backup", is_flag=True, help="Make no backup before tables change.")
def upgrade(no_backup: bool) -> None:
    """Bring tables, vocabularies and courses up to date with this version and these plugins.

    Before tables change, the site is backed up into the folder backups of the instance, which keeps the last five.
    """
    with migrate.alone(_wait):
        migrate.check()  # before a backup that would be of no use
        made = None if no_backup else before_upgrade(backups.Progress())
        if made:
            backups.report(made)
        try:
            _bring_up_to_date()
        except migrate.MigrationError as error:
            if made is None:
                raise
            raise click.ClickException(f"{error} The backup of just now is {made.path}.") from error
    click.echo("Up to date.")


def _wait(sentence: str) -> None:
    click.echo(sentence, err=True)


def _bring_up_to_date() -> None:
    for name in migrate.upgrade():
        click.echo(f"  tables of {name}")
    for line in load_reference_data():
        click.echo(f"  {line}")
    db.session.commit()


@main.command(with_appcontext=False)
@click.option("--new", is_flag=True, help="Print nothing; exit with 0 when the database is new, with 1 when it is not.")
def status(new: bool) -> None:
    """Tell whether the site has a database and whether its tables are up to date."""
    config.ensure_instance()
    with _app().app_context():
        is_new = migrate.is_new() or (config.instance_folder() / config.UNFINISHED_DEMO).exists()
        if new:
            sys.exit(0 if is_new else 1)
        behind = [] if is_new else migrate.pending()
        click.echo("new" if is_new else f"behind: {', '.join(behind)}" if behind else "up to date")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects instead of text.")
def plugins(as_json: bool) -> None:
    """List each plugin with what it adds to the site."""
    nouns = [field.name for field in fields(Plugin) if field.default == () and field.name != "requires"]
    listed: list[dict[str, Any]] = [
        {"name": p.name, "title": str(p.title), "api": p.api, "requires": list(p.requires)}
        | {noun: [_name(item) for item in getattr(p, noun)] for noun in nouns}
        for p in registry().plugins
    ]
    if as_json:
        click.echo(json.dumps(listed, ensure_ascii=False, indent=1))
        return
    for plugin in listed:
        click.echo(f"{plugin['name']}: {plugin['title']} (contract {plugin['api']})")
        for noun in ("requires", *nouns):
            if plugin[noun]:
                click.echo(f"  {noun.replace('_', ' ')}: {', '.join(plugin[noun])}")


def _name(item: Any) -> str:
    if isinstance(item, Offer) and item.key not in registry().offers:
        return f"{item.key} (dormant: nobody hands out {item.exchange})"
    for attribute in ("key", "name", "kind", "endpoint", "user", "event", "label"):
        value = getattr(item, attribute, None)
        if value:
            return str(value)
    place = getattr(item, "folder", None) or getattr(item, "file", None)
    return place.name if place else item.load.__module__


@main.command("migration")
@click.argument("plugin_name", metavar="PLUGIN")
@click.argument("message")
def migration(plugin_name: str, message: str) -> None:
    """Write the migration that brings the tables of PLUGIN to its models (for developers)."""
    plugin = next((p for p in registry().plugins if p.name == plugin_name), None)
    if plugin is None or plugin.migrations is None:
        raise click.ClickException(f"There is no plugin {plugin_name!r} with a folder for migrations.")
    made = migrate.new_revision(plugin, message)
    click.echo(str(made) if made else "Models and tables are equal; nothing written.")


main.add_command(backups.backup)
main.add_command(backups.restore)
main.add_command(courses.course)
main.add_command(files_group)
main.add_command(runs.run)
main.add_command(runs.runs)
main.add_command(worker.command)
main.add_command(worker.jobs_command)
main.add_command(peer_group)
main.add_command(plugin_group)
main.add_command(user_group)
main.add_command(mail_group)
main.add_command(privacy_group)
