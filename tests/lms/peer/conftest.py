"""A group whose participants handed in and read each other's work, over HTTP, with a clock of its own."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from lms.courses.models import Activity
from lms.db import db
from lms.peer import clockwork
from lms.peer.models import Remark, Review, Round
from lms.runs.models import Enrolment

START = datetime(2026, 9, 15, 8, 0, tzinfo=UTC)
SETTINGS = {"assignment": "opdracht", "reviews": 2, "opens": {"day": 2, "days": -6}}
WORDS = "Ik mis bij deze groep waar u hen ontmoet, want dan weet een collega waar te beginnen."


class Group:
    """A run with an assignment, due on 22 September, and its round, from 23 to 27 September."""

    def __init__(self, app, make, sign_in, people=4, trainers=1, **settings):
        self.app, self.make, self.sign_in = app, make, sign_in
        kinds = {"opdracht": "core.assignment", "ronde": "core.peer"}
        course = make.course(activities=kinds, ronde={**SETTINGS, **settings})
        self.round_activity = db.session.scalar(
            select(Activity).where(Activity.course_id == course.id, Activity.slug == "ronde")
        )
        self.round_activity.due_day, self.round_activity.due_offset = 2, -2
        first = (START - timedelta(days=7)).date()
        self.run = make.run(course, participants=0, trainers=trainers, first_day=first)
        for number in range(people):
            self.add(f"Bibliotheek {number % 3}")
        db.session.commit()
        self.url = f"/runs/{self.run.id}/ronde"

    def add(self, library="Bibliotheek 9"):
        """One more participant."""
        return self.make.enrol(self.run, self.make.person(library=library))

    @property
    def people(self):
        return self.make.people(self.run)

    @property
    def trainer(self):
        return self.sign_in(self.make.people(self.run, "trainer")[0])

    def browser(self, number):
        return self.sign_in(self.people[number])

    def enrolment(self, number):
        return db.session.scalar(
            select(Enrolment.id).where(Enrolment.run_id == self.run.id, Enrolment.person_id == self.people[number].id)
        )

    def hand_in(self, *numbers, text="Het werk van nummer {}."):
        """These people hand in; without numbers everybody does."""
        for number in numbers or range(len(self.people)):
            browser = self.browser(number)
            page = browser.get(f"/runs/{self.run.id}/opdracht").text
            revision = re.search(r'name="revision"[^>]*value="(\d+)"', page)[1]
            typed = {"text": text.format(number), "revision": revision}
            assert browser.post(f"/runs/{self.run.id}/opdracht/inleveren", data=typed).status_code == 302

    def at(self, day, hour=8):
        """Make it this day of September, and let the clockwork look."""
        self.app.config["MOMENT"] = datetime(2026, 9, day, hour, 0, tzinfo=UTC)
        clockwork.tick()
        db.session.commit()

    def reviews(self, number=None):
        """The reviews of the round, or of one reviewer, oldest first."""
        found = select(Review).join(Round).where(Round.run_id == self.run.id, Review.origin != "self")
        if number is not None:
            found = found.where(Review.reviewer_id == self.enrolment(number))
        return db.session.scalars(found.order_by(Review.id)).all()

    def say(self, number, review, *, do="give", remarks=None, revision=None, **more):
        """Send the form of a review."""
        remarks = remarks or [("top", "Goed dat u cijfers noemt."), ("tip", WORDS), ("question", "Wie sprak u?")]
        data = {"revision": str(review.revision if revision is None else revision), "do": do}
        for place, (kind, text) in enumerate(remarks):
            data |= {f"remarks-{place}-kind": kind, f"remarks-{place}-text": text, f"remarks-{place}-about": ""}
        data |= more
        return self.browser(number).post(f"{self.url}/feedback/{review.token}", data=data)

    def look_at_own(self, number):
        """Do one's own look first, so that the feedback of others shows."""
        answer = self.browser(number).post(f"{self.url}/feedback/eigen")
        review = review_at(answer.location)
        assert self.say(number, review).status_code == 302

    def tip_of(self, review):
        return db.session.scalar(select(Remark).where(Remark.review_id == review.id, Remark.kind == "tip"))


def review_at(address):
    """The review that an address leads to."""
    return db.session.scalar(select(Review).where(Review.token == address.rsplit("/", 1)[1]))


@pytest.fixture
def group(app, make, sign_in):
    """``group(people=6, giver="hidden")``: a group with its clock at 15 September."""
    app.config["MOMENT"] = START
    app.config["CLOCK"] = lambda: app.config["MOMENT"]
    return lambda **settings: Group(app, make, sign_in, **settings)
