"""`lms plugin new` writes a plugin that works at once, or refuses with one sentence and writes nothing."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from lms.cli import main

ROOT = Path(__file__).resolve().parents[3]
LONGEST = "zelfhulpgroep_boek_2"


def files(root):
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if "cache" not in str(path))


@pytest.fixture
def small(tmp_path):
    """A checkout with next to nothing in it."""
    for folder in ("lms", "templates", "plugins/buren", "tests/agenda"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "lms/words.py").write_text('# the first line\nTEXT = "een Prikbord vol"\n')
    return tmp_path


def new(name, folder):
    return CliRunner().invoke(main, ["plugin", "new", name, "--folder", str(folder)])


@pytest.mark.slow
def test_a_new_plugin_works_at_once(checkout):
    names = ("hof", LONGEST)
    for name in names:
        done = new(name, checkout.root)
        assert done.exit_code == 0, done.output
        assert f"plugins/{name}/__init__.py" in done.output
    (checkout.root / "tests/lms").mkdir()
    for name in ("test_start.py", "test_boundaries.py"):
        shutil.copy(ROOT / "tests/lms" / name, checkout.root / "tests/lms" / name)
    both = " ".join(f"tests/{name}" for name in names)
    walls = "tests/lms/test_boundaries.py::test_plugins_come_in_by_the_one_door tests/lms/test_start.py"
    done = checkout.run(f".venv/bin/python -m pytest -q {both} {walls}")
    assert done.returncode == 0, done.stdout + done.stderr
    both += "".join(f" plugins/{name}" for name in names)
    for check in (f"ruff check {both}", f"ruff format --check {both}"):
        done = checkout.run(f".venv/bin/{check}")
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_the_types_are_right(small):
    assert new("uk", small).exit_code == 0
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--follow-imports=silent", small / "plugins/uk"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_without_the_option_it_writes_in_this_checkout():
    folder = next(param for param in main.commands["plugin"].commands["new"].params if param.name == "folder")
    assert folder.default == ROOT


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Prikborden", "use small letters"),
        ("2e", "use small letters"),
        ("_e", "use small letters"),
        ("prik-bord", "use small letters"),
        ("prik bord", "use small letters"),
        ("../prik", "use small letters"),
        ("kaart\n", "use small letters"),
        ("", "use small letters"),
        ("é", "use small letters"),
        (LONGEST + "1", "at most 20"),
        ("core", "The core is called 'core'"),
        ("class", "a word of Python"),
        ("match", "a word of Python"),
        ("buren", "plugins/buren is there already"),
        ("agenda", "tests/agenda is there already"),
        ("burendag", "looks too much like the plugin 'buren'"),
        ("bure", "looks too much like the plugin 'buren'"),
        ("prikbord", "The core has 'prikbord' already, in lms/words.py, line 2"),
        ("words", "The core has 'words' already, in lms/words.py"),
    ],
)
def test_a_bad_name_is_refused_and_nothing_written(small, name, says):
    before = files(small)
    done = new(name, small)
    assert done.exit_code == 1
    assert says in done.output
    assert len(done.output.strip().splitlines()) == 1
    assert files(small) == before


def test_a_folder_that_is_no_checkout_is_refused(tmp_path):
    done = new("uk", tmp_path)
    assert done.exit_code == 1
    assert "has no folder plugins" in done.output
    assert files(tmp_path) == []


def test_a_write_that_fails_leaves_nothing_behind(small):
    (small / "tests/agenda").rmdir()
    (small / "tests").rmdir()
    (small / "tests").write_text("a file where the folder should be")
    before = files(small)
    done = new("uk", small)
    assert done.exit_code == 1
    assert done.output.startswith("Error: Nothing was written: ")
    assert files(small) == before
