"""What every text of the course promises its readers: parts, length, sources, plain language, days that add up.

How it reads aloud no test sees: a text is also read by somebody who did not write it.
"""

import re
import tomllib
from datetime import datetime
from pathlib import Path

import pytest

from . import language

CONTENT = Path(__file__).resolve().parents[2] / "plugins" / "course_cl" / "content"
COURSE = tomllib.loads((CONTENT / "course.toml").read_text(encoding="utf-8"))
FILES = [CONTENT / module["folder"] / f"{slug}.md" for module in COURSE["modules"] for slug in module["activities"]]
TEXTS = {file.stem: file.read_text(encoding="utf-8") for file in FILES}
LESSONS = [slug for slug, text in TEXTS.items() if "type: core.lesson" in text]
ASSIGNMENTS = [slug for slug in TEXTS if slug.startswith("opdracht-")]
PAGES = {file.stem: file.read_text(encoding="utf-8") for file in sorted((CONTENT / "paginas").glob("*.md"))}
DAYS = range(1, 5)
FIXED = ["Toepassen in uw bibliotheek", "Weet u het nog?", "Meenemen", "Bronnen"]
IN_A_PART = ("Doel.", "Zeggen en vragen.", "Materiaal.", "Gaat vaak mis.")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_PART = re.compile(r"^## (\d\d\.\d\d) (.+?) \((\d+) minuten\)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\| (\d\d\.\d\d) \| (.+?) \|$", re.MULTILINE)
_SAID_ALOUD = re.compile(
    r"\b(?:in de wereld van|duik(?:en)? in|krachtig(?:e)? (?:tool|middel)|naar een hoger niveau|aan de slag gaan met|"
    r"holistisch|synergie|leverage|impactvol|op een unieke wijze|het is belangrijk om te (?:weten|beseffen))\b",
    re.IGNORECASE,
)


def test_there_are_as_many_as_the_programme_says():
    assert (len(LESSONS), len(ASSIGNMENTS)) == (24, 4)


@pytest.mark.parametrize("slug", LESSONS)
def test_a_lesson_ends_with_the_fixed_parts_after_a_road_of_its_own(slug):
    parts = language.sections(TEXTS[slug])
    assert list(parts)[-4:] == FIXED
    own = list(parts)[1:-4]
    assert len(own) >= 2, "the model and the example have their own headings"
    assert "?" in parts[""], "it opens with a question from practice"


def test_no_two_lessons_have_the_same_road():
    roads = [tuple(language.sections(TEXTS[slug]))[1:-4] for slug in LESSONS]
    assert len(set(roads)) == len(roads)


@pytest.mark.parametrize("slug", LESSONS)
def test_a_lesson_is_500_to_900_words(slug):
    assert 500 <= language.words(TEXTS[slug]) <= 900


@pytest.mark.parametrize("slug", LESSONS)
def test_the_exercise_tells_its_time_and_its_assignment(slug):
    exercise = language.sections(TEXTS[slug])["Toepassen in uw bibliotheek"]
    time = re.match(r"\s*Tijd: (\d+) minuten\b", exercise)
    assert time and int(time[1]) < int(re.search(r"^minutes: (\d+)$", TEXTS[slug], re.MULTILINE)[1])
    assert re.search(r"\]\((?:\.\./[\w-]+/)?opdracht-\d[\w-]+\.md", exercise)


@pytest.mark.parametrize("slug", LESSONS)
def test_two_or_three_questions_each_with_its_answer_and_reason(slug):
    asked = language.sections(TEXTS[slug])["Weet u het nog?"]
    questions = re.findall(r"^\*\*\d\. .+\?\*\*$", asked, re.MULTILINE)
    answers = re.findall(r"^::: antwoord\n(.+?)^:::$", asked, re.MULTILINE | re.DOTALL)
    assert len(questions) == len(answers) and len(answers) in (2, 3)
    assert all(len(answer.split()) >= 15 for answer in answers), "an answer gives its reason"


@pytest.mark.parametrize("slug", LESSONS)
def test_at_least_two_dated_sources(slug):
    sources = re.findall(r"^- (.+)$", language.sections(TEXTS[slug])["Bronnen"], re.MULTILINE)
    assert sum(bool(_YEAR.search(re.sub(r"\(https?:\S+\)", "", source))) for source in sources) >= 2


@pytest.mark.parametrize("slug", [*TEXTS, *PAGES])
def test_the_language_is_plain(slug):
    text = TEXTS.get(slug) or PAGES[slug]
    figures = language.figures(text)
    assert figures.easy, f"{figures.average:.1f} words a sentence; long: {figures.long}"
    assert not _SAID_ALOUD.findall(text)
    assert not re.search(r"\b(?:je|jij|jou|jouw|jullie)\b", _ours(text), re.IGNORECASE), "the reader is «u»"


def test_the_course_has_ten_drawings_or_more():
    drawn = {
        name for text in [*TEXTS.values(), *PAGES.values()] for name in re.findall(r"tekeningen/([\w-]+)\.svg", text)
    }
    assert len(drawn) >= 10
    assert drawn == {file.stem for file in (CONTENT / "tekeningen").glob("*.svg")}


def test_every_term_that_a_lesson_links_to_is_explained_and_every_explanation_is_used():
    explained = {_anchor(term) for term in list(language.sections(PAGES["begrippen"]))[1:]}
    used = {
        anchor for text in [*TEXTS.values(), *PAGES.values()] for anchor in re.findall(r"begrippen\.md#([\w-]+)", text)
    }
    assert used == explained
    assert len(explained) >= 30
    terms = [_anchor(term) for term in list(language.sections(PAGES["begrippen"]))[1:]]
    assert terms == sorted(terms)


@pytest.mark.parametrize("day", DAYS)
def test_a_day_runs_from_half_past_nine_to_half_past_four(day):
    parts = _PART.findall(PAGES[f"draaiboek-dag-{day}"])
    begins = [datetime.strptime(time, "%H.%M") for time, *_rest in parts]
    ends = [*begins[1:], datetime.strptime("16.30", "%H.%M")]
    assert parts[0][0] == "09.30"
    assert [int(minutes) for _time, _title, minutes, _text in parts] == [
        (end - begin).seconds // 60 for begin, end in zip(begins, ends, strict=True)
    ]


@pytest.mark.parametrize("day", DAYS)
def test_participants_and_trainers_have_the_same_times(day):
    shown = _ROW.findall(PAGES[f"dag-{day}"])
    assert shown[-1] == ("16.30", "Einde")
    assert [time for time, _what in shown[:-1]] == [part[0] for part in _PART.findall(PAGES[f"draaiboek-dag-{day}"])]


@pytest.mark.parametrize("day", DAYS)
def test_a_trainer_reads_of_each_part_what_it_is_for_and_what_goes_wrong(day):
    parts = [part for part in _PART.findall(PAGES[f"draaiboek-dag-{day}"]) if part[1] not in {"Pauze", "Lunch"}]
    assert len(parts) >= 6
    for _time, title, _minutes, text in parts:
        assert list(re.findall(r"^\*\*(.+?)\*\*", text, re.MULTILINE))[:4] == list(IN_A_PART), title
    with_work = [title for _time, title, _minutes, text in parts if "**Ingeleverd werk.**" in text]
    assert len(with_work) >= (1 if day == 1 else 4)


@pytest.mark.parametrize("slug", ASSIGNMENTS)
def test_an_assignment_tells_all_that_a_participant_asks(slug):
    parts, day = language.sections(TEXTS[slug]), min(int(slug[9]) + 1, 4)
    assert list(parts)[1:] == [
        "Waar u het voor doet",
        "Wat u doet",
        "Hoe een goed antwoord eruitziet",
        "Een voorbeeld uit Bibliotheek Waterdorp",
        "Hoe uw trainer kijkt",
        "Waar collega's op letten",
        f"Wat we er op lesdag {day} mee doen",
    ]
    steps = re.findall(r"week: (\d+), minutes: (\d+)", TEXTS[slug])
    assert re.findall(r"^### Week (\d+): .+ \((\d+) minuten\)$", parts["Wat u doet"], re.MULTILINE) == steps
    for task in re.split(r"^### ", parts["Wat u doet"], flags=re.MULTILINE)[1:]:
        whole, *each = map(int, re.findall(r"\((\d+) minuten\)", task))
        assert sum(each) == whole, task
    assert re.search("verzonnen|bestaat niet", parts["Een voorbeeld uit Bibliotheek Waterdorp"])
    assert "nog niet, voldoende of goed" in parts["Hoe uw trainer kijkt"]
    assert not re.search(r"^[-|]", parts["Hoe uw trainer kijkt"], re.MULTILINE), "the page tells the criteria"
    assert re.search(r"\]\(feedback-bij-opdracht-\d\.md\)", parts["Waar collega's op letten"])


def _ours(text):
    """What we say to the reader: no addresses, titles of sources, quotations, or what a made-up colleague filled in."""
    said = re.sub(r"\]\(\S+?[\s)]", "] ", language.body(text)).partition("## Bronnen")[0]
    return re.sub(r"‘[^’]*’|“[^”]*”|^[>|].*$", "", said, flags=re.MULTILINE)


def _anchor(title):
    return re.sub(r"[^\w\s-]", "", title.strip().lower()).replace(" ", "-")
