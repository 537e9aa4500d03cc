"""Leading a group, for its trainers and for administrators: a message to everybody, the list on paper."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from .. import policies
from ..accounts.models import Person
from ..errors import NotFound
from ..policies import requires
from ..runs import enrolling
from ..runs import services as runs
from ..runs.forms import AnnouncementForm
from ..runs.models import PARTICIPANT, TRAINER
from ..runs.visits import RunVisit, load_run
from .blueprint import bp


def load_group(person: Person, run_id: int) -> RunVisit:
    """The run for one of its trainers or an administrator; NotFound for everybody else."""
    visit = load_run(person, run_id)
    if not (visit.is_trainer or policies.may(person, "core.manage")):
        raise NotFound(_("Deze uitvoering bestaat niet of is niet van u."))
    return visit


@bp.get("/runs/<int:run_id>/berichten/nieuw")
@requires("core.announce")
def announce(run_id: int) -> ResponseReturnValue:
    """Write a message to everybody in the run."""
    return render_template("admin/announce.html", visit=load_group(current_user, run_id), form=AnnouncementForm())


@bp.post("/runs/<int:run_id>/berichten/nieuw")
@requires("core.announce")
def post_announcement(run_id: int) -> ResponseReturnValue:
    """Post the message and mail it."""
    visit = load_group(current_user, run_id)
    form = AnnouncementForm()
    if not form.validate_on_submit():
        return render_template("admin/announce.html", visit=visit, form=form), 422
    runs.announce(visit.run, visit.person, form.title.data, form.body.data)
    flash(_("Uw bericht staat op de cursuspagina. De anderen in de groep krijgen het ook per mail."), "success")
    return redirect(url_for("core.runs.run", run_id=run_id))


@bp.get("/runs/<int:run_id>/lijst")
@requires("core.announce")
def roster(run_id: int) -> ResponseReturnValue:
    """The list of the group to print, with who cannot come and room to sign."""
    visit = load_group(current_user, run_id)
    everybody = enrolling.enrolments(visit.run)
    return render_template(
        "admin/roster.html",
        visit=visit,
        trainers=[enrolment for enrolment in everybody if enrolment.role == TRAINER],
        participants=[enrolment for enrolment in everybody if enrolment.role == PARTICIPANT],
        away=enrolling.absences(visit.run),
    )
