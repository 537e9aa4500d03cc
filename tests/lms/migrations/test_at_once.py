"""Two processes that bring a site up to date at the same time: one waits for the other."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from lms import migrate

pytestmark = pytest.mark.slow  # processes of their own, which wait for each other

LMS = Path(sys.prefix) / "bin" / "lms"
WAITING = "Another process is bringing this site up to date; waiting for it …"


@pytest.fixture
def start(app):
    """``start("upgrade", environment)`` starts ``lms upgrade`` as a process of its own."""
    running = []

    def start(command, environment):
        process = subprocess.Popen(
            [LMS, *command.split()], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def environment(tmp_path, empty_database):
    """The environment of a site that nobody initialised yet."""
    folder = tmp_path / "new"
    folder.mkdir()
    return {
        "PATH": "/usr/bin:/bin",
        "LMS_INSTANCE": str(folder),
        "LMS_SECRET_KEY": "only-for-tests",
        "LMS_DATABASE_URL": empty_database(folder),
        "LMS_MAIL_URL": "memory:",
        "LMS_PLUGINS": "",  # the core alone takes half the time, and waits just as well
    }


def test_two_that_make_the_site(start, environment, make_app):
    both = [start("init", environment), start("init", environment)]
    said = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    app = make_app(SQLALCHEMY_DATABASE_URI=environment["LMS_DATABASE_URL"], PLUGINS=())
    with app.app_context():
        assert migrate.pending() == []
    once = start("init", environment)
    lines = once.communicate(timeout=120)[0]
    assert "tables of" not in lines
    assert sum("tables of core" in out for out, _ in said) == 1, "both made the tables"


@pytest.mark.parametrize("command", ["init", "restore"])
def test_the_second_waits_and_says_so(start, environment, make_app, lms_command, tmp_path, command):
    if command == "restore":
        backup = tmp_path / "site.zip"
        assert lms_command("backup", backup, site=make_app(PLUGINS=())).exit_code == 0
        command = f"restore {backup}"
    site = make_app(SQLALCHEMY_DATABASE_URI=environment["LMS_DATABASE_URL"], PLUGINS=())
    with site.app_context():
        with migrate.alone():
            second = start(command, environment)
            assert second.stderr.readline().strip() == WAITING
            time.sleep(0.5)
            assert second.poll() is None
            assert migrate.is_new(), "it did not wait"
        out, problem = second.communicate(timeout=120)
        assert second.returncode == 0, problem
        assert ("tables of core" if command == "init" else "Restored the backup") in out
        assert not migrate.is_new()
