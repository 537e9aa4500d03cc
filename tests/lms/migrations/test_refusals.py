"""What cannot be upgraded is told in one sentence, before anything is touched."""

import pytest
from sqlalchemy import NullPool, create_engine, text

from lms import migrate
from lms.db import db
from lms.errors import ConfigError
from lms.registry import registry


def test_a_migration_that_needs_a_newer_core(lms_command, site):
    before = site.state()
    site.write("toy", 2, 'op.execute("DELETE FROM toy_note")', needs_core=f"core_{site.next:04d}")
    done = lms_command("upgrade", site=site.app)
    assert done.exit_code == 1
    assert done.output == (
        f"Error: Migration 'toy_0002' needs 'core_{site.next:04d}' of the core, which this version does not have; "
        "take a newer version of Leerplein, or an older one of the plugin 'toy'.\n"
    )
    assert site.state() == before
    site.write("core", site.next, "pass")
    assert lms_command("upgrade", "--no-backup", site=site.app).exit_code == 0
    assert migrate.pending() == []


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ('raise KeyError("colour")', "KeyError: 'colour'"),
        ('op.add_column("toy_note", sa.Column("colour", sa.Text()))\nop.execute("nonsense")', "nonsense"),
    ],
    ids=["of Python", "of the database after work"],
)
def test_a_migration_that_fails_says_what_it_left_and_where_the_backup_is(lms_command, site, caplog, body, cause):
    before = site.state()
    site.write("toy", 2, body)
    done = lms_command("upgrade", site=site.app)
    assert done.exit_code == 1
    [backup] = site.app.config["INSTANCE"].glob("backups/before-*.zip")
    *_, last = done.stderr.splitlines()
    assert last.startswith("Error: Migration 'toy_0002' of 'toy' failed: ") and cause in last
    assert last.endswith(f". Nothing has changed. The backup of just now is {backup}.")
    assert caplog.records[-1].exc_info, "its maker wants the traceback"
    assert site.state() == before
    alone = lms_command("upgrade", "--no-backup", site=site.app)
    assert alone.exit_code == 1 and alone.stderr.endswith(". Nothing has changed.\n")


def test_a_migration_that_is_no_python(lms_command, site):
    before = site.state()
    site.write("toy", 2, "this is no Python")
    done = lms_command("upgrade", site=site.app)
    assert done.exit_code == 1
    assert done.output.startswith("Error: The migrations of 'toy' cannot be read: SyntaxError: ")
    assert done.output.count("\n") == 1
    assert site.state() == before


def test_a_need_that_was_met_long_ago_is_not_asked_again(site):
    site.write("toy", 1, "pass", needs_core="core_9999")
    assert migrate.upgrade() == []


@pytest.mark.parametrize("name", ["core", "toy"])
def test_tables_that_a_newer_version_made(lms_command, site, name):
    db.session.execute(text(f"UPDATE {name}_schema_version SET version_num = '{name}_9999'"))
    db.session.commit()
    before = site.state()
    done = lms_command("upgrade", site=site.app)
    assert done.exit_code == 1
    assert done.output == (
        f"Error: The tables of '{name}' are at {name}_9999, which this version does not know: a newer version made "
        "them. Take that version, or restore a backup from before.\n"
    )
    assert site.state() == before
    assert not list(site.app.config["INSTANCE"].glob("backups/*")), "a backup would be of no use"
    with pytest.raises(ConfigError):
        migrate.upgrade()


def test_a_plugin_that_is_off_is_left_alone(site):
    site.write("toy", 2, 'op.drop_table("toy_note")')
    site.app.extensions["lms"].plugins = tuple(p for p in registry().plugins if p.name != "toy")
    site.write("core", site.next, "pass")
    assert migrate.upgrade() == ["core"]
    assert "toy_note" in site.rows()


def test_every_migration_of_a_plugin_names_the_core_it_needs(app):
    core = {step.revision for step in migrate.history(registry().plugins[0])}
    assert core
    for plugin in registry().plugins[1:]:
        if plugin.migrations is not None:
            for step in migrate.history(plugin):
                assert getattr(step.module, "needs_core", None) in core, step.path


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1", "UTF8"])
def test_a_database_that_does_not_fit_our_words_is_refused(app, lms_command, make_app, encoding):
    """As createdb makes it on a machine that was set up without a language."""
    if db.engine.dialect.name == "sqlite":
        pytest.skip("a file of SQLite always fits")
    db.session.rollback()
    url = db.engine.url.set(database=f"{db.engine.url.database}_{encoding.lower()}")
    with create_engine(db.engine.url, isolation_level="AUTOCOMMIT", poolclass=NullPool).connect() as connection:
        how = f"ENCODING '{encoding}' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0"
        connection.execute(text(f'CREATE DATABASE "{url.database}" {how}'))
        try:
            site = make_app(SQLALCHEMY_DATABASE_URI=url.render_as_string(hide_password=False))
            done = lms_command("upgrade", site=site)
            with site.app_context():
                assert migrate.is_new()
                db.engine.dispose()
        finally:
            connection.execute(text(f'DROP DATABASE "{url.database}" WITH (FORCE)'))
    assert done.exit_code == 1
    assert done.output.startswith(f"Error: The database '{url.database}' does not fit: it has the encoding {encoding}")
    assert "createdb --encoding=UTF8" in done.output
    assert done.output.count("\n") == 1
