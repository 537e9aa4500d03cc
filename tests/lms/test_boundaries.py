"""The walls of the house: who may import whom, and that the core never names a plugin.

import-linter holds the contracts of pyproject.toml. What would need a list there, which goes stale, is read
from the source here: a plugin comes in by the one door `lms.api`, and nothing under `lms/` or `templates/`
has heard of it.
"""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = sorted(
    folder.name for folder in (ROOT / "plugins").iterdir() if folder.is_dir() and folder.name[0] not in "._"
)
DOORS = frozenset({"lms.api"})
TEST_DOORS = DOORS | {"lms.testing"}
IMPORTERS = frozenset({"import_module", "__import__", "find_spec", "run_module"})
TEXTS = frozenset({".py", ".html", ".js", ".css"})


def is_behind(name, doors):
    """Tell whether a dotted name is a part of lms that lies outside the doors."""
    return (name == "lms" or name.startswith("lms.")) and not any(
        name == door or name.startswith(door + ".") for door in doors
    )


def imported(source):
    """Yield (line, dotted name) for all that a source imports, also inside functions and by a string."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                # `from lms.api import X` is one step into a door; `from lms import X` is the module lms.X
                yield node.lineno, f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if called in IMPORTERS and isinstance(node.args[0].value, str):
                yield node.lineno, node.args[0].value


def trespasses(source, doors):
    return [f"line {line}: {name}" for line, name in imported(source) if is_behind(name, doors)]


def plugin_sources():
    """The Python files of the plugins with the doors that each may use; tests may also use lms.testing."""
    for path in sorted((ROOT / "plugins").rglob("*.py")):
        yield path, TEST_DOORS if "tests" in path.relative_to(ROOT).parts else DOORS
    for name in PLUGINS:
        for path in sorted((ROOT / "tests" / name).rglob("*.py")):
            yield path, TEST_DOORS


def namings(path_text, text, names):
    """Where a path or a text names one of the plugins, in whatever case or spelling."""
    pattern = re.compile("|".join(re.escape(name).replace("_", "[-_ ]?") for name in names), re.IGNORECASE)
    found = [f"{path_text}: its name"] if pattern.search(path_text) else []
    lines = enumerate(text.splitlines(), 1)
    return found + [f"{path_text}:{number}: {hit[0]}" for number, line in lines for hit in pattern.finditer(line)]


def test_there_are_plugins_to_look_at():
    assert PLUGINS, "plugins/ is empty, so the tests below would prove nothing"


def test_plugins_come_in_by_the_one_door():
    wrong = [
        f"{path.relative_to(ROOT)} {trespass}"
        for path, doors in plugin_sources()
        for trespass in trespasses(path.read_text(encoding="utf-8"), doors)
    ]
    assert not wrong, "Plugins may import lms.api only (their tests lms.testing too):\n" + "\n".join(wrong)


@pytest.mark.skipif(not PLUGINS, reason="no plugin yet")
def test_the_core_has_never_heard_of_a_plugin():
    wrong = []
    for folder in ("lms", "templates"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix in TEXTS:
                text = path.read_text(encoding="utf-8", errors="replace")
                wrong += namings(str(path.relative_to(ROOT)), text, PLUGINS)
    assert not wrong, "The core names a plugin:\n" + "\n".join(wrong)


def test_import_contracts():
    lint_imports = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [lint_imports, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


# --- the tests above would be worth nothing if these did not hold ---------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "import lms",
        "import lms.db",
        "import lms.apis",
        "from lms import db",
        "from lms import *",
        "from lms.db import Base",
        "from lms.runs.services import start",
        "from lms.testing import person",
        "def late():\n    from lms import create_app",
        "import importlib\nimportlib.import_module('lms.runs.models')",
        "from importlib import import_module\nimport_module('lms.db')",
        "__import__('lms.db')",
    ],
)
def test_a_trespass_is_seen(source):
    assert trespasses(source, DOORS)


@pytest.mark.parametrize(
    "source",
    [
        "import lms.api",
        "from lms import api",
        "from lms.api import db, requires",
        "from . import services",
        "from .models import Entry",
        "import lmstools",
        "text = 'lms.db is not imported'",
    ],
)
def test_the_door_is_open(source):
    assert not trespasses(source, DOORS)


def test_tests_may_use_the_shared_fixtures():
    assert not trespasses("from lms.testing import person", TEST_DOORS)
    assert trespasses("from lms.db import Base", TEST_DOORS)


@pytest.mark.parametrize("text", ["my_plugin", "MY_PLUGIN", "url_for('my_plugin.index')", ".my-plugin {}", "MyPlugin"])
def test_a_naming_is_seen(text):
    assert namings("lms/x.py", "first\n" + text, ["my_plugin"]) == [
        f"lms/x.py:2: {re.search('my.?plugin', text, re.IGNORECASE)[0]}"
    ]


def test_a_naming_in_a_path_is_seen():
    assert namings("templates/my_plugin/index.html", "", ["my_plugin", "other"])
    assert not namings("templates/base.html", "a plug-in of mine", ["my_plugin", "other"])
