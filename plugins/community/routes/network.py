"""What the network sees: communities that their libraries published, with the activities that are for everybody."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lms.api import current_user, requires, today

from .. import calendar, programmes
from ..access import may_see
from .blueprint import bp
from .calendar import asked_day


@bp.get("/netwerk")
@requires("community.read")
def network() -> ResponseReturnValue:
    """The published communities, by library."""
    page = programmes.published()
    figures = programmes.figures(community.id for community in page.items)
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
