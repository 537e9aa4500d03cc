"""What the network sees: communities that their libraries published, with the activities that are for everybody."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lms.api import current_user, feed, public, requires, today

from .. import calendar, programme_figures, programmes
from ..access import may_see
from .blueprint import bp
from .calendar import asked_day


@bp.get("/netwerk")
@requires("community.read")
def network() -> ResponseReturnValue:
    """The published communities, by library."""
    page = programmes.published()
    figures = programme_figures.figures(community.id for community in page.items)
    return render_template("community/network.html", page=page, figures=figures)


@bp.get("/netwerk/<int:community_id>")
@requires("community.read")
def published(community_id: int) -> ResponseReturnValue:
    """A published community: what it is, how far it is, and its public calendar."""
    community = programmes.load_published(community_id)
    day = asked_day(request.args.get("maand", "")) or today()
    return render_template(
        "community/published.html",
        community=community,
        walk=community.walk(),
        month=calendar.month(community, day, public=True),
        coming=calendar.upcoming(community, public=True),
        today=today(),
        whole=may_see(current_user, community),
    )


@bp.get("/<int:community_id>/kalender.ics")
@public
def public_feed(community_id: int) -> ResponseReturnValue:
    """The public activities of a community, for the calendar of anybody."""
    name, entries = calendar.public_dates(community_id)
    return feed(name, entries)
