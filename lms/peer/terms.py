"""What a content file says of a round, and the dates that follow from it in a run."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from .. import clock
from ..courses.models import Activity
from ..db import db
from ..runs import schedule
from ..runs.models import Run, RunDue

KEY = "core.peer"
REVIEWS = 2
MOST_REVIEWS = 3
LEASE = timedelta(hours=48)


@dataclass(frozen=True)
class Terms:
    """The settings of a peer activity. ``assignment`` is the slug of the work that is read; with ``levels``
    a remark on a criterion may say how far the work is."""

    assignment: str
    reviews: int
    hidden: bool
    own_first: bool
    levels: bool
    start_with: int | None
    opens_day: int | None
    opens_offset: int


def of(activity: Activity) -> Terms:
    """Read the settings, which ``lms course check`` has found good."""
    settings: dict[str, Any] = activity.settings
    opens = settings.get("opens") or {}
    return Terms(
        assignment=settings["assignment"],
        reviews=settings.get("reviews", REVIEWS),
        hidden=settings.get("giver") == "hidden",
        own_first=settings.get("own_first", True),
        levels=settings.get("levels", False),
        start_with=settings.get("start_with"),
        opens_day=opens.get("day"),
        opens_offset=opens.get("days", 0),
    )


@dataclass(frozen=True)
class Dates:
    """When a round opens and is due in one run; None where the run has no such lesson day."""

    opens: date | None
    due: date | None

    @property
    def ends_at(self) -> datetime | None:
        """The last minute of the day on which it is due."""
        return clock.end_of(self.due) if self.due else None

    def halfway(self, opened_at: datetime) -> datetime:
        """Until when a planned pair holds: halfway, though at least a lease, and not beyond the date."""
        if self.ends_at is None or self.ends_at <= opened_at:
            return opened_at + LEASE
        return min(max(opened_at + (self.ends_at - opened_at) / 2, opened_at + LEASE), self.ends_at)


def dates(run: Run, activity: Activity) -> Dates:
    """The dates of this activity in this run. One query, for the date that the run chose itself."""
    asked = of(activity)
    days = {day.number: clock.local(day.starts_at).date() for day in run.days}
    own = db.session.scalar(select(RunDue.due_on).where(RunDue.run_id == run.id, RunDue.activity_id == activity.id))
    return Dates(
        opens=schedule.due_on(asked.opens_day, asked.opens_offset, days),
        due=own or schedule.due_on(activity.due_day, activity.due_offset, days),
    )
