"""Programmes: the cockpit of who leads one, how the communities differ, and a report for the provinces."""

import csv
import io
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.utils import secure_filename

from lms.api import Conflict, Invalid, NotFound, cell, current_user, find_library, people_with_role, requires
from lms.api import gettext as _

from .. import evaluation, plan, programme_figures, programmes, words
from ..access import COACH, is_lead
from ..models import Participation, Programme, Session
from ..programme_forms import CoachForm, JoinForm, ParticipationForm, ProgrammeForm, SessionForm
from .blueprint import bp


@bp.get("/programmas")
@requires("community.read")
def programmes_list() -> ResponseReturnValue:
    """The programmes that somebody has to do with."""
    return render_template("community/programmes.html", found=programmes.of_person(current_user))


@bp.get("/programmas/nieuw")
@requires("community.manage")
def new_programme_form() -> ResponseReturnValue:
    return render_template("community/programme_form.html", form=_new_form(), programme=None)


@bp.post("/programmas/nieuw")
@requires("community.manage")
def new_programme() -> ResponseReturnValue:
    """Begin a programme."""
    form = ProgrammeForm()
    if form.validate():
        try:
            made = programmes.create(form.title.data or "", plan.default().id)
            _save(made, form)
        except (Conflict, Invalid) as error:
            form[getattr(error, "field", None) or "title"].errors = [str(error)]
        else:
            flash(_("Het programma is begonnen. Voeg bibliotheken en bijeenkomsten toe."), "success")
            return redirect(url_for(".programme", programme_id=made.id))
    return render_template("community/programme_form.html", form=form, programme=None), 422


@bp.get("/programmas/<int:programme_id>")
@requires("community.read")
def programme(programme_id: int) -> ResponseReturnValue:
    """The cockpit: libraries and how far they are, provinces, sessions."""
    found = programmes.load_programme(current_user, programme_id)
    page, rows = programme_figures.rows(found, current_user)
    return render_template(
        "community/programme.html",
        programme=found,
        page=page,
        rows=rows,
        shares=programme_figures.shares(found),
        counts=programme_figures.counts(found),
        lead=is_lead(current_user),
    )


@bp.get("/programmas/<int:programme_id>/vergelijking")
@requires("community.read")
def compare(programme_id: int) -> ResponseReturnValue:
    """The communities side by side, in a table and a picture."""
    found = programmes.load_programme(current_user, programme_id)
    page, rows = programme_figures.rows(found, current_user, compared=True)
    return render_template(
        "community/compare.html",
        programme=found,
        page=page,
        rows=rows,
        questions=programme_figures.questions(found),
        fewest=evaluation.FEWEST,
    )


@bp.get("/programmas/<int:programme_id>/verslag.csv")
@requires("community.manage")
def report(programme_id: int) -> ResponseReturnValue:
    """Who took part and how far each is, for the provinces: a sheet of figures without names of people."""
    found = programmes.load_programme(current_user, programme_id)
    text = io.StringIO()
    sheet = csv.writer(text, delimiter=";")
    sheet.writerow([_("Bibliotheek"), _("Provincie"), _("Rol"), _("Status"), _("Stappen klaar"), _("Activiteiten")])
    for row in programme_figures.all_rows(found, current_user):
        part, community = row.participation, row.community
        steps = community.walk().done if community and not community.is_reported else ""
        sheet.writerow([
            cell(part.library.name),
            cell(part.library.province),
            words.PARTICIPATION_ROLES[part.role],
            words.PARTICIPATION_STATES[part.status],
            steps,
            row.figures.activities if community else "",
        ])  # fmt: skip
    for share in programme_figures.shares(found):
        sheet.writerow([])
        sheet.writerow([_("Aandeel"), cell(share.province), share.count, f"{share.percent}%"])
    # A server sends no other letters than these.
    headers = {"Content-Disposition": f"attachment; filename={secure_filename(f'verslag-{found.key}.csv')}"}
    return Response("\ufeff" + text.getvalue(), mimetype="text/csv", headers=headers)


@bp.get("/programmas/<int:programme_id>/aanpassen")
@requires("community.manage")
def change_programme_form(programme_id: int) -> ResponseReturnValue:
    found = programmes.load_programme(current_user, programme_id)
    names = [name for name in ProgrammeForm()._fields if hasattr(found, name)]
    data = {name: getattr(found, name) for name in names}
    form = ProgrammeForm(formdata=None, data=data | {"tasks": "\n".join(task.title for task in found.tasks)})
    return render_template("community/programme_form.html", form=form, programme=found)


@bp.post("/programmas/<int:programme_id>/aanpassen")
@requires("community.manage")
def change_programme(programme_id: int) -> ResponseReturnValue:
    """Correct a programme."""
    found = programmes.load_programme(current_user, programme_id)
    form = ProgrammeForm()
    if form.validate():
        try:
            _save(found, form)
        except Invalid as invalid:
            form[invalid.field or "title"].errors = [str(invalid)]
        else:
            flash(_("Het programma is bewaard."), "success")
            return redirect(url_for(".programme", programme_id=found.id))
    return render_template("community/programme_form.html", form=form, programme=found), 422


def _new_form() -> ProgrammeForm:
    return ProgrammeForm(
        formdata=None,
        data={
            "contact_people": 5,
            "working_days": 90,
            "working_held": 3,
            "working_together": 1,
            "working_both": True,
        },
    )


def _save(found: Programme, form: ProgrammeForm) -> None:
    values = {name: value for name, value in form.data.items() if name not in {"csrf_token", "tasks"}}
    programmes.change(found, **values)
    programmes.set_tasks(found, [task[:200] for task in (form.tasks.data or "").splitlines() if task.strip()])


# ---- sessions ----


@bp.get("/programmas/<int:programme_id>/bijeenkomsten/nieuw")
@requires("community.manage")
def new_session_form(programme_id: int) -> ResponseReturnValue:
    found = programmes.load_programme(current_user, programme_id)
    return _session(found, SessionForm(data={"seen": len(found.sessions)}))


@bp.post("/programmas/<int:programme_id>/bijeenkomsten/nieuw")
@requires("community.manage")
def new_session(programme_id: int) -> ResponseReturnValue:
    """Add a session."""
    found = programmes.load_programme(current_user, programme_id)
    form = SessionForm()
    if not form.validate():
        return _session(found, form), 422
    values = {name: value for name, value in form.data.items() if name not in {"csrf_token", "kind", "plural"}}
    programmes.add_session(
        found, programmes.session_kind(found, form.kind.data or "", form.plural.data or ""), **values
    )
    flash(_("De bijeenkomst staat in het programma."), "success")
    return redirect(url_for(".programme", programme_id=found.id))


@bp.get("/programmas/<int:programme_id>/bijeenkomsten/<int:session_id>")
@requires("community.manage")
def session_form(programme_id: int, session_id: int) -> ResponseReturnValue:
    found = programmes.load_programme(current_user, programme_id)
    session = programmes.load_session(found, session_id)
    return _session(found, SessionForm(formdata=None, data=_session_data(session)), session)


@bp.post("/programmas/<int:programme_id>/bijeenkomsten/<int:session_id>")
@requires("community.manage")
def change_session(programme_id: int, session_id: int) -> ResponseReturnValue:
    """Change a session, and write down how many of each library came."""
    found = programmes.load_programme(current_user, programme_id)
    session = programmes.load_session(found, session_id)
    form = SessionForm()
    if not form.validate():
        return _session(found, form, session), 422
    values = {name: value for name, value in form.data.items() if name not in {"csrf_token", "kind", "plural", "seen"}}
    programmes.change(session, **values)
    came = {
        part.id: int(people)
        for part in programme_figures.participations(found)
        if (people := request.form.get(f"came-{part.id}", "").strip()).isdecimal() and len(people) <= 3
    }
    programmes.attend_all(session, came)
    flash(_("De bijeenkomst is bewaard."), "success")
    return redirect(url_for(".programme", programme_id=found.id))


def _session_data(session: Session) -> dict[str, Any]:
    names = ("on", "place", "yields", "evaluates")
    return {"kind": session.kind.title, **{name: getattr(session, name) for name in names}}


def _session(found: Programme, form: SessionForm, session: Session | None = None) -> str:
    return render_template(
        "community/session.html",
        programme=found,
        form=form,
        session=session,
        joined=programme_figures.participations(found) if session else (),
        came=programmes.attendance(session) if session else {},
    )


# ---- libraries and their coaches ----


@bp.get("/programmas/<int:programme_id>/bibliotheken/nieuw")
@requires("community.manage")
def join_form(programme_id: int) -> ResponseReturnValue:
    found = programmes.load_programme(current_user, programme_id)
    return render_template("community/join.html", programme=found, form=JoinForm())


@bp.post("/programmas/<int:programme_id>/bibliotheken/nieuw")
@requires("community.manage")
def join(programme_id: int) -> ResponseReturnValue:
    """Let a library take part."""
    found = programmes.load_programme(current_user, programme_id)
    form, status = JoinForm(), 422
    if form.validate():
        library = find_library(form.library.data or "")
        if library is None:
            form.library.errors = [_("Deze bibliotheek kennen wij niet. Schrijf de naam zoals die op de site staat.")]
        else:
            try:
                part = programmes.take_part(found, library, role=form.role.data)
            except Conflict as conflict:
                form.library.errors, status = [str(conflict)], conflict.status
            else:
                flash(_("%(library)s doet mee.", library=library.name), "success")
                return redirect(url_for(".participation", programme_id=found.id, participation_id=part.id))
    return render_template("community/join.html", programme=found, form=form), status


@bp.get("/programmas/<int:programme_id>/bibliotheken/<int:participation_id>")
@requires("community.manage")
def participation(programme_id: int, participation_id: int) -> ResponseReturnValue:
    """How a library takes part, and who coaches it."""
    found = programmes.load_programme(current_user, programme_id)
    part = programmes.load_participation(found, participation_id)
    return _participation(found, part, ParticipationForm(obj=part, succeeded_by_id=part.succeeded_by_id or 0))


@bp.post("/programmas/<int:programme_id>/bibliotheken/<int:participation_id>")
@requires("community.manage")
def change_participation(programme_id: int, participation_id: int) -> ResponseReturnValue:
    """Change how a library takes part, or say that it stopped."""
    found = programmes.load_programme(current_user, programme_id)
    part = programmes.load_participation(found, participation_id)
    form = ParticipationForm()
    if not form.validate():
        return _participation(found, part, form), 422
    values = {name: value for name, value in form.data.items() if name != "csrf_token"}
    others = {other.id for other in programmes.of_person(current_user) if other.id != found.id}
    values["succeeded_by_id"] = form.succeeded_by_id.data if form.succeeded_by_id.data in others else None
    programmes.change(part, **values)
    flash(_("Bewaard."), "success")
    return redirect(url_for(".programme", programme_id=found.id))


@bp.post("/programmas/<int:programme_id>/bibliotheken/<int:participation_id>/coach")
@requires("community.manage")
def coach(programme_id: int, participation_id: int) -> ResponseReturnValue:
    """Say who coaches a library, and until when. After that day the coach sees it no more."""
    found = programmes.load_programme(current_user, programme_id)
    part = programmes.load_participation(found, participation_id)
    form = CoachForm()
    person = next((one for one in people_with_role(COACH, part.library_id) if one.id == form.person_id.data), None)
    if person is None:
        raise NotFound(_("Deze coach bestaat niet voor deze bibliotheek."))
    if form.validate():
        try:
            programmes.coach(part, person, form.starts_on.data, form.ends_on.data)
        except Invalid as invalid:
            form[invalid.field or "ends_on"].errors = [str(invalid)]
        else:
            flash(_("%(name)s is coach van %(library)s.", name=person.name, library=part.library.name), "success")
            return redirect(url_for(".participation", programme_id=found.id, participation_id=part.id))
    shown = ParticipationForm(formdata=None, obj=part, succeeded_by_id=part.succeeded_by_id or 0)
    return _participation(found, part, shown, form), 422


def _participation(
    found: Programme, part: Participation, form: ParticipationForm, coach_form: CoachForm | None = None
) -> str:
    others = [(other.id, other.title) for other in programmes.of_person(current_user) if other.id != found.id]
    form.succeeded_by_id.choices = [(0, _("Geen ander programma")), *others]
    coach_form = coach_form or CoachForm(formdata=None, data={"starts_on": found.starts_on, "ends_on": found.ends_on})
    coach_form.person_id.choices = [(one.id, one.name) for one in people_with_role(COACH, part.library_id)]
    return render_template("community/participation.html", programme=found, part=part, form=form, coach_form=coach_form)
