"""``lms course check`` names file and line of everything that is wrong, and never ends in a traceback."""

import os

import pytest

TOML = "course.toml"
LESSON = "1-beginnen/eerste-les.md"
ASSIGNMENT = "1-beginnen/opdracht.md"
QUIZ = "2-eindigen/vragen.md"


@pytest.fixture
def check(lms_command, text):
    """Runs the command; gives the exit code and the lines about the files, relative to the folder."""

    def check():
        result = lms_command("course", "check", text.folder)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.stdout.replace(f"{text.folder}/", "").splitlines()

    return check


def test_a_right_course_is_one_line(check):
    assert check() == (0, ["Proefcursus: geen fouten, 2 modules, 3 onderdelen"])


# file, what stands there, what comes there, the words of the line that is named (None: the new text), the sentence
WRONG = {
    "toml syntax": (TOML, 'title = "Proefcursus"', 'title = "Proefcursus', None, "geen goede TOML"),
    "yaml syntax": (LESSON, "title: De eerste les", "title: Les: het begin", None, "geen goede YAML"),
    "yaml quote that never closes": (LESSON, "title: De", 'title: "De', None, "geen goede YAML"),
    "yaml anchor": (LESSON, "title: De eerste les", "title: &a De eerste les", None, "verwijzing"),
    "yaml alias": (LESSON, "title: De eerste les", "title: *a", None, "verwijzing"),
    "yaml tag": (LESSON, "title: De eerste les", "title: !!python/name:os.system x", None, "uitroepteken"),
    "yaml impossible character": (LESSON, "title: De eerste les", 'title: "\\UFFFFFFFF"', None, "geen goede YAML"),
    "yaml control character": (LESSON, "title: De eerste les", 'title: "a\\0b"', None, "geen tekst"),
    "yaml half character": (LESSON, "title: De eerste les", 'title: "\\uD800"', None, "geen tekst"),
    "yaml key twice": (LESSON, "week: 1", "week: 1\nweek: 2", "week: 2", "twee keer"),
    "yaml key that is a list": (LESSON, "week: 1", "week: 1\n? [a]\n: b", "? [a]", "sleutel"),
    "yaml too deep": (LESSON, "week: 1", "week: " + "[" * 40 + "]" * 40, None, "te veel lijsten"),
    "yaml without keys": (LESSON, "week: 1\n", "", "type: ", "week ontbreekt"),
    "toml control character": (TOML, '"Iedereen."', '"a\\u0000b"', None, "geen tekst"),
    "toml too deep": (TOML, '"Iedereen."', "[" * 40 + "]" * 40, None, "te veel lijsten"),
    "no title": (TOML, 'title = "Proefcursus"\n', "", "slug = ", "title ontbreekt"),
    "unknown key in the course": (TOML, "licence =", "license =", None, "Bedoelt u licence?"),
    "unknown key in a day": (TOML, 'theme = "Eind"', 'thema = "Eind"', None, "Mogelijk zijn: number, week, theme"),
    "unknown key in a module": (
        TOML,
        'title = "Eindigen"',
        'title = "Eindigen"\ncolour = "red"',
        "colour",
        "bestaat niet",
    ),
    "unknown key in a lesson": (LESSON, "aim: ", "doel: ", None, "Mogelijk zijn: type, title, week"),
    "unknown key in a step": (ASSIGNMENT, "    minutes: 40", "    minuten: 40", None, "Bedoelt u minutes?"),
    "unknown key in due": (ASSIGNMENT, "days: -3", "offset: -3", None, "Mogelijk zijn: day, days"),
    "a step that is text": (
        ASSIGNMENT,
        "  - title: Lever in\n    week: 2\n    minutes: 40",
        "  - Lever in",
        None,
        "sleutels",
    ),
    "title is a number": (LESSON, "title: De eerste les", "title: 1984", None, "aanhalingstekens"),
    "title is empty": (LESSON, "title: De eerste les", "title: ''", None, "leeg"),
    "title has no value": (LESSON, "title: De eerste les", "title:", None, "geen waarde"),
    "title too long": (LESSON, "title: De eerste les", f"title: {'a' * 201}", None, "200 tekens"),
    "minutes in words": (LESSON, "minutes: 45", "minutes: drie kwartier", None, "heel getal"),
    "no minutes": (LESSON, "minutes: 45\n", "", "type: ", "minutes ontbreekt"),
    "zero minutes": (LESSON, "minutes: 45", "minutes: 0", None, "tussen 1 en 6000"),
    "minutes yes": (LESSON, "minutes: 45", "minutes: true", None, "heel getal"),
    "minutes beside steps": (ASSIGNMENT, "number: 1", "number: 1\nminutes: 9", "minutes: 9", "bij de stappen"),
    "steps that are no list": (
        ASSIGNMENT,
        "purpose: U oefent.\nsteps:",
        "purpose: U oefent.\nsteps: 3\nrest:",
        "steps: 3",
        "lijst",
    ),
    "hours are one number": (TOML, "hours_per_week = [1, 2]", "hours_per_week = [2]", None, "2 hele getallen"),
    "hours the wrong way round": (TOML, "hours_per_week = [1, 2]", "hours_per_week = [2, 1]", None, "kleinste"),
    "slug with a capital": (TOML, 'slug = "proef"', 'slug = "Proef"', None, "kleine letters"),
    "slug that climbs out": (TOML, 'folder = "1-beginnen"', 'folder = "../1-beginnen"', None, "kleine letters"),
    "activity that climbs out": (TOML, '  "eerste-les",', '  "../eerste-les",', None, "kleine letters"),
    "activity that is a number": (TOML, '  "eerste-les",\n', "  7,\n", "activities = [\n", "kleine letters"),
    "module twice": (
        TOML,
        'slug = "eindigen"',
        'slug = "beginnen"',
        '[[modules]]\nslug = "beginnen"\ntitle = "Ei',
        "regel 19",
    ),
    "activity twice": (TOML, '  "opdracht",', '  "opdracht",\n  "eerste-les",', '\n  "eerste-les",\n]', "regel 25"),
    "activity with the name of an address": (TOML, '["vragen"]', '["vragen", "materiaal"]', None, "al in de adressen"),
    "listed file is missing": (
        TOML,
        '  "opdracht",',
        '  "opdracht",\n  "tweede-les",',
        "tweede-les",
        "1-beginnen/tweede-les.md",
    ),
    "week after the end": (LESSON, "week: 1", "week: 3", None, "duurt tot week 2"),
    "step after the end": (ASSIGNMENT, "    week: 2", "    week: 9", "  - title: Lever in", "duurt tot week 2"),
    "due at a day that is not there": (ASSIGNMENT, "{day: 2, days: -3}", "{day: 5}", None, "Lesdag 5 bestaat niet"),
    "due without a day": (ASSIGNMENT, "{day: 2, days: -3}", "{days: -3}", None, "day ontbreekt"),
    "module at a day that is not there": (TOML, "day = 2", "day = 5", '[[modules]]\nslug = "eindigen"', "Lesdag 5"),
    "days not in order": (TOML, "week = 2", "week = 1", "[[days]]\nnumber = 2", "oplopen"),
    "days not counted": (TOML, "number = 2", "number = 3", "[[days]]\nnumber = 3", "nummer de lesdagen"),
    "week without a task": (ASSIGNMENT, "    week: 2", "    week: 1", "[[days]]\nnumber = 2", "Week 2 heeft geen taak"),
    "week with two tasks": (
        ASSIGNMENT,
        "    week: 2",
        "    week: 1",
        "  - title: Lever in",
        "heeft al een taak: ‘Begin’",
    ),
    "heading of the first level": (LESSON, "## Kop", "# Kop", None, "begint met ##"),
    "heading underlined": (LESSON, "## Kop", "Kop\n===", "Kop", "begint met ##"),
    "heading too deep at once": (LESSON, "## Kop", "### Kop", None, "slaat een niveau over"),
    "link to a file that is not there": (
        LESSON,
        "2-eindigen/vragen.md",
        "2-eindigen/antwoorden.md",
        None,
        "‘antwoorden’",
    ),
    "link to a name that is not there": (ASSIGNMENT, "(eerste-les)", "(tweede-les#kop)", None, "‘tweede-les’"),
    "what the type finds": (QUIZ, "questions: 3", "questions: 0", None, "Stel ten minste één vraag."),
    "what the type stumbles over": (QUIZ, "questions: 3\n", "", "type: toy.quiz", "kan deze gegevens niet lezen"),
    "no fence at the top": (LESSON, "---\ntype", "type", "type", "begint niet met een regel ---"),
    "no second fence": (LESSON, "een les is.\n---", "een les is.\n", "---", "tweede regel ---"),
}


@pytest.mark.parametrize(("file", "old", "new", "where", "sentence"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_named_with_its_line(check, text, file, old, new, where, sentence):
    text.edit(file, old, new)
    where = new if where is None else where
    # A finding may lie in another file than the change: the one that holds the words.
    for name in (file, TOML):
        whole = (text.folder / name).read_text()
        if where in whole:
            line = whole[: whole.index(where) + (1 if where.startswith("\n") else 0)].count("\n") + 1
            break
    code, lines = check()
    assert code == 1
    assert any(found.startswith(f"{name}:{line}: ") and sentence in found for found in lines), (name, line, lines)


@pytest.mark.parametrize(
    ("content", "line", "sentence"),
    [
        (b"", 1, "leeg"),
        (b" \n\n", 1, "leeg"),
        (b"---\ntype: x\ntitle: caf\xe9\n---\n", 3, "UTF-8"),
        ("---\ntitle: a\n---\n".encode("utf-16"), 1, "UTF-8"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", 1, "UTF-8"),
        (b"---\n---\n\nTekst\x00\n", 4, "geen tekst"),
        (b"---\n---\nTekst\n", 2, "Hier horen regels"),
        (b"---\n- a\n- b\n---\nTekst\n", 2, "Hier horen regels"),
        (b"---\n{}\n---\nTekst\n", 2, "Dit blok is leeg"),
        (b"---\ntitle: a\n...\n%YAML 1.1\n---\nTekst\n", 4, "YAML"),
        (b"---\n" + b"a" * 1_000_001, 1, "1 MB"),
    ],
)
@pytest.mark.parametrize("file", [TOML, LESSON])
def test_a_file_that_cannot_be_read(check, text, file, content, line, sentence):
    (text.folder / file).write_bytes(content)
    code, lines = check()
    assert code == 1
    if file == LESSON:
        assert any(found.startswith(f"{file}:{line}: ") and sentence in found for found in lines), lines
    else:
        assert all(found.startswith(f"{file}:") for found in lines) and lines


def test_line_ends_and_marks_of_other_systems_are_fine(check, text):
    for file in (TOML, LESSON):
        path = text.folder / file
        path.write_bytes(b"\xef\xbb\xbf" + path.read_text().replace("\n", "\r\n").encode())
    assert check()[0] == 0


def test_lines_are_right_with_other_line_ends(check, text):
    text.edit(LESSON, "minutes: 45", "minutes: veel")
    path = text.folder / LESSON
    path.write_bytes(path.read_text().replace("\n", "\r\n").encode())
    assert any(line.startswith(f"{LESSON}:5: ") for line in check()[1])


def test_a_file_that_nobody_listed(check, text):
    text.write("1-beginnen/vergeten.md", "Tekst")
    text.write("notities/ook.md", "Tekst")
    text.write(".git/niet.md", "Tekst")
    text.write("1-beginnen/plaatje.svg", "<svg/>")
    code, lines = check()
    assert code == 1
    assert [line.split(": ")[0] for line in lines] == ["1-beginnen/vergeten.md:1", "notities/ook.md:1"]


def test_a_file_with_an_unprintable_name(check, text):
    os.close(os.open(os.fsencode(text.folder) + b"/\xff\x1b[31m.md", os.O_CREAT | os.O_WRONLY))
    code, lines = check()
    assert code == 1
    assert lines[0].startswith("?\ufffd[31m.md:1: ")


def test_a_type_whose_plugin_is_off_is_a_warning(check, text):
    text.edit(QUIZ, "type: toy.quiz", "type: other.quiz")
    code, lines = check()
    assert code == 0
    assert lines[0].startswith(f"{QUIZ}:2: Let op: Het type ‘other.quiz’ is hier niet beschikbaar.")
    assert lines[1] == "Proefcursus: geen fouten, 2 modules, 3 onderdelen, 1 waarschuwing"


def test_a_week_that_asks_too_much_is_a_warning(check, text):
    text.edit(LESSON, "minutes: 45", "minutes: 200")
    code, lines = check()
    assert code == 0
    line = text.line(TOML, "hours_per_week")
    assert lines[0] == f"{TOML}:{line}: Let op: Week 1 vraagt 3 uur en 50 minuten. Afgesproken is 1 tot 2 uur."


def test_a_text_still_to_write_is_a_warning(check, text):
    text.edit(QUIZ, "Drie vragen.", "")
    code, lines = check()
    assert (code, lines[0].split(": ")[0]) == (0, f"{QUIZ}:8")


def test_everything_wrong_is_said_at_once(check, text):
    text.edit(LESSON, "minutes: 45", "minutes: veel")
    text.edit(QUIZ, "questions: 3", "questions: -1")
    text.edit(TOML, 'licence = "CC BY 4.0"', "licence = 4")
    code, lines = check()
    assert code == 1
    assert [line.split(":")[0] for line in lines] == [LESSON, QUIZ, TOML]


@pytest.mark.parametrize("name", ["nergens", "course.toml", ""])
def test_a_folder_that_is_none(lms_command, text, name):
    folder = text.folder / name if name else text.folder.parent
    for command in ("check", "load"):
        result = lms_command("course", command, folder)
        assert result.exit_code == 1
        assert isinstance(result.exception, SystemExit)
        assert ":1: " in result.output


def test_links_with_an_address_of_their_own_are_left_alone(check, text):
    links = "[a](https://example.org/x.md) [b](mailto:a@example.org) [c](/begrippen) [d](#kop) <https://example.org>"
    text.edit(LESSON, "Tekst van de les.", links)
    assert check()[0] == 0


def test_what_looks_like_a_heading_or_a_link_in_code_is_code(check, text):
    text.edit(LESSON, "Tekst van de les.", "```\n# geen kop\n[x](nergens)\n```")
    assert check()[0] == 0


def test_words_that_yaml_reads_as_something_else_are_text(app, text):
    from lms.courses.checks import check_folder

    text.edit(QUIZ, "questions: 3", "questions: 3\nanswer: nee\nday: 2026-01-01\nlong: 12345678901234567890\npart: 0.5")
    course, report = check_folder(text.folder)
    assert not report.findings
    assert course.activities[2].settings == {
        "questions": 3, "answer": "nee", "day": "2026-01-01", "long": "12345678901234567890", "part": 0.5,
    }  # fmt: skip
