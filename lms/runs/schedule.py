"""Dates of a run: weeks and due dates all follow from the lesson days. Pure functions, dates in Amsterdam."""

from collections.abc import Mapping
from datetime import date, timedelta

Days = Mapping[int, date]
"""Lesson day number to its date."""
Weeks = Mapping[int, int]
"""Lesson day number to the course week in which it falls."""


def due_on(day: int | None, offset: int, days: Days) -> date | None:
    """The date ``offset`` days after a lesson day (before, when negative); None without a date to hang on."""
    return days[day] + timedelta(days=offset) if day is not None and day in days else None


def week_starts(week: int, days: Days, weeks: Weeks) -> date | None:
    """The Monday on which a week of the course begins.

    A week counts from the last lesson day at or before it, so that moving a day moves its weeks along. When a day
    lies further away than planned, the last week before it simply lasts longer.
    """
    planned = sorted((weeks[number], days[number]) for number in days if number in weeks)
    if not planned:
        return None
    anchor_week, anchor_date = max((p for p in planned if p[0] <= week), default=planned[0])
    start = _monday(anchor_date) + timedelta(weeks=week - anchor_week)
    following = [when for number, when in planned if number > week]
    # Days closer together than planned: a week never begins in or after the week of the next lesson day.
    if following and start >= _monday(following[0]):
        start = max(_monday(following[0]) - timedelta(weeks=1), _monday(anchor_date))
    return start


def current_week(today: date, days: Days, weeks: Weeks) -> int | None:
    """The week of the course on this date: 1 before the first, the last day's week after the end."""
    planned = sorted((weeks[number], days[number]) for number in days if number in weeks)
    if not planned:
        return None
    last_week = planned[-1][0]
    week = planned[0][0]
    for candidate in range(planned[0][0], last_week + 1):
        start = week_starts(candidate, days, weeks)
        if start is not None and start <= today:
            week = candidate
    return week


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
