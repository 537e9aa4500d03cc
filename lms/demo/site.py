"""The demo as it is being built: what a plugin's ``Demo.load`` gets in its hands.

People and libraries of a demo are plainly made up. Nothing here bypasses the services, so a demo cannot show what the
product does not do; :meth:`DemoSite.back` turns back the clock while they work.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, time, timedelta

from flask import current_app
from sqlalchemy import select

from .. import clock
from ..accounts.demo import DOMAIN as DOMAIN
from ..accounts.demo import PASSWORD as PASSWORD
from ..accounts.models import Person
from ..assignments import services as work
from ..assignments.models import Version
from ..db import db
from ..grading import services as grading
from ..grading.services import Judgement
from ..libraries.models import Library
from ..libraries.services import find_or_make
from ..progress import services as progress
from ..runs.models import Run
from ..runs.visits import Visit, load_run, load_visit
from ..worksheets.forms import typed_rows
from ..worksheets.services import Sent, sheet_of

Rows = Mapping[str, Sequence[Mapping[str, str]]]


class DemoSite:
    """The people, libraries and runs of the demo. ``run`` is None when no plugin brings a course."""

    def __init__(self) -> None:
        self.run: Run | None = None
        self._closed: Run | None = None
        self._people: dict[str, Person] = {}

    def person(self, user: str) -> Person:
        """The person with the address ``user@demo.example``. Raises KeyError if no plugin declares them."""
        if user not in self._people:
            found = db.session.scalar(select(Person).where(Person.email == f"{user}@{DOMAIN}"))
            if found is None:
                raise KeyError(user)
            self._people[user] = found
        return self._people[user]

    def library(self, name: str, province: str = "") -> Library:
        """The library with this name; made, in this province, when the demo has no such library yet."""
        return find_or_make(name, province)

    def visit(self, user: str, slug: str) -> Visit:
        """A person at an activity of the demo's run."""
        assert self.run is not None
        return load_visit(self.person(user), self.run.id, slug)

    @contextmanager
    def earlier(self, run: Run | None = None) -> Iterator[None]:
        """Let all that is inside happen in the run that went before; outside it is closed. ``run`` says which it is."""
        self._closed = run or self._closed
        assert self._closed is not None
        now, self.run = self.run, self._closed
        self._closed.archived_at = None
        try:
            yield
        finally:
            self.run = now
            self._closed.archived_at = max(day.ends_at for day in self._closed.days) + timedelta(days=14)

    def complete(self, user: str, slug: str) -> None:
        """Let a participant complete an activity."""
        visit = self.visit(user, slug)
        progress.complete(visit.activity, visit.person, visit.run)

    def draft(self, user: str, slug: str, text: str, sheet: Rows | None = None) -> None:
        """Let a participant write on an assignment without handing it in; ``sheet`` as in :meth:`hand_in`."""
        visit = self.visit(user, slug)
        work.save_draft(visit, work.make_ready(text, 0, overwrite=True, sheet=self._sheet(visit, sheet)))

    def hand_in(self, user: str, slug: str, text: str, sheet: Rows | None = None) -> Version:
        """Let a participant hand in a text; returns the version. ``sheet`` maps the parts of its worksheet to rows of
        typed words; a row whose id is given keeps it from one version to the next."""
        visit = self.visit(user, slug)
        url = self._link(f"/runs/{visit.run.id}/{slug}")
        typed = work.make_ready(text, 0, overwrite=True, render=True, sheet=self._sheet(visit, sheet))
        return work.hand_in(visit, typed, url=url).version

    def _sheet(self, visit: Visit, rows: Rows | None) -> Sent | None:
        declared = sheet_of(visit.activity)
        return Sent(declared, typed_rows(declared, rows)) if declared and rows else None

    def judge(self, trainer: str, version: Version, judgement: Judgement, *, release: bool = True) -> None:
        """Let a trainer judge a version; without ``release`` the participant does not see it yet."""
        assert self.run is not None
        person = self.person(trainer)
        judged = grading.load_work(load_run(person, self.run.id, trainer=True), version.id)
        if release:
            link = self._link(f"/runs/{self.run.id}/{judged.activity.slug}")
            grading.release(judged, person, judgement, 0, link)
        else:
            grading.save(judged, person, judgement, 0)

    def days_ago(self, days: float) -> datetime:
        """A moment at a believable hour, that many days back."""
        on = clock.local(clock.now()).date() - timedelta(days=int(days))
        return clock.at(on, time(9 + int(days * 7) % 9, int(days * 13) % 60))

    @contextmanager
    def back(self, days: float) -> Iterator[None]:
        """Let everything inside happen that many days ago."""
        moment = self.days_ago(days)
        before = current_app.config.get("CLOCK")
        current_app.config["CLOCK"] = lambda: moment
        try:
            yield
        finally:
            current_app.config["CLOCK"] = before

    def _link(self, path: str) -> str:
        return current_app.config["BASE_URL"] + path
