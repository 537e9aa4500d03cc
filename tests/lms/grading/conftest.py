"""Work to judge: a run with a trainer, and hand-ins as rows."""

from datetime import timedelta

import pytest

from lms import clock
from lms.assignments.models import Submission, Version
from lms.courses.models import Activity
from lms.db import db
from lms.grading.models import Assessment
from lms.notifications.models import Mail
from lms.progress import services as progress
from lms.progress.models import Progress
from lms.runs.models import TRAINER, Enrolment
from lms.testing import RUBRIC

SLUGS = [criterion["slug"] for criterion in RUBRIC]


class Judging:
    """A run, its trainer and ways to hand in and to judge over HTTP."""

    def __init__(self, make, sign_in, **run):
        self.make = make
        self.sign_in = sign_in
        self.run = make.run(**run)
        self.trainer = make.people(self.run, TRAINER)[0]
        self.participants = make.people(self.run)
        self.browser = sign_in(self.trainer)

    def hand_in(self, person=None, *, run=None, slug="opdracht", hours_ago=0, late=False, html="<p>Mijn werk.</p>"):
        """A next version of somebody's work, as the participant's page would make it."""
        run = run or self.run
        person = person or self.participants[0]
        activity = find_activity(run, slug)
        enrolment = self.enrolment(person, run)
        submission = (
            db.session.query(Submission).filter_by(enrolment_id=enrolment.id, activity_id=activity.id).one_or_none()
        )
        if submission is None:
            submission = Submission(enrolment_id=enrolment.id, activity_id=activity.id)
            db.session.add(submission)
            db.session.flush()
        number = db.session.query(Version).filter_by(submission_id=submission.id).count() + 1
        version = Version(
            submission_id=submission.id, number=number, text="Mijn werk.", html=html, late=late,
            handed_in_at=clock.now() - timedelta(hours=hours_ago),
        )  # fmt: skip
        db.session.add(version)
        progress.note(activity, person, "handed_in", run)
        db.session.commit()
        return version.id

    def url(self, version_id, run=None):
        return f"/runs/{(run or self.run).id}/beoordelen/{version_id}"

    def post(self, version_id, form, *, browser=None, run=None):
        return (browser or self.browser).post(self.url(version_id, run), data=form)

    def save(self, version_id, *, browser=None, **changes):
        return self.post(version_id, judgement(**changes), browser=browser)

    def release(self, version_id, *, browser=None, **changes):
        return self.post(version_id, judgement(action="vrijgeven", **changes), browser=browser)

    def retract(self, version_id, reason="Verkeerde versie gelezen."):
        return self.browser.post(self.url(version_id) + "/intrekken", data={"reason": reason})

    def enrolment(self, person=None, run=None):
        person = person or self.participants[0]
        return db.session.query(Enrolment).filter_by(run_id=(run or self.run).id, person_id=person.id).one()

    def progress(self, person=None, slug="opdracht"):
        """What is stored of the participant's progress, fresh from the database."""
        db.session.expire_all()
        person = person or self.participants[0]
        return (
            db.session.query(Progress)
            .join(Enrolment, Enrolment.id == Progress.enrolment_id)
            .filter(Enrolment.person_id == person.id, Progress.activity_id == find_activity(self.run, slug).id)
            .one()
        )

    def assessment(self, version_id):
        """The judgement of a version, fresh from the database; None without one."""
        db.session.expire_all()
        return db.session.query(Assessment).filter_by(version_id=version_id).one_or_none()

    def levels(self, version_id):
        """Criterion to its level and words, as stored."""
        return {row.criterion: (row.level, row.words) for row in self.assessment(version_id).criteria}

    def mails(self, kind):
        """The mails of one kind written so far, oldest first."""
        db.session.expire_all()
        return db.session.query(Mail).filter_by(kind=kind).order_by(Mail.id).all()


def find_activity(run, slug):
    return db.session.query(Activity).filter_by(course_id=run.course_id, slug=slug).one()


def judgement(*, action="opslaan", revision=0, overall="voldoende", words="Goed gekeken.", level="voldoende", **others):
    """What the browser sends: a level for every criterion; ``others`` with ``_`` for ``-`` change single fields."""
    form = {"action": action, "revision": str(revision), "overall": overall, "words": words}
    for slug in SLUGS:
        form |= {f"level-{slug}": level, f"words-{slug}": f"Over {slug}."}
    form |= {name.replace("_", "-", 1): value for name, value in others.items()}
    return {name: value for name, value in form.items() if value is not None}


@pytest.fixture
def judging(app, make, sign_in):
    """A run with one participant and one trainer, who is signed in."""
    return Judging(make, sign_in)


@pytest.fixture
def make_judging(app, make, sign_in):
    """``make_judging(participants=3)``: the same with another run."""
    return lambda **run: Judging(make, sign_in, **run)
