"""``lms run add`` and ``lms runs``."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from lms.accounts.models import Person
from lms.cli import main
from lms.courses.models import Course
from lms.db import db
from lms.notifications.models import Mail
from lms.runs.models import PARTICIPANT, TRAINER, Enrolment, Run

DAYS = (
    "2026-11-06 | Kade 1 | Bus 4 | https://video.example/kamer",
    "2026-11-27 10:00-15:30",
    "2026-12-18",
    "2027-01-08",
)


@pytest.fixture
def course(make):
    """The one course of this site."""
    for other in db.session.scalars(select(Course)):
        other.archived_at = datetime.now(UTC)
    course = make.course()
    db.session.commit()
    return course


@pytest.fixture
def lms(app):
    """``lms("runs", "--ids")`` runs a command on the test's site."""
    runner = app.test_cli_runner()

    def lms(*arguments, given=None):
        result = runner.invoke(main, arguments, input=given)
        db.session.expire_all()
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return lms


def words(days=DAYS, **changes):
    options = {"name": "Najaar 2026", "trainer": "Tess; tess@b.example", "participants": "-"} | changes
    listed = ["run", "add"]
    for day in days:
        listed += ["--day", day]
    for name, value in options.items():
        listed += [f"--{name}", value] if value is not None else []
    return listed


def test_a_run_from_a_list_on_standard_input(lms, course):
    result = lms(*words(), given="naam;e-mail;bibliotheek\nNoor; noor@b.example; Bieb\nAnna; anna@b.example; Bieb\n")
    run = db.session.scalar(select(Run))
    assert result.exit_code == 0, result.output
    assert result.output.splitlines() == [
        f"Run {run.id}: Najaar 2026",
        "Invited: tess@b.example",
        "Invited: noor@b.example",
        "Invited: anna@b.example",
    ]
    assert run.course_id == course.id
    assert [day.starts_at.isoformat() for day in run.days] == [
        "2026-11-06T08:30:00+00:00", "2026-11-27T09:00:00+00:00", "2026-12-18T08:30:00+00:00",
        "2027-01-08T08:30:00+00:00",
    ]  # fmt: skip
    assert run.days[1].ends_at == datetime(2026, 11, 27, 14, 30, tzinfo=UTC)
    assert run.days[0].video_url == "https://video.example/kamer"
    assert {day.place for day in run.days} == {"Kade 1"}
    roles = list(db.session.scalars(select(Enrolment.role).order_by(Enrolment.id)))
    assert roles == [TRAINER, PARTICIPANT, PARTICIPANT]
    assert db.session.scalar(select(func.count()).select_from(Mail)) == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_as_a_spreadsheet_saves_it(lms, course, tmp_path, encoding):
    file = tmp_path / "mensen.csv"
    file.write_bytes("Zoë Müller;zoe@b.example;Bieb".encode(encoding))
    assert lms(*words(participants=str(file))).exit_code == 0
    assert db.session.scalar(select(Person.name).where(Person.email == "zoe@b.example")) == "Zoë Müller"


def test_without_people(lms, course):
    assert lms(*words(trainer=None, participants=None)).exit_code == 0
    assert db.session.scalar(select(Run))
    assert not db.session.scalar(select(Enrolment))


@pytest.mark.parametrize(
    ("arguments", "given", "sentence"),
    [
        (words(), "Noor; noor@; Bieb", "Deelnemers: Regel 1: «noor@» is geen e-mailadres."),
        (words(), "T; tess@b.example; B", "Deelnemers: Regel 1: tess@b.example staat ook bij de trainers."),
        (words(trainer="Tess"), "", "Trainers: Regel 1: het e-mailadres ontbreekt."),
        (words(name=" "), "", "Geef de uitvoering een naam"),
        (words(days=DAYS[:3]), "", "Deze cursus heeft 4 lesdagen. U gaf er 3."),
        (words(days=[*DAYS[:3], "8 januari"]), "", "Lesdag 4: «8 januari» is geen lesdag. Schrijf hem als 2026-11-06"),
        (words(days=[*DAYS[:3], "2027-01-08 9.30"]), "", "Lesdag 4: «2027-01-08 9.30» is geen lesdag."),
        (words(days=[*DAYS[:3], "2027-01-08 25:00-26:00"]), "", "Lesdag 4: «2027-01-08 25:00-26:00» is geen lesdag."),
        (words(days=[*DAYS[:3], "2027-01-08|a|b|https://x.example|c"]), "", "Lesdag 4: "),
        (words(days=[*DAYS[:3], "2026-01-08"]), "", "Lesdag 4: Lesdag 4 moet na Lesdag 3 liggen."),
        (words(days=[*DAYS[:3], "2027-01-08 16:30-09:30"]), "", "Lesdag 4: De eindtijd moet na de begintijd liggen."),
        (words(participants="/er/is/niets"), "", "We kunnen /er/is/niets niet lezen."),
        (words(course="niets"), "", "De cursus «niets» bestaat niet. Er is: "),
    ],
)
def test_what_is_wrong_is_one_sentence_and_nothing_is_stored(lms, course, arguments, given, sentence):
    result = lms(*arguments, given=given)
    assert result.exit_code == 1
    assert sentence in result.output
    assert "Traceback" not in result.output
    for table in (Run, Enrolment, Mail, Person):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0


def test_with_more_courses_one_is_named(lms, make, course):
    other = make.course()
    db.session.commit()
    refused = lms(*words(), given="")
    assert refused.exit_code == 1
    assert "Er is meer dan één cursus." in refused.output
    assert other.slug in refused.output
    assert lms(*words(course=other.slug), given="").exit_code == 0
    assert db.session.scalar(select(Run)).course_id == other.id


def test_without_a_course(lms, course):
    course.archived_at = datetime.now(UTC)
    db.session.commit()
    assert "Er is nog geen cursus." in lms(*words(), given="").output


def test_the_same_once_more_changes_nothing(lms, course):
    first = lms(*words(), given="Noor; noor@b.example; Bieb")
    again = lms(*words(), given="Noor; noor@b.example; Bieb")
    assert again.exit_code == 0
    assert again.output.splitlines() == [first.output.splitlines()[0] + " (was there already)"]
    other = lms(*words(), given="Anna; anna@b.example; Bieb")
    assert other.exit_code == 1
    assert "Er is al een uitvoering met deze naam." in other.output
    assert db.session.scalar(select(func.count()).select_from(Run)) == 1


def test_ids_and_nothing_else(lms, make):
    assert lms("runs", "--ids").output == ""
    runs = [make.run(), make.run()]
    db.session.commit()
    assert lms("runs", "--ids").output == "".join(f"{run.id}\n" for run in runs)


def test_the_table(lms, make):
    run = make.run(participants=3, trainers=2, name="Groep A")
    db.session.commit()
    line = lms("runs").output.splitlines()[0].split("\t")
    assert line[:3] == [str(run.id), "Groep A", run.course.slug]
    assert line[3].split()[0] == run.days[0].starts_at.date().isoformat()
    assert line[4] == "3 participants, 2 trainers"
