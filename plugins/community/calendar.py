"""The calendar of a community: plan, change, call off, and look back on an activity."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import url_for
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from lms.api import CalendarEntry, Conflict, Invalid, NotFound, Person, at, db, local, made_just_now, now
from lms.api import gettext as _

from .access import must_run
from .models import BOTH, CANCELLED, DRAFT, MODES, PLANNED, STARTERS, Community, Goal, Item

QUIET_DAYS = 30
"""With nothing planned in so many days a community goes quiet."""
MOST_REPEATS = 25
PER_PAGE = 25
MOST_FOLLOWED = 1000
# What somebody who follows the calendar sees: a change of one of these is a new revision of the activity.
_FOLLOWED = frozenset(
    {"title", "description", "starts_at", "ends_at", "all_day", "mode", "place", "online_url", "is_public", "status"}
)


def plan_item(community: Community, person: Person, *, repeat: int = 0, **values: Any) -> list[Item]:
    """Plan an activity, and again in each of the ``repeat`` weeks after it at the same hour. Raises Invalid.

    ``values`` are columns of :class:`Item`. With ``status=DRAFT`` it may still do without a goal. The same once more (a
    double press) plans nothing.
    """
    must_run(community)
    values |= {"community_id": community.id, "created_by_id": person.id}
    weeks = [
        values | {name: _weeks_later(values[name], week) for name in ("starts_at", "ends_at")}
        for week in range(repeat + 1)
    ]
    # By the last: who planned one activity, and then the same one with its weeks, wants those weeks.
    earlier = made_just_now(Item, **weeks[-1])
    if earlier is not None:
        return [made_just_now(Item, **weeks[0]) or earlier]
    items = []
    for week in weeks:
        item = Item(**week)
        _check(community, item)
        items.append(item)
    db.session.add_all(items)
    db.session.flush()
    return items


def _weeks_later(moment: datetime, weeks: int) -> datetime:
    """The same hour on the clock in Amsterdam, also when that was put forward or back in between."""
    there = local(moment)
    return at(there.date() + timedelta(weeks=weeks), there.time())


def change_item(community: Community, item: Item, **values: Any) -> None:
    """Change an activity. ``sequence`` rises when a follower of the calendar must hear of it."""
    must_run(community)
    changed = {name for name, value in values.items() if getattr(item, name) != value}
    if not changed:
        return
    for name in changed:
        setattr(item, name, values[name])
    _check(community, item)
    if changed & _FOLLOWED:
        item.sequence += 1
    item.changed_at = now()
    db.session.flush()


def cancel(community: Community, item: Item) -> None:
    """Call an activity off; it stays to be seen. Raises Conflict when people came already."""
    if item.turnout is not None:
        raise Conflict(_("Deze activiteit is al geweest."))
    change_item(community, item, status=CANCELLED)


def remove_draft(community: Community, item: Item) -> None:
    """Throw a draft away. What was planned is called off instead, so that followers hear of it."""
    must_run(community)
    if not item.is_draft:
        raise Conflict(_("Deze activiteit staat in de kalender. Gelast haar af, dan weten mensen dat."))
    db.session.delete(item)
    db.session.flush()


def look_back(community: Community, item: Item, *, turnout: int, first_time: int | None, learned: str) -> None:
    """Write down how many people came and what was learned. Raises Conflict before it began, or when called off."""
    must_run(community)
    if item.status != PLANNED or item.starts_at > now():
        raise Conflict(_("Deze activiteit is nog niet geweest. Vul de opkomst daarna in."))
    if first_time is not None and first_time > turnout:
        raise Invalid(_("Er kunnen niet meer mensen voor het eerst komen dan er waren."), "first_time")
    item.turnout, item.first_time, item.learned, item.changed_at = turnout, first_time, learned, now()
    db.session.flush()


def _check(community: Community, item: Item) -> None:
    if item.ends_at <= item.starts_at:
        raise Invalid(_("De activiteit eindigt voordat zij begint. Kies een later einde."), "ends")
    if item.mode not in MODES or item.started_by not in STARTERS:
        raise Invalid(_("Kies een van de mogelijkheden."), "mode")
    with db.session.no_autoflush:
        goal = db.session.get(Goal, item.goal_id) if item.goal_id else None
    if goal is not None and goal.community_id != community.id:
        raise Invalid(_("Kies een doel van uw eigen community."), "goal_id")
    if goal is None and item.status != DRAFT:
        raise Invalid(
            _("Kies bij welk doel deze activiteit hoort. Zonder doel komt zij niet in de kalender."), "goal_id"
        )


def load_item(community: Community, item_id: int) -> Item:
    """One activity of this community with its goal, or NotFound."""
    found = select(Item).where(Item.id == item_id, Item.community_id == community.id)
    item = db.session.scalar(found.options(joinedload(Item.goal)))
    if item is None:
        raise NotFound(_("Deze activiteit staat niet in de kalender van deze community."))
    return item


# ---- to look at ----


@dataclass(frozen=True)
class Month:
    """A month as weeks of days, each with its activities. Days of another month are None."""

    first: date
    weeks: tuple[tuple[tuple[date, tuple[Item, ...]] | None, ...], ...]

    @property
    def before(self) -> date:
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def after(self) -> date:
        return (self.first + timedelta(days=31)).replace(day=1)


def month(community: Community, day: date, *, public: bool = False) -> Month:
    """The month in which ``day`` lies. One query. Drafts are not in it."""
    first = day.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    items = db.session.scalars(
        _shown(community, public=public)
        .where(Item.starts_at < at(after, time()), Item.ends_at > at(first, time()))
        .order_by(Item.starts_at, Item.id)
    ).all()
    by_day: dict[date, list[Item]] = {}
    for item in items:
        for shown in days_of(item):
            by_day.setdefault(shown, []).append(item)
    days: list[tuple[date, tuple[Item, ...]] | None] = [None] * first.weekday()
    days += [
        (one, tuple(by_day.get(one, ())))
        for one in (first + timedelta(days=number) for number in range((after - first).days))
    ]
    days += [None] * (-len(days) % 7)
    return Month(first, tuple(tuple(days[start : start + 7]) for start in range(0, len(days), 7)))


def days_of(item: Item) -> list[date]:
    """The days on which an activity is, at most 31. One that ends at midnight isn't on the day that begins then."""
    first, last = local(item.starts_at).date(), local(item.ends_at - timedelta(microseconds=1)).date()
    return [first + timedelta(days=number) for number in range(min((last - first).days, 30) + 1)]


def _shown(community: Community, *, public: bool = False) -> Select[Any]:
    found = select(Item).where(Item.community_id == community.id, Item.status != DRAFT)
    return found.where(Item.is_public) if public else found


def upcoming(community: Community, *, public: bool = False) -> Pagination:
    """What is still to come, the nearest first."""
    found = _shown(community, public=public).where(Item.ends_at > now()).options(joinedload(Item.goal))
    return db.paginate(found.order_by(Item.starts_at, Item.id), per_page=PER_PAGE, max_per_page=PER_PAGE)


def past(community: Community, *, most: int = 5) -> Sequence[Item]:
    """What has been, the latest first."""
    found = _shown(community).where(Item.ends_at <= now(), Item.status == PLANNED).options(joinedload(Item.goal))
    return db.session.scalars(found.order_by(Item.starts_at.desc(), Item.id.desc()).limit(most)).all()


def drafts(community: Community) -> Sequence[Item]:
    """What came from coursework and isn't in the calendar yet."""
    found = select(Item).where(Item.community_id == community.id, Item.status == DRAFT).order_by(Item.id)
    return db.session.scalars(found.limit(PER_PAGE)).all()


@dataclass(frozen=True)
class Mix:
    """How a calendar is made up. ``next_at`` is the first that is still to come; None with nothing planned."""

    modes: dict[str, int]
    starters: dict[str, int]
    since: datetime | None
    next_at: datetime | None

    @property
    def total(self) -> int:
        return sum(self.modes.values())

    @property
    def is_quiet(self) -> bool:
        """Is nothing planned within 30 days?"""
        return self.next_at is None or self.next_at > now() + timedelta(days=QUIET_DAYS)

    @property
    def is_mixed(self) -> bool:
        return bool(self.modes[BOTH]) or sum(1 for count in self.modes.values() if count) > 1


def mix(community: Community) -> Mix:
    """What the calendar holds, past and to come. One query."""
    soonest = func.min(Item.starts_at).filter(Item.ends_at > now())
    rows = db.session.execute(
        select(Item.mode, Item.started_by, func.count(), func.min(Item.starts_at), soonest)
        .where(Item.community_id == community.id, Item.status == PLANNED)
        .group_by(Item.mode, Item.started_by)
    ).all()
    modes, starters = dict.fromkeys(MODES, 0), dict.fromkeys(STARTERS, 0)
    for mode, starter, count, _first, _next in rows:
        for counts, key in ((modes, mode), (starters, starter)):
            if key in counts:  # a value that a later version wrote is no reason to show nothing
                counts[key] += count
    firsts, nexts = [row[3] for row in rows], [row[4] for row in rows if row[4]]
    return Mix(modes, starters, min(firsts, default=None), min(nexts, default=None))


def dates_of(person: Person, first: datetime, last: datetime) -> list[CalendarEntry]:
    """The activities of somebody's own community for their calendar, also those that were called off. Two queries."""
    if person.library_id is None:
        return []
    found = (
        select(Item)
        .join(Community, Community.id == Item.community_id)
        .where(Community.library_id == person.library_id, Item.status != DRAFT)
        .where(Item.ends_at > first, Item.starts_at < last)
        .options(joinedload(Item.community))
    )
    return [entry_of(item) for item in db.session.scalars(found)]


def public_dates(community_id: int) -> tuple[str, list[CalendarEntry]]:
    """The name of a community and what everybody may follow of it: the activities marked public, of the last months and
    all that come. Raises NotFound when nothing ever was public. One query."""
    found = (
        select(Item)
        .where(Item.community_id == community_id, Item.status != DRAFT, Item.is_public)
        .options(joinedload(Item.community))
        .order_by(Item.starts_at.desc())
    )
    items = db.session.scalars(found.limit(MOST_FOLLOWED)).all()
    if not items:
        raise NotFound(_("Deze kalender bestaat niet."))
    recent = [item for item in items if item.ends_at > now() - timedelta(days=90)]
    return items[0].community.name, [replace(entry_of(item), url="") for item in reversed(recent)]


def entry_of(item: Item) -> CalendarEntry:
    """An activity as an entry of a calendar."""
    return CalendarEntry(
        uid=f"community-{item.uid}",
        title=item.title,
        starts_at=item.starts_at,
        ends_at=item.ends_at,
        url=url_for("community.item", community_id=item.community_id, item_id=item.id),
        sequence=item.sequence,
        all_day=item.all_day,
        place=item.place,
        text="\n".join(part for part in (item.description, item.online_url) if part),
        cancelled=item.is_cancelled,
    )
