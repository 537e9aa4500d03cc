"""A small course as text that is right, to be spoiled one thing at a time."""

from pathlib import Path

import pytest

from lms.plugins import ActivityType, Plugin

COURSE = """\
slug = "proef"
title = "Proefcursus"
summary = "Een kleine cursus."
result = "U kunt iets."
audience = "Iedereen."
hours_per_week = [1, 2]
licence = "CC BY 4.0"

[[days]]
number = 1
week = 1
theme = "Begin"

[[days]]
number = 2
week = 2
theme = "Eind"

[[modules]]
slug = "beginnen"
title = "Beginnen"
day = 1
folder = "1-beginnen"
activities = [
  "eerste-les",
  "opdracht",
]

[[modules]]
slug = "eindigen"
title = "Eindigen"
day = 2
folder = "2-eindigen"
activities = ["vragen"]
"""
LESSON = """\
---
type: core.lesson
title: De eerste les
week: 1
minutes: 45
aim: Na deze les weet u wat een les is.
---

Lees eerst de [vragen](../2-eindigen/vragen.md).

## Kop

Tekst van de les.
"""
ASSIGNMENT = """\
---
type: core.assignment
title: De opdracht
number: 1
week: 1
due: {day: 2, days: -3}
purpose: U oefent.
steps:
  - {title: "Begin", week: 1, minutes: 30, text: "Doe iets."}
  - title: Lever in
    week: 2
    minutes: 40
rubric:
  - {slug: a, title: A, levels: {nog_niet: "Nee.", voldoende: "Ja.", goed: "Heel goed."}}
  - {slug: b, title: B, levels: {nog_niet: "Nee.", voldoende: "Ja.", goed: "Heel goed."}}
  - {slug: c, title: C, levels: {nog_niet: "Nee.", voldoende: "Ja.", goed: "Heel goed."}}
  - {slug: d, title: D, levels: {nog_niet: "Nee.", voldoende: "Ja.", goed: "Heel goed."}}
---

## Wat u doet

Lees [de les](eerste-les).
"""
QUIZ = """\
---
type: toy.quiz
title: Vragen
week: 2
minutes: 30
questions: 3
---

Drie vragen.
"""


class Quiz(ActivityType):
    """A type of somebody else, with a setting that it checks."""

    key, title = "toy.quiz", "Vragen"

    def view(self, visit):
        return f"{visit.activity.settings['questions']} vragen"

    def check(self, settings):
        if settings["questions"] < 1:  # stumbles when there is no such setting
            yield "questions", "Stel ten minste één vraag."


toy = Plugin(name="toy", package="toy", title="Speelgoed", activity_types=(Quiz,))


class Text:
    """The files of the course; ``edit`` changes one of them, ``line`` says where something stands."""

    TOML = "course.toml"
    LESSON = "1-beginnen/eerste-les.md"
    ASSIGNMENT = "1-beginnen/opdracht.md"
    QUIZ = "2-eindigen/vragen.md"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, text in (
            (self.TOML, COURSE),
            (self.LESSON, LESSON),
            (self.ASSIGNMENT, ASSIGNMENT),
            (self.QUIZ, QUIZ),
        ):
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.folder / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        self.write(name, text.replace(old, new))

    def line(self, name: str, text: str) -> int:
        lines = (self.folder / name).read_text(encoding="utf-8").split("\n")
        return next(number for number, line in enumerate(lines, 1) if text in line)


@pytest.fixture
def text(tmp_path):
    return Text(tmp_path / "proef")


@pytest.fixture
def app(make_app):
    app = make_app(plugins=[toy])
    with app.app_context():
        yield app
