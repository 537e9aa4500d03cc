"""What comes and what waits in somebody's own community, for «Vandaag»."""

from collections.abc import Iterator
from datetime import timedelta

from flask import url_for
from sqlalchemy import func, or_, select

from lms.api import PanelRow, Person, db, format_date, hour, local, moment, ngettext, now, today
from lms.api import gettext as _

from . import calendar, gates
from .access import community_of
from .models import PLANNED, Community, Goal, Item, Measurement

MEASURED = timedelta(days=30)
"""After so long a goal wants a new measurement."""
LOOKED_BACK = timedelta(days=90)
"""Whoever still has no turnout after this will not remember it."""
MOST = 3


def rows(person: Person) -> Iterator[PanelRow]:
    """The next activity, then what is to be filled in, then the step. A handful of queries; nothing once it stopped."""
    community = community_of(person.library_id)
    if community is None or community.is_finished:
        return
    yield from _next(community)
    yield from _turnouts(community)
    yield from _measurements(community)
    if drafts := len(calendar.drafts(community)):
        yield PanelRow(
            ngettext(
                "%(num)d activiteit staat nog niet in de kalender",
                "%(num)d activiteiten staan nog niet in de kalender",
                drafts,
            ),
            url_for("community.show", community_id=community.id),
            _("Kies een doel en een dag, dan kunnen anderen komen."),
            icon="calendar",
        )
    walk = community.walk()
    if walk.now is not None:
        yield PanelRow(
            _(
                "%(name)s, stap %(number)d van %(total)d: %(step)s",
                name=community.name,
                number=walk.done + 1,
                total=walk.total,
                step=walk.now.step.title,
            ),
            url_for("community.steps", community_id=community.id),
            gates.in_one_sentence(community, gates.missing(community)),
            icon="flag",
        )


def _next(community: Community) -> Iterator[PanelRow]:
    found = select(Item).where(Item.community_id == community.id, Item.status == PLANNED, Item.ends_at > now())
    item = db.session.scalar(found.order_by(Item.starts_at, Item.id).limit(1))
    if item is not None:
        at = _("de hele dag") if item.all_day else _("%(hour)s uur", hour=hour(item.starts_at))
        yield PanelRow(
            item.title,
            _item_url(item),
            _("Eerstvolgende activiteit: %(when)s.", when=", ".join(part for part in (at, item.place) if part)),
            on=local(item.starts_at).date(),
        )


def _turnouts(community: Community) -> Iterator[PanelRow]:
    found = select(Item).where(
        Item.community_id == community.id,
        Item.status == PLANNED,
        Item.turnout.is_(None),
        Item.ends_at <= now(),
        Item.ends_at > now() - LOOKED_BACK,
    )
    for item in db.session.scalars(found.order_by(Item.starts_at, Item.id).limit(MOST)):
        yield PanelRow(
            _("Hoeveel mensen kwamen er? %(title)s", title=item.title),
            _item_url(item),
            _("Het was op %(moment)s. Vul de opkomst in, en wat u leerde.", moment=moment(item.starts_at)),
            icon="pencil",
        )


def _measurements(community: Community) -> Iterator[PanelRow]:
    last = func.max(Measurement.on)
    found = (
        select(Goal.id, Goal.indicator, last)
        .outerjoin(Measurement, Measurement.goal_id == Goal.id)
        .where(Goal.community_id == community.id)
        .group_by(Goal.id, Goal.indicator)
        .having(or_(last.is_(None), last <= today() - MEASURED))
        .order_by(Goal.id)
        .limit(MOST)
    )
    for goal_id, indicator, on in db.session.execute(found):
        yield PanelRow(
            _("Meet opnieuw: %(what)s", what=indicator) if on else _("Meet: %(what)s", what=indicator),
            url_for("community.measure_form", community_id=community.id, record_id=goal_id),
            _("De laatste meting is van %(day)s.", day=format_date(on, "d MMMM yyyy"))
            if on
            else _("Dit doel is nog niet gemeten."),
            icon="graph-up",
        )


def _item_url(item: Item) -> str:
    return url_for("community.item", community_id=item.community_id, item_id=item.id)
