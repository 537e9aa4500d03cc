"""The tutorial of docs/plugins.md works: this types over what it says, in a copy of the checkout."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[3] / "docs" / "plugins.md"
# A file is a block after «`plugins/…`:»; lines of a shell are in a block of `sh`. All other blocks are only shown.
BLOCK = re.compile(r"(?:`(?P<file>[\w./]+)`:\n\n)?```(?P<kind>\w+)\n(?P<text>.*?)```", re.DOTALL)
PROBE = """
def test_the_page_shows(make, sign_in):
    browser = sign_in(make.person())
    page = browser.get("/leeskring/").text
    assert "<h1>Leeskring</h1>" in page
    assert 'href="/leeskring/" aria-current="page"' in page


def test_the_course_check_knows_the_type(app):
    kind = app.extensions["lms"].activity_types["leeskring.meeting"]
    assert list(kind.check({})) == [("book", "Noem het boek.")]
    assert not list(kind.check({"book": "De avonden"}))
"""


def steps():
    """What the tutorial says, in order: ("write", path, text) and ("run", line, "")."""
    text = DOCS.read_text(encoding="utf-8")
    tutorial = text[text.index("## Ten minutes") : text.index("## The short way")]
    tutorial = tutorial.partition("\n")[2]
    for block in BLOCK.finditer(tutorial):
        if block["file"]:
            yield "write", block["file"], block["text"]
        elif block["kind"] == "sh":
            yield from (("run", line, "") for line in block["text"].splitlines())


@pytest.mark.slow
def test_the_tutorial_works(checkout):
    done = []
    for verb, what, text in steps():
        if verb == "write":
            (checkout.root / what).write_text(text, encoding="utf-8")
        else:
            result = checkout.run(what)
            assert result.returncode == 0, (what, result.stdout, result.stderr)
            done.append((what, result.stdout))
    lists = [output for line, output in done if line == ".venv/bin/lms plugins"]
    assert "leeskring: Leeskring (contract 1)" in lists[0]
    assert "activity types: leeskring.meeting" in lists[-1]
    tests = [output for line, output in done if "pytest" in line]
    assert ["2 passed" in tests[0], "4 passed" in tests[-1]] == [True, True]

    (checkout.root / "tests/leeskring/test_probe.py").write_text(PROBE)
    result = checkout.run(".venv/bin/python -m pytest -q tests/leeskring/test_probe.py")
    assert result.returncode == 0, result.stdout
    for check in ("ruff check", "ruff format --check"):
        result = checkout.run(f".venv/bin/{check} plugins/leeskring tests/leeskring/test_leeskring.py")
        assert result.returncode == 0, result.stdout


def test_the_tutorial_has_what_it_promises():
    written = [what for verb, what, _text in steps() if verb == "write"]
    assert {"plugins/leeskring/__init__.py", "plugins/leeskring/activity.py", "tests/leeskring/test_leeskring.py"} <= {
        *written
    }
    assert [line for verb, line, _text in steps() if verb == "run"].count(".venv/bin/lms plugins") == 2
