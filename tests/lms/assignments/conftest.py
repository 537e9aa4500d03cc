"""A participant at their assignment: what they type, choose and press, and what is stored of it."""

import io
import re
from datetime import timedelta

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from lms import clock
from lms.assignments.models import Draft, Submission, Version
from lms.courses.models import Activity
from lms.db import db
from lms.files.models import StoredFile
from lms.notifications.models import Mail
from lms.progress.models import Progress
from lms.runs.models import TRAINER, Enrolment, RunDue
from lms.testing import RUBRIC

JSON = {"Accept": "application/json"}
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def upload(name="verslag.pdf", data=PDF):
    """A chosen file, as a form sends it."""
    return FileStorage(io.BytesIO(data), name)


def multipart(fields):
    """A form with files as one string of bytes: the client itself would leave a large one open in a temporary file."""
    boundary, body = encode_multipart(fields)
    return {"data": body, "content_type": f"multipart/form-data; boundary={boundary}"}


def text_of(response):
    return response.get_data(as_text=True)


class Desk:
    """A run with its people; unless a method is told otherwise, the first participant does it."""

    def __init__(self, make, sign_in, **run):
        self.make, self.sign_in = make, sign_in
        self.run = make.run(**run)
        self.people = make.people(self.run)
        self.person = self.people[0]
        self.trainer = make.people(self.run, TRAINER)[0]
        self.browser = sign_in(self.person)
        self.url = f"/runs/{self.run.id}/opdracht"

    # what one does

    def page(self, browser=None):
        response = (browser or self.browser).get(self.url)
        assert response.status_code == 200, text_of(response)
        return text_of(response)

    def revision(self, browser=None):
        """The revision that the form on the page carries."""
        return re.search(r'name="revision"[^>]*value="(\d+)"', self.page(browser))[1]

    def _form(self, text, revision, files, more):
        return {"text": text, "revision": str(revision), **({"files": files} if files else {}), **more}

    def save(self, text="", revision=0, *, files=(), browser=None, headers=JSON, **more):
        data = self._form(text, revision, list(files), more)
        return (browser or self.browser).post(f"{self.url}/concept", headers=headers, **multipart(data))

    def hand_in(self, text="Mijn werk.", revision=None, *, files=(), browser=None, headers=None, **more):
        revision = self.revision(browser) if revision is None else revision
        data = self._form(text, revision, list(files), more)
        return (browser or self.browser).post(f"{self.url}/inleveren", headers=headers, **multipart(data))

    def judge(self, *, action="vrijgeven", overall="nog_niet", words="Hier mist een bron.", revision=0, number=None):
        """The trainer saves or releases a judgement of the last version, or of version ``number``."""
        form = {"action": action, "revision": str(revision), "overall": overall, "words": words}
        for criterion in RUBRIC:
            form |= {f"level-{criterion['slug']}": overall, f"words-{criterion['slug']}": f"Over {criterion['slug']}."}
        answer = self.sign_in(self.trainer).post(self._judging(number), data=form)
        assert answer.status_code == 302, text_of(answer)

    def retract(self, reason="Ik las de verkeerde versie."):
        answer = self.sign_in(self.trainer).post(self._judging(None) + "/intrekken", data={"reason": reason})
        assert answer.status_code == 302, text_of(answer)

    def _judging(self, number):
        versions = self.versions()
        version = versions[-1] if number is None else next(v for v in versions if v.number == number)
        return f"/runs/{self.run.id}/beoordelen/{version.id}"

    # what is stored

    def versions(self, person=None):
        db.session.expire_all()
        return (
            db.session.query(Version)
            .join(Submission)
            .join(Enrolment, Enrolment.id == Submission.enrolment_id)
            .filter(Enrolment.person_id == (person or self.person).id)
            .order_by(Version.number)
            .all()
        )

    def draft(self, person=None):
        db.session.expire_all()
        return (
            db.session.query(Draft)
            .join(Enrolment, Enrolment.id == Draft.enrolment_id)
            .filter(Enrolment.person_id == (person or self.person).id)
            .one_or_none()
        )

    def progress(self, person=None):
        """The state of the assignment, or None."""
        db.session.expire_all()
        found = (
            db.session.query(Progress.state)
            .join(Enrolment, Enrolment.id == Progress.enrolment_id)
            .filter(Enrolment.person_id == (person or self.person).id, Progress.activity_id == self.activity.id)
        )
        return found.scalar()

    def mails(self, kind="receipt"):
        db.session.expire_all()
        return db.session.query(Mail).filter_by(kind=kind).order_by(Mail.id).all()

    def files(self):
        db.session.expire_all()
        return db.session.query(StoredFile).order_by(StoredFile.id).all()

    @property
    def activity(self):
        return db.session.query(Activity).filter_by(course_id=self.run.course_id, slug="opdracht").one()

    def due(self, days):
        """Let the assignment be due so many days from today."""
        due_on = clock.today() + timedelta(days=days)
        db.session.add(RunDue(run_id=self.run.id, activity_id=self.activity.id, due_on=due_on))
        db.session.commit()


@pytest.fixture
def desk(app, make, sign_in):
    """A run with two participants and a trainer."""
    return Desk(make, sign_in, participants=2)


@pytest.fixture
def make_desk(app, make, sign_in):
    """``make_desk(course, participants=3)``: the same with another run."""
    return lambda *args, **run: Desk(make, sign_in, *args, **run)
