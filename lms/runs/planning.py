"""A lesson day as somebody plans it, and what can be wrong with it. Dates and hours are on the clock in Amsterdam."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from urllib.parse import urlsplit

from flask_babel import format_date
from flask_babel import gettext as _

from .. import clock
from .models import RunDay
from .problems import Problem

START, END = time(9, 30), time(16, 30)
YEARS = range(2000, 2100)
LONGEST = {"place": 300, "travel_note": 2000, "video_url": 500}


@dataclass(frozen=True)
class DayPlan:
    """A date with hours and place. ``travel_note`` tells how to get there, ``video_url`` is for who joins online."""

    day: date
    start: time = START
    end: time = END
    place: str = ""
    travel_note: str = ""
    video_url: str = ""

    @property
    def starts_at(self) -> datetime:
        """The moment in UTC."""
        return clock.at(self.day, self.start)

    @property
    def ends_at(self) -> datetime:
        """The moment in UTC."""
        return clock.at(self.day, self.end)

    def write_to(self, row: RunDay) -> None:
        """Give the row this plan."""
        row.starts_at, row.ends_at = self.starts_at, self.ends_at
        row.place, row.travel_note, row.video_url = self.place, self.travel_note, self.video_url


def plan_of(row: RunDay) -> DayPlan:
    """The plan that the row holds."""
    starts, ends = clock.local(row.starts_at), clock.local(row.ends_at)
    return DayPlan(starts.date(), starts.time(), ends.time(), row.place, row.travel_note, row.video_url)


def with_places(plans: Sequence[DayPlan]) -> list[DayPlan]:
    """The plans in which a later day without a place has that of the first, with its travel note."""
    first = plans[0]
    return [
        plan if plan.place else replace(plan, place=first.place, travel_note=plan.travel_note or first.travel_note)
        for plan in plans
    ]


def check_days(plans: Sequence[DayPlan]) -> list[Problem]:
    """What is wrong with the days of a new run; the fields are ``day1-date`` and so on."""
    problems: list[Problem] = []
    before: date | None = None
    for number, plan in enumerate(plans, 1):
        problems += check_day(plan, number, before=before, prefix=f"day{number}-")
        before = plan.day if before is None else max(before, plan.day)
    return problems


def check_day(
    plan: DayPlan, number: int, *, before: date | None = None, after: date | None = None, prefix: str = ""
) -> Iterable[Problem]:
    """What is wrong with one day that lies between those before and after it."""
    if plan.day.year not in YEARS:
        yield Problem(
            f"{prefix}date",
            _("Kies een datum tussen %(first)s en %(last)s.", first=YEARS.start, last=YEARS.stop - 1),
        )
    elif before is not None and plan.day <= before:
        yield Problem(
            f"{prefix}date",
            _(
                "Lesdag %(number)s moet na Lesdag %(other)s liggen. Kies een datum na %(date)s.",
                number=number, other=number - 1, date=in_words(before),
            ),
        )  # fmt: skip
    elif after is not None and plan.day >= after:
        yield Problem(
            f"{prefix}date",
            _(
                "Lesdag %(number)s moet voor Lesdag %(other)s liggen. Kies een datum voor %(date)s.",
                number=number, other=number + 1, date=in_words(after),
            ),
        )  # fmt: skip
    if plan.end <= plan.start:
        yield Problem(f"{prefix}end", _("De eindtijd moet na de begintijd liggen."))
    for field, most in LONGEST.items():
        if len(getattr(plan, field)) > most:
            yield Problem(f"{prefix}{field}", _("Dit is te lang. Schrijf hoogstens %(num)s tekens.", num=most))
    if plan.video_url and not _is_address(plan.video_url):
        yield Problem(f"{prefix}video_url", _("Dit is geen webadres. Begin met https://."))


def in_words(day: date) -> str:
    """A date as people write it: «6 november 2026»."""
    return format_date(day, "d MMMM yyyy")


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in text
    except ValueError:
        return False
