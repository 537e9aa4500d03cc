"""Reading a lesson: previous and next, done and not done, a place to return to."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import select

from lms.courses.models import Activity
from lms.courses.sections import split
from lms.db import db
from lms.html import from_markdown
from lms.progress.models import Progress

TEXT = "Een vraag.\n\n## Het model\n\nUitleg.\n\n## Toepassen in uw bibliotheek\n\n1. Doe dit.\n\n## Bronnen\n\n- Bron."


def lesson_of(run, slug="les"):
    return db.session.scalar(select(Activity).where(Activity.slug == slug, Activity.course_id == run.course_id))


def test_sections_have_a_place_and_the_exercise_is_framed():
    parts = split(from_markdown(TEXT, anchors=True))
    assert [part.title for part in parts] == ["", "Het model", "Toepassen in uw bibliotheek", "Bronnen"]
    assert [part.is_exercise for part in parts] == [False, False, True, False]
    assert parts[1].id == "het-model"


def test_a_lesson_is_marked_and_unmarked(make, sign_in):
    run = make.run()
    client = sign_in(make.people(run)[0])
    page = client.post(f"/runs/{run.id}/les/afgerond", follow_redirects=True).text
    assert "Afgerond op" in page
    client.post(f"/runs/{run.id}/les/afgerond")  # a double click changes nothing
    assert db.session.scalars(select(Progress)).one().completed_at is not None
    page = client.post(f"/runs/{run.id}/les/afgerond", data={"action": "undo"}, follow_redirects=True).text
    assert "Markeer als afgerond" in page
    assert db.session.scalars(select(Progress)).one().completed_at is None


def test_two_presses_at_one_moment_are_one(make, sign_in):
    run = make.run()
    clients, together = [sign_in(make.people(run)[0]) for _press in range(4)], Barrier(4)
    run_id = run.id
    db.session.remove()

    def press(client):
        together.wait()
        return client.post(f"/runs/{run_id}/les/afgerond").status_code

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(press, clients)) == [302] * 4
    assert db.session.scalars(select(Progress)).one().completed_at is not None


def test_the_place_is_remembered_and_offered(make, sign_in):
    run = make.run()
    lesson = lesson_of(run)
    lesson.body, lesson.body_html = TEXT, from_markdown(TEXT, anchors=True)
    client = sign_in(make.people(run)[0])
    assert client.post(f"/runs/{run.id}/les/plaats", data={"place": "bronnen"}).status_code == 204
    page = client.get(f"/runs/{run.id}/les").text
    assert "U was gebleven bij" in page
    assert 'href="#bronnen"' in page
    client.post(f"/runs/{run.id}/les/plaats", data={"place": "bestaat-niet"})
    assert "U was gebleven bij" not in client.get(f"/runs/{run.id}/les").text


def test_reading_writes_nothing(make, sign_in):
    run = make.run()
    assert sign_in(make.people(run)[0]).get(f"/runs/{run.id}/les").status_code == 200
    assert db.session.scalars(select(Progress)).all() == []


def test_previous_and_next(make, sign_in):
    run = make.run(make.course(activities={"een": "core.lesson", "twee": "core.lesson", "drie": "core.lesson"}))
    page = sign_in(make.people(run)[0]).get(f"/runs/{run.id}/twee").text
    assert f'href="/runs/{run.id}/een" rel="prev"' in page
    assert f'href="/runs/{run.id}/drie" class="is-next" rel="next"' in page


def test_a_trainer_reads_but_does_not_mark(make, sign_in):
    run = make.run()
    client = sign_in(make.people(run, "trainer")[0])
    assert "Markeer als afgerond" not in client.get(f"/runs/{run.id}/les").text
    assert client.post(f"/runs/{run.id}/les/afgerond").status_code == 403


def test_only_a_lesson_is_marked_by_hand(make, sign_in):
    run = make.run()
    client = sign_in(make.people(run)[0])
    assert client.post(f"/runs/{run.id}/opdracht/afgerond").status_code == 404
    assert client.post(f"/runs/{run.id}/bestaat-niet/afgerond").status_code == 404


def test_a_corrected_lesson_is_correct_in_every_run(make, sign_in):
    course = make.course()
    runs = [make.run(course), make.run(course)]
    lesson = lesson_of(runs[0])
    lesson.body_html = "<p>Verbeterde zin.</p>"
    for run in runs:
        assert "Verbeterde zin." in sign_in(make.people(run)[0]).get(f"/runs/{run.id}/les").text


def test_a_lesson_can_be_printed(make, sign_in):
    run = make.run()
    client = sign_in(make.people(run)[0])
    assert f"/runs/{run.id}/les/afdruk" in client.get(f"/runs/{run.id}/les").text
    page = client.get(f"/runs/{run.id}/les/afdruk").text
    assert "Tekst." in page
    assert "Hoofdmenu" not in page
    assert client.get(f"/runs/{run.id}/opdracht/afdruk").status_code == 404


def test_the_parts_of_a_lesson_and_its_print_stand_before_the_text(make, sign_in):
    run = make.run()
    lesson = lesson_of(run)
    lesson.body, lesson.body_html = TEXT, from_markdown(TEXT, anchors=True)
    page = sign_in(make.people(run)[0]).get(f"/runs/{run.id}/les").text
    at_top = page[page.index('class="lp-contents"') : page.index("<article")]
    assert 'href="#het-model"' in at_top
    assert f'href="/runs/{run.id}/les/afdruk"' in at_top
