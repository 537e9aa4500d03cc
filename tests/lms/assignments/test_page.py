"""The page of an assignment, as each person sees it, and what its content file must hold."""

import pytest

from lms.assignments.activity import Assignment
from lms.assignments.models import Submission, Version
from lms.courses.models import Step
from lms.db import db
from lms.files.models import StoredFile
from lms.html import from_markdown
from lms.runs.models import TRAINER, Enrolment
from lms.testing import RUBRIC

from .conftest import Desk, text_of, upload

FULL = {"number": 2, "purpose": "U kent uw buurt.", "rubric": RUBRIC}


def test_everything_that_one_needs_stands_on_the_page(desk):
    page = desk.page()
    for part in (
        "Opdracht 1", "Doel.", "<p>Tekst.</p>", "Stap 1", "Week 1, 1 uur", "Lever in tot en met ",
        "Doelgroepen", "Ontbreekt.", "Is er, met bron.", "Nog niet", "Voldoende", "Goed",
        "Wie ziet dit werk: u en de trainers van uw groep.",
        "Hoogstens 5 bestanden, elk tot 20 MB: pdf, Word,", ">Inleveren</button>", ">Concept bewaren</button>",
    ):  # fmt: skip
        assert part in page, part


def test_a_step_that_the_text_tells_is_not_told_again(desk):
    task = desk.activity
    task.steps.append(Step(position=2, week=2, minutes=90, title="Stap 2", text="Lever in."))
    task.body_html = from_markdown("## Wat u doet\n\n### Week 2: lever in (90 minuten)\n\nZo.", anchors=True)
    db.session.flush()
    page = desk.page()
    assert "Stap 1" in page and "Stap 2" not in page
    at_top = page[page.index('class="lp-contents"') : page.index("<article")]
    for place in ("wat-u-doet", "week-2-lever-in-90-minuten", "stappen", "rubric", "werk"):
        assert f'href="#{place}"' in at_top
        assert page.count(f'id="{place}"') == 1


def test_text_files_and_buttons_are_one_form(desk):
    page = desk.page()
    form = page[page.index('enctype="multipart/form-data"') - 200 : page.index(">Inleveren</button>")]
    assert form.count("<form") == 1 and "</form>" not in form
    for part in (
        f'action="{desk.url}/inleveren"', 'name="text"', 'type="file"', "multiple", 'name="revision"',
        f'formaction="{desk.url}/concept"', f'data-draft-url="{desk.url}/concept"', 'data-preview-url="/voorbeeld"',
        "data-editor", "data-login-url=", 'accept=".pdf,',
    ):  # fmt: skip
        assert part in form, part


def test_the_token_is_in_the_form(make_app):
    from lms.testing import Make

    app = make_app(WTF_CSRF_ENABLED=True)
    with app.app_context():
        make = Make()
        run = make.run()
        person = make.people(run)[0]
        db.session.commit()
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = person.get_id()
        page = text_of(client.get(f"/runs/{run.id}/opdracht"))
        form = page[page.index('enctype="multipart/form-data"') :]
        assert 'name="csrf_token"' in form[: form.index("</form>")]


def test_one_heading_of_the_first_level_and_none_skipped(desk):
    desk.hand_in()
    desk.judge()
    page = desk.page()
    assert page.count("<h1") == 1
    assert "<h4" not in page


def test_a_trainer_looks_in_without_a_form(desk):
    desk.hand_in("Werk van een deelnemer.")
    page = desk.page(desk.sign_in(desk.trainer))
    assert "U kijkt mee als trainer." in page
    assert f"/runs/{desk.run.id}/beoordelen?opdracht=opdracht" in page
    assert "<textarea" not in page and "Inleveren</button>" not in page
    assert "Werk van een deelnemer." not in page


def test_an_administrator_looks_in_without_the_work(desk, make):
    desk.hand_in("Werk van een deelnemer.")
    page = desk.page(desk.sign_in(make.person(roles=("admin",))))
    assert "U kijkt mee als beheerder." in page
    assert "<textarea" not in page and "Werk van een deelnemer." not in page


def test_anonymous_goes_to_sign_in(desk, client):
    answer = client.get(desk.url)
    assert answer.status_code == 302
    assert "/login" in answer.location


def test_an_assignment_without_rubric_number_or_date_has_a_page(make, sign_in):
    run = make.run(make.course(activities={"opdracht": "core.assignment"}))
    desk = Desk.__new__(Desk)
    desk.run, desk.person, desk.url = run, make.people(run)[0], f"/runs/{run.id}/opdracht"
    desk.activity.settings, desk.activity.due_day = {}, None
    desk.browser = sign_in(desk.person)
    page = desk.page()
    assert "Opdracht" in page and "Lever in tot" not in page


@pytest.mark.parametrize("many", [False, True])
def test_the_number_of_queries_does_not_grow(make_desk, make, queries, many):
    desk = make_desk(participants=2)
    desk.hand_in("een", files=[upload()])
    desk.judge(overall="nog_niet")
    desk.hand_in("twee", files=[upload("2.pdf", b"%PDF-1.7 2")])
    if many:
        for _ in range(40):
            make.enrol(desk.run, make.person())
        grow(desk, 200)
    desk.page()
    with queries() as seen:
        page = desk.page()
    assert len(seen) <= 12, "\n".join(seen)
    assert "Oordeel over versie 1" in page
    if many:
        assert "Alle 202 versies" in page


def grow(desk, count):
    """Many more versions, each with a file of its own."""
    submission = db.session.query(Submission).one()
    for n in range(count):
        number = n + 3
        stored = StoredFile(
            owner_id=desk.person.id, name=f"{number}.pdf", media_type="application/pdf", size=9, sha256=f"{number}",
            key=f"x/{number}",
        )  # fmt: skip
        db.session.add(Version(submission_id=submission.id, number=number, text=str(number), files=[stored]))
    db.session.commit()


# ---- versions ----


def test_a_version_to_read_back(desk):
    desk.hand_in("Mijn *werk*.", files=[upload()])
    desk.hand_in("Later.")
    page = text_of(desk.browser.get(f"{desk.url}/versies/1"))
    assert "<em>werk</em>" in page and "verslag.pdf" in page and "ingeleverd op " in page and "op tijd" in page
    assert "Oordeel" not in page and "<textarea" not in page


def test_a_version_shows_its_judgement_once_released(desk):
    desk.hand_in()
    desk.judge(action="opslaan", words="Mooi.", overall="goed")
    assert "Mooi." not in text_of(desk.browser.get(f"{desk.url}/versies/1"))
    desk.judge(words="Mooi.", overall="goed", revision=1)
    page = text_of(desk.browser.get(f"{desk.url}/versies/1"))
    assert "Mooi." in page
    assert page.index('href="#oordeel"') < page.index("<article") < page.index('id="oordeel"')


def test_another_participants_version_is_not_there(desk):
    desk.hand_in("Alleen van mij.")
    other = desk.sign_in(desk.people[1])
    enrolment = db.session.query(Enrolment).filter_by(person_id=desk.person.id).one()
    for address in (f"{desk.url}/versies/1", f"{desk.url}/versies/1?deelnemer={enrolment.id}"):
        answer = other.get(address)
        assert answer.status_code == 404
        assert "Alleen van mij." not in text_of(answer)
    assert desk.browser.get(f"{desk.url}/versies/1?deelnemer={enrolment.id}").status_code == 200
    assert desk.browser.get(f"{desk.url}/versies/2").status_code == 404


def test_a_trainer_of_the_run_reads_a_version(desk, make):
    desk.hand_in("Werk om te lezen.")
    enrolment = db.session.query(Enrolment).filter_by(person_id=desk.person.id).one()
    address = f"{desk.url}/versies/1?deelnemer={enrolment.id}"
    page = text_of(desk.sign_in(desk.trainer).get(address))
    assert "Werk om te lezen." in page and desk.person.name in page
    assert desk.sign_in(desk.trainer).get(f"{desk.url}/versies/1").status_code == 404
    stranger = make.people(make.run(), TRAINER)[0]
    assert desk.sign_in(stranger).get(address).status_code == 404
    assert desk.sign_in(make.person(roles=("admin",))).get(address).status_code == 404


def test_a_trainer_of_two_runs_reads_each_in_its_own(desk, make):
    desk.hand_in("Werk om te lezen.")
    second = make.run(desk.run.course)
    make.enrol(second, desk.trainer, TRAINER)
    enrolment = db.session.query(Enrolment).filter_by(person_id=desk.person.id).one()
    address = f"/runs/{second.id}/opdracht/versies/1?deelnemer={enrolment.id}"
    assert desk.sign_in(desk.trainer).get(address).status_code == 404


def test_all_versions_page_by_page(desk, queries):
    desk.hand_in("een")
    grow(desk, 60)
    with queries() as seen:
        page = text_of(desk.browser.get(f"{desk.url}/versies"))
    assert len(seen) <= 12
    assert "Versie 62" in page and "Versie 20<" not in page
    assert "Versie 20<" in text_of(desk.browser.get(f"{desk.url}/versies?page=2"))
    assert desk.browser.get(f"{desk.url}/versies?page=99").status_code == 404
    assert desk.sign_in(desk.trainer).get(f"{desk.url}/versies").status_code == 403


# ---- the type ----


def test_complete_settings_have_no_problem(app):
    with app.test_request_context():
        assert list(Assignment().check(FULL)) == []


@pytest.mark.parametrize(
    ("change", "setting", "word"),
    [
        ({"number": "een"}, "number", "nummer"),
        ({"number": True}, "number", "nummer"),
        ({"number": 0}, "number", "nummer"),
        ({"purpose": " "}, "purpose", "waarvoor"),
        ({"doel": "x"}, "doel", "kent «doel» niet"),
        ({"rubric": None}, "rubric", "vier tot zes"),
        ({"rubric": RUBRIC[:3]}, "rubric", "vier tot zes"),
        ({"rubric": [*RUBRIC, *RUBRIC]}, "rubric", "vier tot zes"),
        ({"rubric": [*RUBRIC, "tekst"]}, "rubric", "Criterium 5"),
        ({"rubric": [*RUBRIC, RUBRIC[0]]}, "rubric", "bij twee criteria"),
        ({"rubric": [*RUBRIC, {**RUBRIC[0], "slug": ""}]}, "rubric", "geen slug"),
        ({"rubric": [*RUBRIC, {**RUBRIC[0], "slug": "x", "title": ""}]}, "rubric", "geen title"),
        ({"rubric": [*RUBRIC, {**RUBRIC[0], "slug": "x", "levels": {"goed": "x"}}]}, "rubric", "precies deze levels"),
        (
            {"rubric": [*RUBRIC, {**RUBRIC[0], "slug": "x", "levels": {**RUBRIC[0]["levels"], "goed": ""}}]},
            "rubric",
            "in woorden",
        ),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(app, change, setting, word):
    with app.test_request_context():
        problems = list(Assignment().check({**FULL, **change}))
    assert [name for name, _sentence in problems] == [setting]
    assert word in problems[0][1]


def test_the_tally(app):
    with app.test_request_context():
        assert Assignment().tally(1, 4) == "1 van 4 opdrachten afgerond"
        assert Assignment().tally(0, 1) == "0 van 1 opdracht afgerond"


def test_states_say_who_has_to_move(app):
    kinds = {key: (str(state.label), state.kind, state.waiting) for key, state in Assignment.states.items()}
    assert kinds == {
        "draft": ("concept", "draft", False),
        "handed_in": ("ingeleverd", "wait", True),
        "returned": ("nog niet", "back", False),
        "retracted": ("oordeel ingetrokken", "wait", True),
        "voldoende": ("voldoende", "done", False),
        "goed": ("goed", "done", False),
    }


def test_a_due_date_of_long_ago_is_no_wall(desk):
    desk.due(-400)
    assert desk.hand_in().status_code == 302


def test_where_there_is_a_round_colleagues_are_named_among_who_sees_the_work(make, sign_in):
    kinds = {"opdracht": "core.assignment", "ronde": "core.peer"}
    run = make.run(make.course(activities=kinds, ronde={"assignment": "opdracht"}))
    page = sign_in(make.people(run)[0]).get(f"/runs/{run.id}/opdracht").text
    assert "de trainers van uw groep en de collega's die er feedback op geven." in page
