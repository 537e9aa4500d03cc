"""Changing a run: move a day, choose due dates, add, replace or remove people."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from lms import clock
from lms.accounts.models import Person
from lms.courses.models import Activity
from lms.db import db
from lms.notifications.models import Mail
from lms.runs.models import PARTICIPANT, TRAINER, Absence, Enrolment, RunDue


@pytest.fixture
def admin(make, sign_in):
    return sign_in(make.person(roles=("admin",)))


@pytest.fixture
def run(make):
    """Days on 6 and 27 November, 18 December and 8 January; the assignment is due a week before day 2."""
    run = make.run(participants=2, trainers=1, first_day=date(2026, 11, 6))
    db.session.commit()
    return run


def url(run, rest=""):
    return f"/beheer/uitvoeringen/{run.id}{rest}"


def day(**changes):
    data = {"date": "2026-11-28", "start": "10:00", "end": "16:00", "place": "Zaal 2", "notify": "y"}
    return {key: value for key, value in (data | changes).items() if value is not None}


def enrolment(run, role=PARTICIPANT):
    found = select(Enrolment).where(Enrolment.run_id == run.id, Enrolment.role == role).order_by(Enrolment.id)
    return db.session.scalars(found).first()


def mails(kind):
    return list(db.session.scalars(select(Mail).where(Mail.kind == kind).order_by(Mail.id)))


def test_the_page_tells_days_dues_and_people(admin, run):
    page = admin.get(url(run)).text
    assert "vrijdag 27 november 2026, 9.30 – 16.30 uur" in page
    assert "Opdracht 1: Opdracht" in page
    assert "20 november 2026" in page
    assert enrolment(run).person.email in page
    assert "Deze groep heeft geen trainer" not in page


def test_a_run_that_is_not_there(admin, run):
    for rest in ("", "/lesdagen/1", "/inleverdata", "/mensen/1"):
        assert admin.get(f"/beheer/uitvoeringen/99{rest}").status_code == 404
    assert admin.get(url(run, "/lesdagen/5")).status_code == 404
    assert admin.post(url(run, "/lesdagen/5"), data=day()).status_code == 404
    assert admin.post(url(run, "/gasten"), data={}).status_code == 404


def test_a_moved_day_takes_its_dates_along_and_everybody_hears(admin, run):
    form = admin.get(url(run, "/lesdagen/2")).text
    assert 'value="2026-11-27"' in form
    assert "Opdracht 1: Opdracht: 20 november 2026" in form
    assert admin.post(url(run, "/lesdagen/2"), data=day()).status_code == 302
    db.session.refresh(run.days[1])
    assert run.days[1].starts_at == datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
    assert "21 november 2026" in admin.get(url(run)).text
    sent = mails("day")
    assert len(sent) == 3
    assert sent[0].subject == "Lesdag 2 is verplaatst"
    assert "Was: vrijdag 27 november 2026, 9.30–16.30 uur, Zaal 1" in sent[0].body
    assert "Wordt: zaterdag 28 november 2026, 10.00–16.00 uur, Zaal 2" in sent[0].body
    assert all(mail.body.startswith("Dag Persoon,") for mail in sent)
    to_trainer = {mail.to: "Meld u af" not in mail.body for mail in sent}
    assert to_trainer == {one.person.email: one.is_trainer for one in db.session.scalars(select(Enrolment))}
    assert "Opdracht 1: Opdracht, uiterlijk 21 november 2026" in sent[0].body


def test_a_note_alone_is_no_move(admin, run):
    same = day(date="2026-11-27", start="09:30", end="16:30", place="Zaal 1", travel_note="Bus 4")
    admin.post(url(run, "/lesdagen/2"), data=same)
    assert {mail.subject for mail in mails("day")} == {"Lesdag 2 is gewijzigd"}
    assert "Reis: Bus 4" in mails("day")[0].body
    response = admin.post(url(run, "/lesdagen/2"), data=same)
    assert "Er is niets veranderd." in admin.get(response.location).text
    assert len(mails("day")) == 3


def test_nobody_hears_when_the_box_is_empty(admin, run):
    response = admin.post(url(run, "/lesdagen/2"), data=day(notify=None))
    assert "Niemand kreeg een mail." in admin.get(response.location).text
    assert not mails("day")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"date": "2026-11-06"}, "Lesdag 2 moet na Lesdag 1 liggen. Kies een datum na 6 november 2026."),
        ({"date": "2026-12-18"}, "Lesdag 2 moet voor Lesdag 3 liggen. Kies een datum voor 18 december 2026."),
        ({"date": ""}, "Kies een datum voor deze lesdag."),
        ({"end": "09:00"}, "De eindtijd moet na de begintijd liggen."),
        ({"video_url": "ftp://x"}, "Dit is geen webadres. Begin met https://."),
    ],
)
def test_a_day_that_does_not_fit(admin, run, changes, sentence):
    response = admin.post(url(run, "/lesdagen/2"), data=day(**changes))
    assert response.status_code == 422
    assert sentence in response.text
    assert "Zaal 2" in response.text
    db.session.refresh(run.days[1])
    assert run.days[1].place == "Zaal 1"
    assert not mails("day")


def test_an_own_due_date_stays_when_the_day_moves(admin, run):
    activity = db.session.scalar(
        select(Activity).where(Activity.due_day.is_not(None), Activity.course_id == run.course_id)
    )
    field = f"due{activity.id}"
    assert f'name="{field}"' in admin.get(url(run, "/inleverdata")).text
    assert admin.post(url(run, "/inleverdata"), data={field: "2026-11-24"}).status_code == 302
    admin.post(url(run, "/lesdagen/2"), data=day(date="2026-12-01"))
    page = admin.get(url(run)).text
    assert "24 november 2026" in page
    assert "eigen datum" in page
    assert "uiterlijk" not in mails("day")[0].body
    admin.post(url(run, "/inleverdata"), data={field: ""})
    assert not db.session.scalar(select(RunDue))
    assert admin.get(url(run)).text.count("24 november 2026") == 1  # seven days before 1 December


@pytest.mark.parametrize("text", ["gisteren", "2026-02-30", "9999-12-31"])
def test_a_due_date_that_is_none(admin, run, text):
    activity = db.session.scalar(
        select(Activity).where(Activity.due_day.is_not(None), Activity.course_id == run.course_id)
    )
    response = admin.post(url(run, "/inleverdata"), data={f"due{activity.id}": text})
    assert response.status_code == 422
    assert text in response.text
    assert not db.session.scalar(select(RunDue))


def test_add_participants(admin, run):
    response = admin.post(url(run, "/deelnemers"), data={"deelnemers-people": "Noor; noor@b.example; Bieb\n"})
    assert "1 uitnodiging verstuurd." in admin.get(response.location).text
    assert mails("invitation")[0].to == "noor@b.example"
    again = admin.post(url(run, "/deelnemers"), data={"deelnemers-people": "Noor; noor@b.example; Bieb"})
    assert again.status_code == 422
    assert "Regel 1: noor@b.example doet al mee aan deze uitvoering." in again.text
    both = admin.post(url(run, "/trainers"), data={"trainers-people": "noor@b.example"})
    assert "Regel 1: noor@b.example doet al mee aan deze uitvoering." in both.text
    trainer = enrolment(run, TRAINER).person
    both = admin.post(url(run, "/deelnemers"), data={"deelnemers-people": trainer.email})
    assert f"Regel 1: {trainer.email} is al trainer in deze uitvoering." in both.text


@pytest.mark.parametrize("text", ["", "  \n", "Noor; noor@; B", "Noor; noor@b.example; B\nfout"])
def test_bad_participants_keep_what_was_typed(admin, run, text):
    response = admin.post(url(run, "/deelnemers"), data={"deelnemers-people": text})
    assert response.status_code == 422
    assert text.splitlines()[0] in response.text if text.strip() else "Schrijf op elke regel" in response.text
    assert not db.session.scalar(select(Person).where(Person.email == "noor@b.example"))


def test_each_wrong_line_is_in_the_summary(admin, run):
    text = "Noor; noor@; B\nAnna; anna@b.example; B\nBas; bas; B"
    page = admin.post(url(run, "/deelnemers"), data={"deelnemers-people": text}).text
    summary = page.partition('role="alert"')[2].partition("</ul>")[0]
    assert "Kijk naar 2 plekken." in summary
    for sentence in ("Regel 1: «noor@» is geen e-mailadres.", "Regel 3: «bas» is geen e-mailadres."):
        assert f'<a href="#deelnemers-people">{sentence}</a>' in summary


def test_a_run_is_named_once_on_its_pages(admin, run):
    for path in (url(run, "/lesdagen/2"), url(run, "/inleverdata"), f"/runs/{run.id}/berichten/nieuw"):
        main = admin.get(path).text.partition("<main")[2]
        assert main.count(run.name) == 1, path
    dues = admin.get(url(run, "/inleverdata")).text
    assert dues.count("Leeg volgt de cursus.") == 1
    assert "(niet verplicht)" not in dues


def test_who_is_removed_loses_the_run_and_keeps_the_work(admin, sign_in, run):
    gone = enrolment(run)
    person, number = gone.person, gone.id
    assert "Het werk blijft bewaard" in admin.get(url(run, f"/mensen/{number}")).text
    assert admin.post(url(run, f"/mensen/{number}/verwijderen")).status_code == 302
    assert person.email not in admin.get(url(run)).text
    assert admin.get(url(run, f"/mensen/{number}")).status_code == 404
    assert admin.post(url(run, f"/mensen/{number}/verwijderen")).status_code == 404
    assert sign_in(person).get(f"/runs/{run.id}/").status_code == 403
    # Who comes back finds the same enrolment, and so the same work.
    admin.post(url(run, "/deelnemers"), data={"deelnemers-people": person.email})
    back = db.session.scalars(select(Enrolment).where(Enrolment.person_id == person.id)).all()
    assert [(one.id, one.left_at) for one in back] == [(number, None)]


def test_replace_is_one_step(admin, run):
    gone = enrolment(run)
    number = gone.id
    for text in ("", "Noor; noor@", "A; a@b.example; B\nC; c@b.example; B", gone.person.email):
        response = admin.post(url(run, f"/mensen/{number}/vervangen"), data={"people": text})
        assert response.status_code == 422, text
        db.session.refresh(gone)
        assert gone.left_at is None
    response = admin.post(url(run, f"/mensen/{number}/vervangen"), data={"people": "Noor; noor@b.example; Bieb"})
    assert response.status_code == 302
    db.session.refresh(gone)
    assert gone.left_at is not None
    page = admin.get(url(run)).text
    assert "noor@b.example" in page


def test_the_last_trainer_does_not_leave_unnoticed(admin, make, run):
    last = enrolment(run, TRAINER)
    page = admin.get(url(run, f"/mensen/{last.id}")).text
    assert "Dit is de laatste trainer van deze groep." in page
    refused = admin.post(url(run, f"/mensen/{last.id}/verwijderen"))
    assert refused.status_code == 422
    assert "Dit is de laatste trainer. Bevestig" in refused.text
    assert admin.post(url(run, f"/mensen/{last.id}/verwijderen"), data={"sure": "y"}).status_code == 302
    assert "Deze groep heeft geen trainer." in admin.get(url(run)).text


def test_one_of_two_trainers_leaves_freely(admin, make, run):
    make.enrol(run, make.person(), TRAINER)
    db.session.commit()
    first = enrolment(run, TRAINER)
    assert "laatste trainer" not in admin.get(url(run, f"/mensen/{first.id}")).text
    assert admin.post(url(run, f"/mensen/{first.id}/verwijderen")).status_code == 302


def test_somebody_of_another_run_is_not_here(admin, make, run):
    other = enrolment(make.run())
    db.session.commit()
    for rest in ("", "/verwijderen", "/vervangen"):
        ask = admin.post if rest else admin.get
        assert ask(url(run, f"/mensen/{other.id}{rest}")).status_code == 404
    assert other.left_at is None


def test_a_trainer_may_not_change_the_run(make, sign_in, client, run):
    trainer = sign_in(make.people(run, TRAINER)[0])
    number = enrolment(run).id
    for rest in ("/lesdagen/2", "/inleverdata", "/deelnemers", f"/mensen/{number}/verwijderen"):
        assert trainer.post(url(run, rest), data=day()).status_code == 403
        assert client.post(url(run, rest), data=day()).status_code == 401


def test_pages_cost_the_same_for_a_large_group(admin, make, run, queries):
    paths = [
        url(run),
        url(run, "/lesdagen/2"),
        url(run, "/inleverdata"),
        f"/runs/{run.id}/lijst",
        "/beheer/",
        "/beheer/mensen",
    ]
    first = enrolment(run)
    paths.append(url(run, f"/mensen/{first.id}"))

    def counted():
        numbers = []
        for path in paths:
            db.session.commit()
            with queries() as seen:
                assert admin.get(path).status_code == 200
            numbers.append(len(seen))
        return numbers

    counted()  # the first page of a process asks once whether this is a demo
    few = counted()
    for number in range(200):
        one = make.enrol(run, make.person(library=f"Bibliotheek {number}"))
        db.session.add(Absence(enrolment_id=one.id, day_number=2))
    for _number in range(25):
        make.run(run.course)
    db.session.commit()
    many = counted()
    assert many == few
    assert max(many) <= 12, dict(zip(paths, many, strict=True))


def test_the_list_of_runs(admin, make, run, app):
    old = make.run(first_day=date(2020, 1, 10), name="Oude groep")
    make.enrol(run, make.person())
    left = enrolment(run)
    left.left_at = clock.now()
    db.session.commit()
    app.config["CLOCK"] = lambda: datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
    page = admin.get("/beheer/").text
    assert page.index(old.name) < page.index(run.name)
    assert "Alle lesdagen zijn geweest" in page
    assert "Volgende: Lesdag 2" in page  # it is still going on
    assert "2 deelnemers · 1 trainer" in page
    for _number in range(25):
        make.run(run.course)
    db.session.commit()
    assert old.name not in admin.get("/beheer/").text
    assert old.name in admin.get("/beheer/?page=2").text
    assert admin.get("/beheer/?page=99").status_code == 200
    assert admin.get("/beheer/?page=x").status_code == 200


def test_an_empty_site_says_what_to_do(admin):
    page = admin.get("/beheer/")
    assert page.status_code == 200
    assert "Er is geen open uitvoering." in page.text
    assert db.session.scalar(select(func.count()).select_from(Enrolment)) == 0
