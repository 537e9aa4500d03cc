"""What participants do in a round of peer feedback: read, say, answer."""

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from .. import clock
from ..db import keep
from ..errors import Conflict, LmsError, NotFound
from ..i18n import hour
from ..policies import requires
from ..runs.visits import Visit, load_visit
from ..web import wants_json
from . import getting, giving, leases, pages, terms
from .forms import AnswerForm, FeedbackForm, feedback_form
from .models import GIVEN, SELF, Review

bp = Blueprint("peer", __name__, url_prefix="/runs/<int:run_id>/<slug>/feedback")


@bp.post("/vragen")
@requires("core.take_part")
def take(run_id: int, slug: str) -> ResponseReturnValue:
    """«Geef mij werk om te lezen»; with ``extra`` one more than was promised."""
    visit = load(run_id, slug)
    try:
        review = leases.take(visit, extra=request.form.get("extra") == "1")
    except Conflict as refusal:
        return pages.round_page(visit, error=refusal)
    return redirect(url_for(".give", run_id=run_id, slug=slug, token=review.token))


@bp.post("/eigen")
@requires("core.take_part")
def own(run_id: int, slug: str) -> ResponseReturnValue:
    """Look at one's own work, with the same form."""
    visit = load(run_id, slug)
    try:
        review = giving.start_own(visit)
    except Conflict as refusal:
        return pages.round_page(visit, error=refusal)
    return redirect(url_for(".give", run_id=run_id, slug=slug, token=review.token))


@bp.get("/<string(length=16):token>")
@requires("core.take_part")
def give(run_id: int, slug: str, token: str) -> ResponseReturnValue:
    """The work beside the form."""
    return show_form(load(run_id, slug), token)


@bp.post("/<string(length=16):token>")
@requires("core.take_part")
def save(run_id: int, slug: str, token: str) -> ResponseReturnValue:
    """Keep the draft, add an empty remark, or give the feedback."""
    return save_form(load(run_id, slug), token)


@bp.get("/<string(length=16):token>/versies")
@requires("core.take_part")
def compare(run_id: int, slug: str, token: str) -> ResponseReturnValue:
    """The tips with their answers, beside the old and the new version: for the giver and for the author."""
    visit = load(run_id, slug)
    return pages.compare_page(visit, getting.load_either(visit, token))


def show_form(visit: Visit, token: str) -> ResponseReturnValue:
    """The work beside the form, for a participant or for the trainer who fills in."""
    review = pages.load_for_page(leases.load_own(visit, token))
    more = min(request.args.get("meer", 0, type=int), 1)
    form = feedback_form(review, pages.about(visit, review.version), more=more)
    return pages.giving_page(visit, review, form)


def save_form(visit: Visit, token: str) -> ResponseReturnValue:
    """Keep what was typed, add an empty remark, or give the feedback."""
    form = FeedbackForm()
    form.offer(pages.about(visit, leases.load_own(visit, token).version))
    wish = request.form.get("do", "save")
    here = url_for(".give", run_id=visit.run.id, slug=visit.activity.slug, token=token)
    try:
        review = giving.save(visit, token, form.typed(), form.number(), overwrite=request.form.get("overwrite") == "1")
        if wish == "give":
            first = giving.give(visit, review)
            return _given(visit, review, first=first)
    except LmsError as refusal:
        return _refused(visit, token, form, refusal)
    if wants_json():
        return jsonify(
            revision=review.revision,
            message=kept(review),
            remarks=giving.tokens(review, form.typed()),
            advice=[{"good": one.good, "sentence": one.sentence} for one in pages.advice(form)],
        )
    return redirect(f"{here}?meer=1#nieuw" if wish == "add" else f"{here}#feedback")


@bp.post("/<string(length=16):token>/onleesbaar")
@requires("core.take_part")
def unreadable(run_id: int, slug: str, token: str) -> ResponseReturnValue:
    """«Dit werk is leeg of onleesbaar»: other work, at once if there is some."""
    visit = load(run_id, slug)
    try:
        leases.set_aside(visit, token)
        review = leases.take(visit)
    except Conflict as refusal:
        keep()
        return pages.round_page(visit, error=refusal)
    flash(_("Dank u. Uw trainer ziet dat dit werk niet te lezen is. Hier is ander werk."), "info")
    return redirect(url_for(".give", run_id=run_id, slug=slug, token=review.token))


@bp.post("/tips/<string(length=16):token>")
@requires("core.take_part")
def answer(run_id: int, slug: str, token: str) -> ResponseReturnValue:
    """Doen, deels of niet, and why."""
    visit = load(run_id, slug)
    form = AnswerForm()
    try:
        getting.answer(visit, token, form.answer.data or "", form.words.data or "")
    except LmsError as refusal:
        if isinstance(refusal, NotFound):
            raise
        return pages.round_page(visit, error=refusal)
    return redirect(f"{_activity(visit)}#tip{token}")


@bp.post("/<string(length=16):token>/nuttig")
@requires("core.take_part")
def tap(run_id: int, slug: str, token: str) -> ResponseReturnValue:
    """«Hier kan ik iets mee», and back."""
    visit = load(run_id, slug)
    getting.tap(visit, token, on=request.form.get("on") == "1")
    return redirect(f"{_activity(visit)}#feedback{token}")


@bp.post("/<string(length=16):token>/melden")
@requires("core.take_part")
def flag(run_id: int, slug: str, token: str) -> ResponseReturnValue:
    """Show the trainer a review that hurts."""
    visit = load(run_id, slug)
    try:
        getting.flag(visit, token, request.form.get("words", ""))
    except LmsError as refusal:
        if isinstance(refusal, NotFound):
            raise
        return pages.round_page(visit, error=refusal)
    flash(_("Uw trainer kijkt ernaar. De gever ziet niet dat u dit meldde."), "info")
    return redirect(f"{_activity(visit)}#feedback{token}")


def load(run_id: int, slug: str) -> Visit:
    """This round, for somebody who may see the run. Otherwise NotFound."""
    visit = load_visit(current_user, run_id, slug)
    if visit.activity.type != terms.KEY:
        raise NotFound(_("Deze ronde bestaat niet."))
    return visit


def kept(review: Review) -> str:
    """When the feedback was kept, in a sentence."""
    when = hour(review.saved_at or clock.now())
    if review.state == GIVEN:
        return _("Bewaard om %(time)s uur. Uw collega ziet de wijziging.", time=when)
    return _("Concept bewaard om %(time)s uur.", time=when)


def _given(visit: Visit, review: Review, *, first: bool) -> ResponseReturnValue:
    if review.origin == SELF:
        flash(_("U hebt naar uw eigen werk gekeken. Nu ziet u wat anderen zeggen."), "success")
    elif first:
        flash(_("Uw feedback is gegeven. Uw collega kan er meteen mee verder."), "success")
    else:
        flash(_("Uw wijziging is bewaard."), "success")
    return redirect(_activity(visit))


def _refused(visit: Visit, token: str, form: FeedbackForm, refusal: LmsError) -> ResponseReturnValue:
    if isinstance(refusal, NotFound):
        raise refusal
    keep()  # what could be kept is kept
    if wants_json():
        more: dict[str, Any] = {}
        if isinstance(refusal, giving.EditConflict):
            theirs = "\n\n".join(remark.text for remark in leases.load_own(visit, token).remarks)
            more = {"theirs": theirs, "revision": refusal.revision, "reload": True}
        return jsonify(message=str(refusal), **more), refusal.status
    review = pages.load_for_page(leases.load_own(visit, token))
    form.offer(pages.about(visit, review.version))
    stale = isinstance(refusal, giving.EditConflict)
    form.revision.data = str(review.revision)
    return pages.giving_page(visit, review, form, error=refusal, stale=stale)


def _activity(visit: Visit) -> str:
    return url_for("core.runs.activity", run_id=visit.run.id, slug=visit.activity.slug)
