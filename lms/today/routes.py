"""«Vandaag»: what is next for this person, whoever they are here."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from .. import clock
from ..exchange import listing
from ..grading.services import waiting_summary
from ..notifications import services as notifications
from ..peer import shortfall
from ..plan.services import title_of as plan_title
from ..policies import requires
from ..web import menu
from .services import Participation, enrolments, panels, participation, trained_runs

bp = Blueprint("today", __name__)


@bp.get("/")
@requires("core.use")
def home() -> ResponseReturnValue:
    return redirect(url_for(".index"))


@bp.get("/vandaag")
@requires("core.use")
def index() -> ResponseReturnValue:
    """A participant's next step, a trainer's waiting work; for everybody else what plugins have for them."""
    every = enrolments(current_user)
    mine: Participation | None = participation(current_user, every)
    training = trained_runs(every)
    waiting = waiting_summary(current_user, 20) if training else None
    return render_template(
        "today/today.html",
        mine=mine,
        training=training,
        waiting=waiting,
        missing=shortfall.of_trainer(current_user) if training else [],
        plan=plan_title(mine.visit) if mine else "",
        offers=[one for one in listing.ready(current_user) if one.taken_at is None] if mine or not training else [],
        panels=[] if mine or training else panels(current_user),
        unread=notifications.unread(current_user),
        parts=[link for link in menu() if not link.current],
        now=clock.local(clock.now()),
    )
