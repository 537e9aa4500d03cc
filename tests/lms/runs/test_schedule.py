"""Weeks and due dates follow from the lesson days."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lms.runs import schedule

WEEKS = {1: 1, 2: 4, 3: 7, 4: 10}
DAYS = {1: date(2026, 11, 6), 2: date(2026, 11, 27), 3: date(2026, 12, 18), 4: date(2027, 1, 8)}


def test_due_dates_hang_on_a_day():
    assert schedule.due_on(2, -7, DAYS) == date(2026, 11, 20)
    assert schedule.due_on(4, 3, DAYS) == date(2027, 1, 11)
    assert schedule.due_on(None, 0, DAYS) is None
    assert schedule.due_on(5, 0, DAYS) is None


def test_weeks_begin_on_mondays_as_planned():
    starts = [schedule.week_starts(week, DAYS, WEEKS) for week in range(1, 11)]
    assert starts == [date(2026, 11, 2) + timedelta(weeks=n) for n in range(10)]


def test_a_later_day_makes_the_week_before_it_last_longer():
    moved = DAYS | {3: date(2027, 1, 8), 4: date(2027, 1, 29)}
    assert schedule.week_starts(6, moved, WEEKS) == date(2026, 12, 7)
    assert schedule.week_starts(7, moved, WEEKS) == date(2027, 1, 4)
    assert schedule.current_week(date(2026, 12, 30), moved, WEEKS) == 6
    assert schedule.current_week(date(2027, 1, 4), moved, WEEKS) == 7


def test_days_closer_together_than_planned():
    close = {1: date(2026, 11, 2), 2: date(2026, 11, 9), 3: date(2026, 11, 16), 4: date(2026, 11, 23)}
    assert schedule.current_week(date(2026, 11, 8), close, WEEKS) < 4
    assert schedule.current_week(date(2026, 11, 9), close, WEEKS) >= 4
    assert schedule.week_starts(3, close, WEEKS) < schedule.week_starts(4, close, WEEKS)


def test_before_the_first_and_after_the_last_day():
    assert schedule.current_week(date(2026, 1, 1), DAYS, WEEKS) == 1
    assert schedule.current_week(date(2028, 1, 1), DAYS, WEEKS) == 10
    assert schedule.current_week(date(2028, 1, 1), {}, WEEKS) is None


@given(
    first=st.dates(date(2026, 1, 1), date(2030, 1, 1)),
    gaps=st.lists(st.integers(1, 60), min_size=3, max_size=3),
    today=st.integers(-30, 250),
)
def test_weeks_never_go_back(first, gaps, today):
    days, on = {1: first}, first
    for number, gap in enumerate(gaps, 2):
        on += timedelta(days=gap)
        days[number] = on
    starts = [schedule.week_starts(week, days, WEEKS) for week in range(1, 11)]
    assert starts == sorted(starts)
    assert all(start.weekday() == 0 for start in starts)
    now = schedule.current_week(first + timedelta(days=today), days, WEEKS)
    later = schedule.current_week(first + timedelta(days=today + 7), days, WEEKS)
    assert 1 <= now <= later <= 10
    for number, when in days.items():
        # Two days in one week are one week: the later of them counts.
        assert schedule.current_week(when, days, WEEKS) >= WEEKS[number]
