"""``lms upgrade`` makes a backup before it changes tables."""

import shutil
from pathlib import Path

import pytest

from lms.db import db
from lms.plugins import Plugin
from lms.testing import Make

HISTORY = Path(__file__).parent / "zoo"
BACKENDS = ("sqlite", "postgresql")


@pytest.fixture
def make_old(make_site, tmp_path):
    """A site with a person, whose plugin has a newer version; and that version of the site."""

    def make_old(backend="sqlite"):
        folder = tmp_path / "zoo"
        folder.mkdir()
        shutil.copy(HISTORY / "zoo_0001_every_type.py", folder)
        plugin = Plugin(name="zoo", package="zoo", title="Zoo", migrations=folder)
        old = make_site(backend, [plugin])
        old.initialise()
        with old.app.app_context():
            Make().person("Anna")
            db.session.commit()
        newer = Plugin(name="zoo", package="zoo", title="Zoo", migrations=HISTORY)
        return old, make_site(plugins=[newer], beside=old)

    return make_old


def backups(site):
    return sorted((site.folder / "backups").glob("*"))


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_backup_before_tables_change(make_old, make_site, backend):
    old, new = make_old(backend)
    rows = old.rows()
    printed = new.run("upgrade")
    [made] = backups(new)
    assert made.name.startswith("before-2") and str(made) in printed and "tables of zoo" in printed
    assert (new.folder / "backups").stat().st_mode & 0o777 == 0o700
    # The way back: the old version, an empty place, the backup.
    back = make_site(plugins=[old.app.extensions["lms"].plugins[1]])
    back.run("restore", made)
    assert back.rows() == rows and back.revisions()["zoo"] == "zoo_0001"


def test_none_when_nothing_changes(make_old):
    old, _ = make_old()
    old.run("upgrade")
    assert backups(old) == []


def test_none_for_a_new_site(make_site):
    site = make_site()
    site.run("upgrade")
    assert backups(site) == []


def test_none_when_not_wanted(make_old):
    _, new = make_old()
    new.run("upgrade", "--no-backup")
    assert backups(new) == [] and new.revisions()["zoo"] == "zoo_0002"


def test_the_last_five_are_kept(make_old):
    _, new = make_old()
    folder = new.folder / "backups"
    folder.mkdir()
    for day in range(1, 8):
        (folder / f"before-2026010{day}-120000.zip").touch()
    (folder / "van-mij.zip").touch()
    new.run("upgrade")
    names = [path.name for path in backups(new)]
    assert len(names) == 6 and "van-mij.zip" in names
    assert "before-20260103-120000.zip" not in names and "before-20260104-120000.zip" in names


def test_no_upgrade_without_it(make_old):
    _, new = make_old()
    (new.folder / "backups").touch()  # a file where the folder must come
    printed = new.run("upgrade", code=1)
    assert "Nothing was upgraded" in printed and "--no-backup" in printed
    assert new.revisions()["zoo"] == "zoo_0001"
