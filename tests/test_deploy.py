"""The units for systemd, as systemd itself reads them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[1] / "deploy"
INSTALLED = "/opt/leerplein/.venv"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_takes_the_units(tmp_path):
    for unit in [*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")]:
        # It wants to see the programs: ours are those of the tests.
        (tmp_path / unit.name).write_text(unit.read_text().replace(INSTALLED, sys.prefix))
    units = sorted(path.name for path in tmp_path.iterdir())
    assert units == [
        "leerplein-backup.service", "leerplein-backup.timer", "leerplein-web.service", "leerplein-worker.service"
    ]  # fmt: skip
    command = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *units]
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout + found.stderr) == (0, "")


def test_the_example_names_settings_that_exist():
    """A setting that nothing reads would be believed to work."""
    text = (DEPLOY / "leerplein.env.example").read_text()
    names = [line.lstrip("# ").partition("=")[0] for line in text.splitlines() if "=" in line and " " not in line[2:]]
    root = DEPLOY.parent
    read = "".join(path.read_text() for path in [root / "lms/config.py", root / "gunicorn.conf.py"])
    assert len(names) >= 10
    assert [name for name in names if f'"{name}"' not in read] == []
