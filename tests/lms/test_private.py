"""What a site keeps is for nobody else on the computer."""

import os
import stat
import subprocess
import sys

import pytest

from lms import config


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def open_umask():
    old = os.umask(0o022)
    yield
    os.umask(old)


def test_a_new_instance_is_for_its_owner(tmp_path, open_umask):
    folder = config.ensure_instance({"LMS_INSTANCE": str(tmp_path / "site")})
    assert mode(folder) == 0o700
    assert mode(folder / "secret") == 0o600


@pytest.mark.parametrize(("before", "after"), [(0o755, 0o700), (0o777, 0o700), (0o750, 0o750), (0o1777, 0o1777)])
def test_a_folder_that_was_there(tmp_path, before, after):
    folder = tmp_path / "site"
    folder.mkdir()
    folder.chmod(before)
    config.ensure_instance({"LMS_INSTANCE": str(folder)})
    assert mode(folder) == after


def test_the_files_that_a_command_makes(tmp_path, open_umask):
    folder = tmp_path / "site"
    env = {**os.environ, "LMS_INSTANCE": str(folder), "LMS_PLUGINS": ""}
    for name in ("LMS_DATABASE_URL", "LMS_SECRET_KEY"):
        env.pop(name, None)
    code = "from lms.cli import main; main(['init'])"
    subprocess.run([sys.executable, "-c", code], env=env, cwd=config.ROOT, check=True, capture_output=True)
    made = {path.name: mode(path) for path in folder.iterdir()}
    assert made["leerplein.sqlite"] == 0o600
    assert set(made.values()) == {0o600}
