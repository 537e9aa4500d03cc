"""What cannot be upgraded is told in one sentence, before anything is touched."""

import pytest
from sqlalchemy import text

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
