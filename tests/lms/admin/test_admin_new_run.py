"""A run in two minutes: one page, all or nothing."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from lms import events
from lms.accounts.models import Person
from lms.courses.models import Course
from lms.db import db
from lms.jobs.models import Job
from lms.libraries.models import Library
from lms.notifications.models import Mail
from lms.plugins import Listener
from lms.runs.models import PARTICIPANT, TRAINER, Enrolment, Run
from lms.testing import Make

URL = "/beheer/uitvoeringen/nieuw"
DAYS = ("2027-03-28", "2027-04-16", "2027-05-07", "2027-05-28")


@pytest.fixture
def course(make):
    """The one course of this site."""
    for other in db.session.scalars(select(Course)):
        other.archived_at = datetime.now(UTC)
    return make.course()


@pytest.fixture
def admin(make, sign_in, course):
    return sign_in(make.person(roles=("admin",)))


def plan(**changes):
    data = {
        "name": "Najaar 2027",
        "trainers": "Tess Trainer; tess@waterdorp.example",
        "participants": "Noor Bakker; noor@waterdorp.example; Bibliotheek Waterdorp\n"
        "Anna de Wit; anna@heuvelstad.example; Bibliotheek Heuvelstad",
    }
    for number, day in enumerate(DAYS, 1):
        data |= {f"day{number}-date": day, f"day{number}-start": "09:30", f"day{number}-end": "16:30"}
    data |= {"day1-place": "Kade 1", "day1-travel_note": "Bus 4", "day3-video_url": "https://video.example/kamer"}
    return data | {key.replace("__", "-"): value for key, value in changes.items()}


def enrolled(run, role):
    rows = select(Person.email).join(Enrolment, Enrolment.person_id == Person.id)
    return set(db.session.scalars(rows.where(Enrolment.run_id == run.id, Enrolment.role == role)))


def nothing_stored():
    counts = [db.session.scalar(select(func.count()).select_from(table)) for table in (Run, Mail, Job)]
    known = db.session.scalar(select(Person).where(Person.email == "noor@waterdorp.example"))
    return counts == [0, 0, 0] and known is None


def test_the_page_offers_the_days_of_the_only_course(admin, course):
    page = admin.get(URL)
    assert page.status_code == 200
    assert course.title in page.text
    assert [f"Lesdag {n}" in page.text for n in (1, 2, 3, 4, 5)] == [True, True, True, True, False]
    assert 'value="09:30"' in page.text
    assert 'value="16:30"' in page.text


def test_a_run_is_made_with_days_people_and_invitations(admin, course, worker):
    response = admin.post(URL, data=plan())
    run = db.session.scalar(select(Run))
    assert response.location == f"/beheer/uitvoeringen/{run.id}"
    assert run.name == "Najaar 2027"
    assert [day.number for day in run.days] == [1, 2, 3, 4]
    # On 28 March 2027 the clock goes forward at night: 9.30 is then summer time.
    assert run.days[0].starts_at == datetime(2027, 3, 28, 7, 30, tzinfo=UTC)
    assert run.days[0].ends_at == datetime(2027, 3, 28, 14, 30, tzinfo=UTC)
    assert [day.place for day in run.days] == ["Kade 1"] * 4
    assert [day.travel_note for day in run.days] == ["Bus 4"] * 4
    assert run.days[2].video_url == "https://video.example/kamer"
    assert enrolled(run, TRAINER) == {"tess@waterdorp.example"}
    assert enrolled(run, PARTICIPANT) == {"noor@waterdorp.example", "anna@heuvelstad.example"}
    assert db.session.scalar(select(Library).where(Library.name == "Bibliotheek Heuvelstad"))
    mails = list(db.session.scalars(select(Mail)))
    assert {mail.to for mail in mails} == enrolled(run, TRAINER) | enrolled(run, PARTICIPANT)
    assert {mail.kind for mail in mails} == {"invitation"}
    assert worker() == 3
    page = admin.get(response.location)
    assert "3 uitnodigingen verstuurd." in page.text
    assert "zondag 28 maart 2027, 9.30 – 16.30 uur" in page.text


def test_winter_time(admin, course):
    admin.post(URL, data=plan(day1__date="2027-03-27"))
    assert db.session.scalar(select(Run)).days[0].starts_at == datetime(2027, 3, 27, 8, 30, tzinfo=UTC)


def test_a_place_of_its_own_is_kept(admin, course):
    admin.post(URL, data=plan(day2__place="Online", day3__travel_note="Met de trein"))
    days = db.session.scalar(select(Run)).days
    assert [(day.place, day.travel_note) for day in days] == [
        ("Kade 1", "Bus 4"), ("Online", ""), ("Kade 1", "Met de trein"), ("Kade 1", "Bus 4"),
    ]  # fmt: skip


def test_dates_and_hours_as_people_write_them(admin, course):
    response = admin.post(URL, data=plan(day1__date="28-3-2027", day1__start="9.30"))
    assert response.status_code == 302
    assert db.session.scalar(select(Run)).days[0].starts_at == datetime(2027, 3, 28, 7, 30, tzinfo=UTC)


def test_somebody_known_is_enrolled_under_their_own_name(admin, make, course):
    known = make.person("Noor van Dijk")
    known.password_hash = "x"
    db.session.commit()
    admin.post(URL, data=plan(participants=f"Noor Anders; {known.email.upper()}; Andere Bibliotheek"))
    run = db.session.scalar(select(Run))
    assert enrolled(run, PARTICIPANT) == {known.email}
    db.session.refresh(known)
    assert known.name == "Noor van Dijk"
    assert known.library.name == "Bibliotheek Waterdorp"
    assert not db.session.scalar(select(Library).where(Library.name == "Andere Bibliotheek"))
    mail = db.session.scalar(select(Mail).where(Mail.person_id == known.id))
    assert mail.kind == "enrolled"
    assert "Lesdag 1: zondag 28 maart 2027, 9.30–16.30 uur, Kade 1" in mail.body
    assert f"/runs/{run.id}/" in mail.body


def test_an_address_is_enough_for_somebody_known(admin, make, course):
    known = make.person()
    db.session.commit()
    admin.post(URL, data=plan(trainers=known.email))
    assert enrolled(db.session.scalar(select(Run)), TRAINER) == {known.email}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": " "}, "Geef de uitvoering een naam, bijvoorbeeld Najaar 2026."),
        ({"name": "x" * 201}, "Deze naam is te lang. Schrijf hoogstens 200 tekens."),
        ({"day2__date": ""}, "Kies een datum voor Lesdag 2."),
        ({"day2__date": "31-02-2027"}, "We herkennen deze datum niet. Schrijf hem als 6-11-2026."),
        ({"day2__date": "2027-03-28"}, "Lesdag 2 moet na Lesdag 1 liggen. Kies een datum na 28 maart 2027."),
        ({"day3__date": "2027-04-01"}, "Lesdag 3 moet na Lesdag 2 liggen. Kies een datum na 16 april 2027."),
        ({"day4__date": "9999-12-31"}, "Kies een datum tussen 2000 en 2099."),
        ({"day1__start": "half tien"}, "We herkennen deze tijd niet. Schrijf hem als 9.30."),
        ({"day1__end": "09:30"}, "De eindtijd moet na de begintijd liggen."),
        ({"day1__place": "x" * 301}, "Dit is te lang. Schrijf hoogstens 300 tekens."),
        ({"day1__video_url": "javascript:alert(1)"}, "Dit is geen webadres. Begin met https://."),
        ({"day1__video_url": "http://[kapot"}, "Dit is geen webadres. Begin met https://."),
        ({"participants": "A; a@b.example; B\n\nNoor; noor@; B"}, "Regel 3: «noor@» is geen e-mailadres."),
        ({"participants": "Noor; noor@waterdorp.example"}, "Regel 1: de bibliotheek van Noor ontbreekt."),
        ({"participants": "nieuw@waterdorp.example"}, "Regel 1: we kennen nieuw@waterdorp.example nog niet."),
        ({"participants": "T; tess@waterdorp.example; B"}, "tess@waterdorp.example staat ook bij de trainers."),
        ({"trainers": "wie@"}, "Regel 1: het e-mailadres ontbreekt."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_stored(admin, course, changes, sentence):
    if changes.get("trainers"):
        sentence = "Regel 1: «wie@» is geen e-mailadres."
    response = admin.post(URL, data=plan(**changes))
    assert response.status_code == 422
    assert sentence in response.text
    assert "<title>Fout:" in response.text
    assert nothing_stored()
    # What was typed is still there.
    assert "Bus 4" in response.text
    assert (changes.get("participants") or "Anna de Wit; anna@heuvelstad.example").splitlines()[0] in response.text


def test_all_sentences_come_at_once(admin, course):
    response = admin.post(URL, data=plan(day2__date="", participants="Noor", trainers="Tess"))
    assert response.text.count("Regel 1: het e-mailadres ontbreekt.") == 4  # in the summary and at the field
    assert "Kies een datum voor Lesdag 2." in response.text


def test_a_closed_account_does_not_join(admin, make, course):
    person = make.person()
    person.active = False
    db.session.commit()
    response = admin.post(URL, data=plan(participants=person.email))
    assert response.status_code == 422
    assert f"Regel 1: het account van {person.email} is gesloten." in response.text


def test_a_second_press_makes_no_second_run(admin, course):
    first, second = admin.post(URL, data=plan()), admin.post(URL, data=plan())
    assert first.location == second.location
    assert db.session.scalar(select(func.count()).select_from(Run)) == 1
    assert db.session.scalar(select(func.count()).select_from(Mail)) == 3
    assert "Er is niets dubbel gemaakt." in admin.get(second.location).text


@pytest.mark.parametrize("changes", [{"day1__date": "2027-03-01"}, {"participants": ""}, {"name": " najaar  2027 "}])
def test_another_run_under_the_same_name_is_refused(admin, course, changes):
    admin.post(URL, data=plan())
    data = plan(**changes) if "name" not in changes else plan(day1__date="2027-03-01", **changes)
    response = admin.post(URL, data=data)
    assert response.status_code == 422
    assert "Er is al een uitvoering met deze naam. Kies een andere naam." in response.text
    assert db.session.scalar(select(func.count()).select_from(Run)) == 1


def test_a_thousand_lines(admin, course, queries):
    lines = [f"Naam {n}; n{n}@waterdorp.example; Bibliotheek {n % 50}" for n in range(1001)]
    refused = admin.post(URL, data=plan(participants="\n".join(lines)))
    assert refused.status_code == 422
    assert "Dit zijn 1001 regels. Plak er hoogstens 1000 tegelijk." in refused.text
    with queries() as seen:
        assert admin.post(URL, data=plan(participants="\n".join(lines[:1000]))).status_code == 302
    assert len([one for one in seen if one.startswith("SELECT")]) < 20
    assert len(enrolled(db.session.scalar(select(Run)), PARTICIPANT)) == 1000


def test_many_bad_lines_are_counted(admin, course):
    response = admin.post(URL, data=plan(participants="\n".join(f"naam{n}" for n in range(300))))
    assert "Regel 20: " in response.text
    assert "Regel 21: " not in response.text
    assert "En nog 280 regels." in response.text


def test_script_in_a_name_is_text(admin, course):
    admin.post(URL, data=plan(name="<b>x</b>", participants="<script>1</script>; s@b.example; <i>B</i>"))
    run = db.session.scalar(select(Run))
    for path in (f"/beheer/uitvoeringen/{run.id}", "/beheer/", "/beheer/mensen", f"/runs/{run.id}/lijst"):
        page = admin.get(path)
        assert page.status_code == 200
        assert "<script>1" not in page.text
        assert "<b>x</b>" not in page.text


def test_everybody_who_comes_in_is_told_to_the_listeners(app, admin, course):
    heard = []
    events.connect(app, Listener("core.enrolled", lambda enrolment: heard.append((enrolment.role, enrolment.id))))
    admin.post(URL, data=plan())
    assert sorted(role for role, number in heard if number) == [PARTICIPANT, PARTICIPANT, TRAINER]


def test_with_more_courses_one_chooses_first(admin, make, course):
    other = make.course()
    db.session.commit()
    page = admin.get(URL)
    assert f"{URL}?cursus={other.slug}" in page.text
    assert "day1-date" not in page.text
    assert admin.post(URL, data=plan()).status_code == 404
    assert admin.get(f"{URL}?cursus=niets").status_code == 404
    assert admin.post(f"{URL}?cursus={other.slug}", data=plan()).status_code == 302
    assert db.session.scalar(select(Run)).course_id == other.id


def test_only_for_administrators(make, sign_in, client, course):
    run = make.run(course)
    trainer = sign_in(make.people(run, TRAINER)[0])
    for path in (URL, "/beheer/", "/beheer/mensen", f"/beheer/uitvoeringen/{run.id}"):
        assert trainer.get(path).status_code == 403
        assert client.get(path).status_code == 302
    assert trainer.post(URL, data=plan()).status_code == 403
    assert client.post(URL, data=plan()).status_code == 401


def test_without_a_course_there_is_nothing_to_start(admin, course):
    course.archived_at = datetime.now(UTC)
    db.session.commit()
    assert "Er is nog geen cursus." in admin.get(URL).text
    assert admin.post(URL, data=plan()).status_code == 404


def test_the_form_wants_its_token(make_app):
    app = make_app(WTF_CSRF_ENABLED=True)
    with app.app_context():
        made = Make()
        made.course()
        person = made.person(roles=("admin",))
        db.session.commit()
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = person.get_id()
        assert client.post(URL, data=plan()).status_code == 400
        assert not db.session.scalar(select(Run))
