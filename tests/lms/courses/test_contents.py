"""What a course holds is kept in each process, and a change shows at once in all of them."""

import pytest
from sqlalchemy import select

from lms.api import Course, db, load_run
from lms.courses.contents import contents_of
from lms.courses.models import Activity, CourseDay, Module, Step
from lms.runs.outline import Outline

LESSON = "1-beginnen/eerste-les.md"


@pytest.fixture
def course(lms_command, text):
    assert lms_command("course", "load", text.folder).exit_code == 0
    return db.session.scalars(select(Course).where(Course.slug == "proef")).one()


def newest(kind):
    """A row of the course that was loaded last."""
    return db.session.scalars(select(kind).order_by(kind.id.desc())).first()


@pytest.fixture
def browsers(app, make, make_app, sign_in, course):
    """The same participant at two processes on one database, and the address of the course page."""
    run = make.run(course)
    (person,) = make.people(run)
    here = sign_in(person)
    with here.session_transaction() as session:
        signed = dict(session)
    elsewhere = make_app(SQLALCHEMY_DATABASE_URI=app.config["SQLALCHEMY_DATABASE_URI"]).test_client()
    with elsewhere.session_transaction() as session:
        session.update(signed)
    return (here, elsewhere), f"/runs/{run.id}/"


def test_a_changed_course_shows_in_every_process_at_once(browsers, lms_command, text):
    both, address = browsers
    assert all("De eerste les" in browser.get(address).text for browser in both)
    text.edit(LESSON, "title: De eerste les", "title: Een betere les")
    text.edit("course.toml", 'theme = "Eind"', 'theme = "Afscheid"')
    text.edit("course.toml", 'title = "Eindigen"', 'title = "Verder gaan"')
    assert lms_command("course", "load", text.folder).exit_code == 0
    for browser in both:
        page = browser.get(address).text
        assert "Een betere les" in page and "De eerste les" not in page
        assert "Afscheid" in page
        assert "Verder gaan" in page and "Eindigen" not in page


def test_a_second_look_does_not_read_the_course_again(browsers, queries):
    (browser, _elsewhere), address = browsers
    browser.get(address)
    with queries() as seen:
        browser.get(address)
    assert seen
    assert not [statement for statement in seen if "core_module" in statement or "core_step" in statement]


@pytest.mark.parametrize("column", [Course.title, CourseDay.theme, Module.title, Activity.title, Step.title])
def test_whoever_writes_to_a_course_renews_it(app, course, column):
    before = course.revision
    setattr(newest(column.class_), column.key, "Anders")
    db.session.flush()
    assert course.revision != before
    stored = db.session.scalar(select(Course.revision).where(Course.id == course.id))
    assert stored == course.revision


def test_what_is_removed_renews_the_course_too(app, course):
    before = contents_of(course)
    db.session.delete(newest(Step))
    db.session.flush()
    after = contents_of(course)
    assert sum(len(activity.steps) for module in before.modules for _number, activity in module.activities) == 1 + sum(
        len(activity.steps) for module in after.modules for _number, activity in module.activities
    )


def test_other_work_leaves_the_revision_alone(app, make, course):
    before = course.revision
    make.run(course, participants=3)
    db.session.commit()
    assert course.revision == before


def test_what_is_kept_cannot_be_changed(app, make, course):
    run = make.run(course)
    (person,) = make.people(run)
    activity = Outline(load_run(person, run.id)).items[0].activity
    with pytest.raises(AttributeError):
        activity.title = "Anders"
    with pytest.raises(TypeError):
        activity.settings["number"] = 9
