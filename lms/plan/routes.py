"""«Mijn plan»: the page, which prints, and the PDF."""

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from .. import clock
from ..files.routes import as_attachment
from ..policies import requires
from ..runs.visits import load_run
from ..vocabularies.words import code_of
from . import pdf
from .services import load_plan

bp = Blueprint("plan", __name__)


@bp.get("/runs/<int:run_id>/mijn-plan")
@requires("core.take_part")
def page(run_id: int) -> ResponseReturnValue:
    """All worksheets in one document, each as a draft or as it was handed in."""
    plan = load_plan(load_run(current_user, run_id))
    return render_template("plan/plan.html", plan=plan, visit=plan.visit, heading=pdf.heading, state=pdf.state_words)


@bp.get("/runs/<int:run_id>/mijn-plan.pdf")
@requires("core.take_part")
def document(run_id: int) -> Response:
    """The same as a tagged PDF."""
    plan = load_plan(load_run(current_user, run_id))
    response = Response(pdf.pdf(plan), mimetype="application/pdf")
    as_attachment(response, f"{code_of(plan.title).replace('_', '-')}-{clock.today().isoformat()}.pdf")
    return response
