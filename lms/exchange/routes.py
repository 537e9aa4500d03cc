"""Taking work over: the preview row by row, the confirmation, what was taken, and taking it back."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from ..accounts.models import Person
from ..errors import Invalid, LmsError
from ..policies import requires
from . import services
from .models import Taking, TakingRow
from .preview import compare

bp = Blueprint("exchange", __name__)


@bp.get("/overnemen/<offer>/<source>")
@requires("core.use")
def preview(offer: str, source: str) -> ResponseReturnValue:
    """Every row beside what is there already; ``naar`` is the place, when there are several to choose from."""
    return _preview(offer, source, request.args.get("naar", ""))


@bp.post("/overnemen/<offer>/<source>")
@requires("core.use")
def take(offer: str, source: str) -> ResponseReturnValue:
    """Take the chosen rows."""
    found, exchange = services.load_offer(_me(), offer)
    target = services.load_target(_me(), found, request.form.get("naar", ""))
    stamps = dict(pair.rpartition("=")[::2] for pair in request.form.getlist("stand"))
    chosen = {row: stamps.get(row, "") for row in request.form.getlist("rows")}
    try:
        taking = services.take(_me(), exchange, found, source, target, chosen)
    except (Invalid, services.Stale) as error:
        return _preview(offer, source, target.key, chosen=set(chosen), error=error)
    return redirect(url_for(".taken", taking_id=taking.id))


@bp.get("/overgenomen/<int:taking_id>")
@requires("core.use")
def taken(taking_id: int) -> ResponseReturnValue:
    """What was taken, and the way back."""
    taking, exchange, offer, target = services.load_taking(_me(), taking_id)
    return render_template("exchange/taken.html", taking=taking, exchange=exchange, offer=offer, target=target)


@bp.post("/overgenomen/<int:taking_id>/terug")
@requires("core.use")
def undo(taking_id: int) -> ResponseReturnValue:
    """Take back what was taken."""
    taking, _exchange, offer, target = services.load_taking(_me(), taking_id)
    services.undo(_me(), offer, target, taking)
    flash(_told(taking), "success")
    return redirect(url_for(".taken", taking_id=taking_id))


def _me() -> Person:
    return current_user._get_current_object()


def _preview(
    offer: str, source: str, naar: str, *, chosen: set[str] | None = None, error: LmsError | None = None
) -> ResponseReturnValue:
    found, exchange = services.load_offer(_me(), offer)
    piece = services.load_piece(_me(), exchange, source)
    targets = list(found.targets(_me()))
    target = services.target_in(targets, naar) if naar else None
    if target is None and len(targets) == 1:
        target = targets[0]
    return render_template(
        "exchange/preview.html",
        offer=found,
        exchange=exchange,
        piece=piece,
        targets=targets,
        target=target,
        preview=compare(_me(), exchange, found, piece, target) if target else None,
        chosen=chosen,
        error=error,
    ), error.status if error else 200


def _told(taking: Taking) -> str:
    stayed = sum(row.outcome == TakingRow.LEFT for row in taking.rows)
    if not stayed:
        return _("Het is teruggehaald.")
    return ngettext(
        "Het is teruggehaald. %(num)s rij bleef staan, want die is daarna met de hand gewijzigd.",
        "Het is teruggehaald. %(num)s rijen bleven staan, want die zijn daarna met de hand gewijzigd.",
        stayed,
    )
