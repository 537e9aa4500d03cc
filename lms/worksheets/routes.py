"""The addresses of a worksheet: to fill in, empty on paper, and filled in on paper. Saving is with the assignment."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from ..assignments import KEY
from ..errors import NotFound
from ..policies import requires
from ..runs.visits import Visit, load_visit
from . import pages
from .nouns import Worksheet
from .services import sheet_of

bp = Blueprint("worksheets", __name__)


@bp.get("/runs/<int:run_id>/<slug>/werkblad")
@requires("core.follow")
def fill(run_id: int, slug: str) -> ResponseReturnValue:
    """The worksheet: a participant fills it in, others read what it asks."""
    visit, sheet = _load(run_id, slug)
    if not visit.is_participant or visit.run.archived_at is not None:
        return pages.empty(visit, sheet)
    return pages.fill(visit, sheet)


@bp.get("/runs/<int:run_id>/<slug>/werkblad/leeg")
@requires("core.follow")
def empty(run_id: int, slug: str) -> ResponseReturnValue:
    """The worksheet with nothing in it, for on paper."""
    return pages.empty(*_load(run_id, slug))


@bp.get("/runs/<int:run_id>/<slug>/werkblad/afdruk")
@requires("core.take_part")
def printed(run_id: int, slug: str) -> ResponseReturnValue:
    """One's own worksheet as it is now, for on paper."""
    return pages.printed(*_load(run_id, slug))


def _load(run_id: int, slug: str) -> tuple[Visit, Worksheet]:
    visit = load_visit(current_user, run_id, slug)
    sheet = sheet_of(visit.activity) if visit.activity.type == KEY else None
    if sheet is None:
        raise NotFound(_("Dit werkblad bestaat niet."))
    return visit, sheet
