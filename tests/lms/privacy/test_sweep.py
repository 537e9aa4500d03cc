"""What is past its term goes, what is not stays, and the worker does it by itself."""

from datetime import timedelta

from sqlalchemy import func, select

from lms import clock
from lms.accounts.models import Attempt
from lms.audit.models import AuditEntry
from lms.audit.services import record
from lms.db import db
from lms.jobs.models import Job
from lms.notifications.models import Mail
from lms.notifications.services import send


def fill(person, ages):
    """An entry, a mail, an attempt and a done job of each of these ages in days."""
    for days in ages:
        then = clock.now() - timedelta(days=days)
        record("core.account_made", subject=person, person=person)
        mail = send(person, "receipt", "Ontvangen", "Uw werk.")
        mail.created_at = then
        db.session.add(Attempt(key="login:x@test.example", at=then))
        db.session.flush()
        for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)):
            entry.at = then
        for job in db.session.scalars(select(Job).order_by(Job.id.desc()).limit(1)):
            job.state, job.done_at = "done", then
    db.session.commit()


def counts():
    db.session.rollback()
    return [db.session.scalar(select(func.count()).select_from(model)) for model in (AuditEntry, Mail, Attempt, Job)]


def test_each_thing_has_its_term(make, lms_command):
    fill(make.person(), (0, 0.5, 2, 29, 31, 89, 91, 729, 731))
    before = counts()
    dry = lms_command("privacy", "sweep", "--dry-run")
    assert dry.exit_code == 0
    assert counts() == before == [9, 9, 9, 9]
    done = lms_command("privacy", "sweep")
    assert done.output == dry.output
    assert [line.split() for line in done.output.splitlines()] == [
        ["1", "log", "entries"], ["3", "mails"], ["0", "notices"], ["7", "attempts"], ["5", "finished", "jobs"],
    ]  # fmt: skip
    assert counts() == [8, 6, 2, 4]
    assert lms_command("privacy", "sweep").output.split()[0] == "0"


def test_work_that_waits_or_failed_stays(make, lms_command):
    person = make.person()
    for state in ("waiting", "failed"):
        send(person, "receipt", "Ontvangen", "Uw werk.")
        db.session.flush()
        job = db.session.scalars(select(Job).order_by(Job.id.desc()).limit(1)).one()
        job.state, job.due_at = state, clock.now() - timedelta(days=400)
    db.session.commit()
    lms_command("privacy", "sweep")
    assert counts()[3] == 2


def test_the_worker_sweeps_once_a_day(lms_command, make):
    fill(make.person(), (0, 800))
    lms_command("worker", "--once")
    assert counts() == [1, 1, 1, 1]
