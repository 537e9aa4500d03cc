"""The example that editors copy from docs/redactie.md is right, and the document knows every key."""

import re
from pathlib import Path

import pytest

from lms.courses import content, pages

DOCS = Path(__file__).resolve().parents[3] / "docs" / "redactie.md"
FILE = re.compile(r"^\*\*`(?P<name>[^`]+)`\*\*\n\n```\w+\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def example(tmp_path):
    folder = tmp_path / "leesclub"
    for found in FILE.finditer(DOCS.read_text(encoding="utf-8")):
        file = folder / found["name"]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(found["text"], encoding="utf-8")
    return folder


def test_the_example_is_right_and_loads(lms_command, example):
    promised = "Een leesclub beginnen: geen fouten, 2 modules, 3 onderdelen\n"
    assert lms_command("course", "check", example).stdout == promised
    assert promised in DOCS.read_text(encoding="utf-8")
    assert lms_command("course", "load", example).stdout == "Een leesclub beginnen: 8 toegevoegd\n"


def test_the_finding_in_the_docs_is_what_one_gets(lms_command, example):
    lesson = example / "1-voorbereiden" / "wie-leest-er-mee.md"
    lesson.write_text(lesson.read_text().replace("minutes: 40", 'minutes: "40"'))
    [finding] = [line for line in lms_command("course", "check", example).stdout.splitlines() if "minutes" in line]
    assert finding.removeprefix(f"{example.parent}/") in DOCS.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("keys", ["COURSE_KEYS", "DAY_KEYS", "MODULE_KEYS", "ACTIVITY_KEYS", "DUE_KEYS", "STEP_KEYS"])
def test_every_key_is_explained(keys):
    words = set(re.findall(r"\w+", DOCS.read_text(encoding="utf-8")))
    assert set(getattr(content, keys)) <= words


def test_every_kind_and_key_of_a_page_is_explained():
    words = set(re.findall(r"\w+", DOCS.read_text(encoding="utf-8")))
    assert {*pages.KEYS, *pages.KINDS, *pages.ORIENTATIONS} <= words
