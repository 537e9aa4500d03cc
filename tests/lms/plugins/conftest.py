"""A copy of this checkout, in which a test may write plugins and run commands as a developer would."""

import compileall
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
NOT_COPIED = shutil.ignore_patterns(".*")


@dataclass(frozen=True)
class Checkout:
    """A copied checkout; ``.venv`` in it is the one that runs this test."""

    root: Path

    def run(self, command, **settings):
        """Do one line of a shell here; ``settings`` are added to the environment."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("LMS_", "PYTEST_"))}
        environment |= {
            # Before the path of the editable install, which leads to the checkout that this is a copy of.
            "PYTHONPATH": str(self.root),
            "PYTHONDONTWRITEBYTECODE": "1",
            "LMS_INSTANCE": str(self.root / "instance"),
            "LMS_SECRET_KEY": "only-for-tests",
            **settings,
        }
        return subprocess.run(
            command, shell=True, cwd=self.root, env=environment, capture_output=True, text=True, check=False
        )


@pytest.fixture(scope="session")
def compiled():
    """The byte code of the checkout, which copies take along: else each command there would compile everything."""
    for folder in ("lms", "plugins"):
        assert compileall.compile_dir(ROOT / folder, quiet=1)


@pytest.fixture
def checkout(tmp_path, compiled):
    root = tmp_path / "checkout"
    for folder in ("lms", "templates", "plugins"):
        shutil.copytree(ROOT / folder, root / folder, ignore=NOT_COPIED)
    (root / "tests").mkdir()
    for name in ("pyproject.toml", "wsgi.py", "tests/conftest.py"):
        shutil.copy(ROOT / name, root / name)
    (root / ".venv").symlink_to(sys.prefix)
    return Checkout(root)
