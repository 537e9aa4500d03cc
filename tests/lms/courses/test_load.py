"""``lms course load``: adds and changes by slug, archives and never deletes, keeps everybody's progress."""

import pytest
from sqlalchemy import func, select

from lms.api import Activity, Course, Enrolment, db, progress
from lms.assignments.models import Draft
from lms.courses.loader import ContentError, load_folder
from lms.courses.models import CourseDay, Module, Step
from lms.runs.models import Run, RunDay

TOML = "course.toml"
LESSON = "1-beginnen/eerste-les.md"
ASSIGNMENT = "1-beginnen/opdracht.md"
QUIZ = "2-eindigen/vragen.md"


@pytest.fixture
def load(lms_command, text):
    """Runs the command, which has to succeed; gives its last line."""

    def load():
        result = lms_command("course", "load", text.folder)
        assert result.exit_code == 0, result.output
        return result.stdout.splitlines()[-1]

    return load


def course():
    return db.session.scalars(select(Course).where(Course.slug == "proef")).one()


def activity(slug):
    found = select(Activity).join(Course, Activity.course_id == Course.id)
    return db.session.scalars(found.where(Course.slug == "proef", Activity.slug == slug)).one()


def test_a_course_comes_in_whole(app, text, load):
    assert load() == "Proefcursus: 8 toegevoegd"
    loaded = course()
    assert (loaded.title, loaded.result, loaded.hours_low, loaded.hours_high) == ("Proefcursus", "U kunt iets.", 1, 2)
    assert [(day.number, day.week, day.theme) for day in loaded.days] == [(1, 1, "Begin"), (2, 2, "Eind")]
    assert [(m.slug, m.position, m.day_number) for m in loaded.modules] == [("beginnen", 1, 1), ("eindigen", 2, 2)]
    lesson = activity("eerste-les")
    assert (lesson.type, lesson.week, lesson.minutes, lesson.position) == ("core.lesson", 1, 45, 1)
    assert lesson.settings == {}
    assert '<h2 id="kop">Kop</h2>' in lesson.body_html
    task = activity("opdracht")
    assert (task.due_day, task.due_offset, task.minutes) == (2, -3, 0)
    assert [(s.position, s.week, s.minutes, s.title) for s in task.steps] == [
        (1, 1, 30, "Begin"),
        (2, 2, 40, "Lever in"),
    ]
    assert set(task.settings) == {"number", "purpose", "rubric"}
    assert task.settings["rubric"][0]["levels"]["goed"] == "Heel goed."
    assert activity("vragen").settings == {"questions": 3}


def test_links_to_files_lead_to_pages(app, load):
    load()
    assert '<a href="vragen">vragen</a>' in activity("eerste-les").body_html
    assert '<a href="eerste-les">de les</a>' in activity("opdracht").body_html


def test_a_second_load_changes_nothing(app, load, queries):
    load()
    with queries() as seen:
        assert load() == "Proefcursus: niets veranderd"
    assert [q for q in seen if q.startswith(("INSERT", "UPDATE", "DELETE"))] == []


def test_queries_do_not_grow_with_the_course(app, text, load, queries):
    load()
    with queries() as few:
        load()
    slugs = [f"les-{number}" for number in range(30)]
    for slug in slugs:
        text.write(f"2-eindigen/{slug}.md", (text.folder / QUIZ).read_text().replace("minutes: 30", "minutes: 1"))
    text.edit(TOML, 'activities = ["vragen"]', f"activities = {['vragen', *slugs]}")
    load()
    with queries() as many:
        load()
    assert len(many) == len(few)


def test_a_wrong_course_is_refused_whole(app, text, load, lms_command):
    load()
    text.edit(LESSON, "title: De eerste les", "title: De nieuwe les")
    text.edit(ASSIGNMENT, "minutes: 40", "minutes: veel")
    result = lms_command("course", "load", text.folder)
    assert result.exit_code == 1
    assert f"{ASSIGNMENT}:{text.line(ASSIGNMENT, 'veel')}: " in result.output
    assert activity("eerste-les").title == "De eerste les"
    with pytest.raises(ContentError, match="Er is niets geladen"):
        load_folder(text.folder)


def test_a_site_without_tables_is_told_so(text, lms_command, make_app, tmp_path):
    folder = tmp_path / "empty"
    folder.mkdir()
    result = lms_command("course", "load", text.folder, site=make_app(INSTANCE=folder))
    assert result.exit_code == 1
    assert "lms upgrade" in result.output
    assert isinstance(result.exception, SystemExit)


def test_warnings_are_said_and_do_not_stop(app, text, load, lms_command):
    text.edit(QUIZ, "type: toy.quiz", "type: other.quiz")
    result = lms_command("course", "load", text.folder)
    assert result.exit_code == 0
    assert "Let op: Het type ‘other.quiz’" in result.stdout
    assert activity("vragen").settings == {"questions": 3}


def test_what_changes_keeps_its_row(app, text, load):
    load()
    ids = {slug: activity(slug).id for slug in ("eerste-les", "opdracht", "vragen")}
    steps = [step.id for step in activity("opdracht").steps]
    html = activity("opdracht").body_html
    text.edit(LESSON, "Tekst van de les.", "Betere tekst.")
    text.edit(LESSON, "minutes: 45", "minutes: 50")
    text.edit(ASSIGNMENT, "title: Lever in", "title: Lever het in")
    text.edit(QUIZ, "questions: 3", "questions: 4")
    text.edit(TOML, 'theme = "Eind"', 'theme = "Slot"')
    assert load() == "Proefcursus: 4 gewijzigd"
    assert {slug: activity(slug).id for slug in ids} == ids
    assert [step.id for step in activity("opdracht").steps] == steps
    assert [step.title for step in activity("opdracht").steps] == ["Begin", "Lever het in"]
    assert "<p>Betere tekst.</p>" in activity("eerste-les").body_html
    assert activity("eerste-les").minutes == 50
    assert activity("opdracht").body_html == html
    assert activity("vragen").settings == {"questions": 4}
    assert course().days[1].theme == "Slot"


def test_an_activity_can_move_and_change_places(app, text, load):
    load()
    was = activity("vragen").id
    (text.folder / QUIZ).rename(text.folder / "1-beginnen/vragen.md")
    text.edit(LESSON, "../2-eindigen/vragen.md", "vragen.md")
    text.edit(TOML, '  "eerste-les",\n  "opdracht",\n', '  "vragen",\n  "eerste-les",\n  "opdracht",\n')
    whole = (text.folder / TOML).read_text()
    text.write(TOML, whole[: whole.index('[[modules]]\nslug = "eindigen"')])
    assert load() == "Proefcursus: 3 gewijzigd, 1 gearchiveerd"
    moved = activity("vragen")
    assert (moved.id, moved.position, moved.module.slug, moved.archived_at) == (was, 1, "beginnen", None)
    assert activity("opdracht").position == 3
    assert next(m for m in course().modules if m.slug == "eindigen").archived_at is not None


def test_what_is_gone_is_archived_and_what_comes_back_is_restored(app, text, load, make):
    load()
    run = make.run(course())
    [person] = make.people(run)
    lesson = activity("eerste-les")
    progress.complete(lesson, person, run)
    db.session.add(Draft(enrolment_id=enrolment(run, person).id, activity_id=lesson.id, text="Mijn concept"))
    counts = {model: count(model) for model in (Activity, Module, CourseDay, Step)}

    lesson_text = (text.folder / LESSON).read_text()
    (text.folder / LESSON).unlink()
    text.edit(TOML, '  "eerste-les",\n', "")
    text.edit(ASSIGNMENT, "[de les](eerste-les)", "de les")
    assert load() == "Proefcursus: 1 gewijzigd, 1 gearchiveerd"
    assert activity("eerste-les").archived_at is not None
    assert load() == "Proefcursus: niets veranderd"
    assert {model: count(model) for model in counts} == counts

    text.write(LESSON, lesson_text)
    text.edit(TOML, "activities = [\n", 'activities = [\n  "eerste-les",\n')
    assert "1 teruggezet" in load()
    assert activity("eerste-les").archived_at is None
    state = progress.of_enrolment(enrolment(run, person))[activity("eerste-les").id]
    assert (state.state, state.completed_at is not None) == ("done", True)
    assert db.session.scalars(select(Draft)).one().text == "Mijn concept"


def test_a_step_that_goes_leaves_the_others(app, text, load):
    load()
    first = activity("opdracht").steps[0].id
    text.edit(ASSIGNMENT, "  - title: Lever in\n    week: 2\n    minutes: 40\n", "")
    text.edit(TOML, '[[days]]\nnumber = 2\nweek = 2\ntheme = "Eind"\n', "")
    text.edit(TOML, "day = 2\n", "day = 1\n")
    text.edit(ASSIGNMENT, "{day: 2, days: -3}", "{day: 1, days: 3}")
    text.edit(QUIZ, "week: 2", "week: 1")
    load()
    assert [step.id for step in activity("opdracht").steps] == [first]
    assert [day.number for day in course().days] == [1]


def test_a_day_that_a_run_has_stays(app, text, load, make):
    load()
    make.run(course())
    text.edit(ASSIGNMENT, "  - title: Lever in\n    week: 2\n    minutes: 40\n", "")
    text.edit(TOML, '[[days]]\nnumber = 2\nweek = 2\ntheme = "Eind"\n', "")
    text.edit(TOML, "day = 2\n", "day = 1\n")
    text.edit(ASSIGNMENT, "{day: 2, days: -3}", "{day: 1, days: 3}")
    text.edit(QUIZ, "week: 2", "week: 1")
    load()
    assert [(day.number, day.theme) for day in course().days] == [(1, "Begin"), (2, "Eind")]
    assert count(RunDay) == 4
    assert load() == "Proefcursus: niets veranderd"


def test_another_course_is_left_alone(app, text, load):
    load()
    text.edit(TOML, 'slug = "proef"', 'slug = "andere"')
    assert load() == "Proefcursus: 8 toegevoegd"
    assert course().archived_at is None
    assert activity("eerste-les").archived_at is None


def test_a_lesson_corrected_once_is_correct_in_every_run(app, text, load, make, sign_in):
    load()
    runs = [make.run(course()) for _ in range(2)]
    people = [make.people(run)[0] for run in runs]
    browsers = [sign_in(person) for person in people]
    pages = [f"/runs/{run.id}/eerste-les" for run in runs]
    for person, run in zip(people, runs, strict=True):
        progress.complete(activity("eerste-les"), person, run)
    assert all("Tekst van de les." in b.get(p).text for b, p in zip(browsers, pages, strict=True))

    text.edit(LESSON, "Tekst van de les.", "De tekst is nu goed.")
    load()

    for browser, page in zip(browsers, pages, strict=True):
        shown = browser.get(page).text
        assert "De tekst is nu goed." in shown
        assert "Tekst van de les." not in shown
    for person, run in zip(people, runs, strict=True):
        assert progress.of_enrolment(enrolment(run, person))[activity("eerste-les").id].completed_at is not None


def test_a_script_in_a_lesson_is_no_script(app, text, load):
    text.edit(LESSON, "Tekst van de les.", "<script>alert(1)</script> [x](javascript:alert(1))")
    load()
    assert "<script" not in activity("eerste-les").body_html
    assert 'href="javascript' not in activity("eerste-les").body_html


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def enrolment(run: Run, person):
    return db.session.scalars(select(Enrolment).filter_by(run_id=run.id, person_id=person.id)).one()
