"""The pages on which an administrator makes a run and changes it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from flask_wtf import FlaskForm

from ..courses.models import Course
from ..errors import Invalid, NotFound
from ..jobs import services as jobs
from ..policies import requires
from ..runs import enrolling, lifecycle
from ..runs import services as runs
from ..runs.enrolling import Enrolled
from ..runs.forms import (
    DayForm,
    NameForm,
    PeopleForm,
    RemoveForm,
    RemoveRunForm,
    ReplaceForm,
    RunForm,
    due_form,
    run_form,
    show,
)
from ..runs.models import PARTICIPANT, TRAINER, Enrolment
from ..runs.planning import plan_of
from ..runs.problems import Problems
from ..runs.visits import RunVisit, load_run
from .blueprint import bp

ROLES = {"trainers": TRAINER, "deelnemers": PARTICIPANT}


@bp.get("/beheer/")
@requires("core.manage")
def index() -> ResponseReturnValue:
    """The runs of the site that are open, newest first."""
    page = runs.all_runs(closed=False)
    counts = runs.counts(page.items)
    return render_template(
        "admin/index.html", page=page, counts=counts, next_day=runs.next_day, standing=jobs.standing()
    )


@bp.get("/beheer/uitvoeringen/afgesloten")
@requires("core.manage")
def closed_runs() -> ResponseReturnValue:
    """The runs that were closed, newest first."""
    page = runs.all_runs(closed=True)
    return render_template("admin/closed_runs.html", page=page, counts=runs.counts(page.items))


@bp.get("/beheer/uitvoeringen/nieuw")
@requires("core.manage")
def new_run() -> ResponseReturnValue:
    """A run on one page; with more than one course, first which."""
    courses = runs.open_courses()
    course = _chosen(courses)
    if course is None:
        return render_template("admin/choose_course.html", courses=courses)
    return _new_page(course, run_form(course))


@bp.post("/beheer/uitvoeringen/nieuw")
@requires("core.manage")
def add_run() -> ResponseReturnValue:
    """Make the run and invite its people: all or nothing."""
    course = _chosen(runs.open_courses())
    if course is None:
        raise NotFound(_("Kies eerst een cursus."))
    form = run_form(course)
    valid = form.validate_on_submit()
    try:
        if not valid:
            # With a date that is missing the people are looked at too: all sentences at once.
            _coming, problems = runs.read_people(form.trainers.data, form.participants.data)
            if problems:
                raise Problems(problems)
            return _new_page(course, form), 422
        days = [part.form.plan() for part in form.days]
        added = runs.add_run(course, form.name.data, days, form.trainers.data, form.participants.data)
    except Problems as error:
        show(form, error)
        return _new_page(course, form), 422
    if added.again:
        flash(_("Deze uitvoering was er al. Er is niets dubbel gemaakt."), "info")
    else:
        flash(" ".join([_("De uitvoering staat klaar."), _mailed(added.enrolled)]), "success")
    return redirect(url_for(".run", run_id=added.run.id))


@bp.get("/beheer/uitvoeringen/<int:run_id>")
@requires("core.manage")
def run(run_id: int) -> ResponseReturnValue:
    """One run: its days, people, due dates and messages."""
    return _run_page(_load(run_id))


@bp.get("/beheer/uitvoeringen/<int:run_id>/lesdagen/<int:number>")
@requires("core.manage")
def day(run_id: int, number: int) -> ResponseReturnValue:
    """Move a lesson day, or change its place or note."""
    visit = _load(run_id)
    plan = plan_of(runs.load_day(visit.run, number))
    names = ("start", "end", "place", "travel_note", "video_url")
    return _day_page(visit, number, DayForm(date=plan.day, **{name: getattr(plan, name) for name in names}))


@bp.post("/beheer/uitvoeringen/<int:run_id>/lesdagen/<int:number>")
@requires("core.manage")
def change_day(run_id: int, number: int) -> ResponseReturnValue:
    """Store the day; what hangs on it moves along."""
    visit = _load(run_id)
    runs.load_day(visit.run, number)
    form = DayForm()
    if not form.validate_on_submit():
        return _day_page(visit, number, form), 422
    try:
        changed = runs.change_day(visit, number, form.plan(), notify=form.notify.data)
    except Problems as error:
        show(form, error)
        return _day_page(visit, number, form), 422
    if not changed:
        flash(_("Er is niets veranderd."), "info")
    elif form.notify.data:
        flash(_("Lesdag %(number)s is bewaard. Iedereen in de groep krijgt een mail.", number=number), "success")
    else:
        flash(_("Lesdag %(number)s is bewaard. Niemand kreeg een mail.", number=number), "success")
    return redirect(url_for(".run", run_id=run_id))


@bp.get("/beheer/uitvoeringen/<int:run_id>/inleverdata")
@requires("core.manage")
def dues(run_id: int) -> ResponseReturnValue:
    """The due dates of this run, to choose others."""
    visit = _load(run_id)
    found = runs.dues(visit)
    return render_template("admin/dues.html", visit=visit, dues=found, form=due_form(found))


@bp.post("/beheer/uitvoeringen/<int:run_id>/inleverdata")
@requires("core.manage")
def set_dues(run_id: int) -> ResponseReturnValue:
    """Store the due dates that this run chose itself."""
    visit = _load(run_id)
    found = runs.dues(visit)
    form = due_form(found)
    valid = form.validate_on_submit()
    try:
        if valid:
            runs.set_dues(visit, {due.activity.id: form[f"due{due.activity.id}"].data for due in found})
            flash(_("De inleverdata zijn bewaard."), "success")
            return redirect(url_for(".run", run_id=run_id))
    except Problems as error:
        show(form, error)
    return render_template("admin/dues.html", visit=visit, dues=found, form=form), 422


@bp.post("/beheer/uitvoeringen/<int:run_id>/<any(trainers, deelnemers):role>")
@requires("core.manage")
def add_people(run_id: int, role: str) -> ResponseReturnValue:
    """Add pasted people to the run."""
    visit = _load(run_id)
    form = PeopleForm(prefix=role)
    try:
        if form.validate_on_submit():
            flash(_mailed(enrolling.add_people(visit.run, ROLES[role], form.people.data)), "success")
            return redirect(url_for(".run", run_id=run_id))
    except Problems as error:
        show(form, error)
    return _run_page(visit, **{role: form}), 422


@bp.get("/beheer/uitvoeringen/<int:run_id>/mensen/<int:enrolment_id>")
@requires("core.manage")
def enrolment(run_id: int, enrolment_id: int) -> ResponseReturnValue:
    """Somebody in the run, to remove or to replace."""
    visit = _load(run_id)
    return _enrolment_page(visit, enrolling.load_enrolment(visit.run, enrolment_id))


@bp.post("/beheer/uitvoeringen/<int:run_id>/mensen/<int:enrolment_id>/verwijderen")
@requires("core.manage")
def remove(run_id: int, enrolment_id: int) -> ResponseReturnValue:
    """Let somebody leave; their work stays."""
    visit = _load(run_id)
    found = enrolling.load_enrolment(visit.run, enrolment_id)
    form = RemoveForm()
    try:
        if form.validate_on_submit():
            enrolling.remove(visit.run, found, sure=form.sure.data)
            flash(_("%(name)s doet niet meer mee. Het werk blijft bewaard.", name=found.person.name), "success")
            return redirect(url_for(".run", run_id=run_id))
    except Invalid as error:
        form.sure.errors = [str(error)]
    return _enrolment_page(visit, found, remove=form), 422


@bp.post("/beheer/uitvoeringen/<int:run_id>/mensen/<int:enrolment_id>/vervangen")
@requires("core.manage")
def replace(run_id: int, enrolment_id: int) -> ResponseReturnValue:
    """Let somebody leave and another come."""
    visit = _load(run_id)
    found = enrolling.load_enrolment(visit.run, enrolment_id)
    form = ReplaceForm()
    try:
        if form.validate_on_submit():
            mailed = _mailed(enrolling.replace(visit.run, found, form.people.data))
            sentence = _("%(name)s doet niet meer mee. Het werk blijft bewaard.", name=found.person.name)
            flash(f"{sentence} {mailed}", "success")
            return redirect(url_for(".run", run_id=run_id))
    except Problems as error:
        show(form, error)
    return _enrolment_page(visit, found, replace=form), 422


@bp.post("/beheer/uitvoeringen/<int:run_id>/naam")
@requires("core.manage")
def rename(run_id: int) -> ResponseReturnValue:
    """Give the run another name."""
    visit = _load(run_id)
    form = NameForm()
    try:
        if form.validate_on_submit():
            lifecycle.rename(visit.run, form.name.data)
            flash(_("De uitvoering heet nu %(name)s.", name=visit.run.name), "success")
            return redirect(url_for(".run", run_id=run_id))
    except Problems as error:
        show(form, error)
    return _run_page(visit, name=form), 422


@bp.post("/beheer/uitvoeringen/<int:run_id>/sluiten")
@requires("core.manage")
def close_run(run_id: int) -> ResponseReturnValue:
    """Close the run: it leaves the lists, and its work can still be read."""
    visit = _load(run_id)
    lifecycle.close(visit.run)
    flash(_("%(name)s is afgesloten. Het werk blijft te lezen.", name=visit.run.name), "success")
    return redirect(url_for(".run", run_id=run_id))


@bp.post("/beheer/uitvoeringen/<int:run_id>/openen")
@requires("core.manage")
def reopen_run(run_id: int) -> ResponseReturnValue:
    """Let the run go on."""
    visit = _load(run_id)
    lifecycle.reopen(visit.run)
    flash(_("%(name)s is weer open.", name=visit.run.name), "success")
    return redirect(url_for(".run", run_id=run_id))


@bp.post("/beheer/uitvoeringen/<int:run_id>/verwijderen")
@requires("core.manage")
def remove_run(run_id: int) -> ResponseReturnValue:
    """Remove a run in which nobody handed in anything."""
    visit = _load(run_id)
    form = RemoveRunForm()
    if not form.validate_on_submit():
        return _run_page(visit, away=form), 422
    name = visit.run.name
    lifecycle.remove(visit.run)
    flash(_("%(name)s is verwijderd. De accounts van de mensen blijven.", name=name), "success")
    return redirect(url_for(".index"))


def _load(run_id: int) -> RunVisit:
    return load_run(current_user, run_id, admin=True)


def _chosen(courses: list[Course]) -> Course | None:
    slug = request.args.get("cursus")
    if slug is None:
        return courses[0] if len(courses) == 1 else None
    for course in courses:
        if course.slug == slug:
            return course
    raise NotFound(_("Deze cursus bestaat niet."))


def _mailed(enrolled: Enrolled) -> str:
    invited, told = len(enrolled.invited), len(enrolled.told)
    sentences = []
    if invited:
        sentences.append(ngettext("%(num)s uitnodiging verstuurd.", "%(num)s uitnodigingen verstuurd.", invited))
    if told:
        sentences.append(
            ngettext(
                "%(num)s persoon met een account kreeg bericht.", "%(num)s mensen met een account kregen bericht.", told
            )
        )
    return " ".join(sentences)


def _new_page(course: Course, form: RunForm) -> str:
    return render_template("admin/new_run.html", course=course, form=form)


def _run_page(visit: RunVisit, **forms: FlaskForm) -> str:
    """The page of a run; ``forms`` are those that were refused: trainers, deelnemers, name or away."""
    everybody = enrolling.enrolments(visit.run)
    return render_template(
        "admin/run.html",
        visit=visit,
        dues=runs.dues(visit),
        trainers=[one for one in everybody if one.role == TRAINER],
        participants=[one for one in everybody if one.role == PARTICIPANT],
        away=enrolling.absences(visit.run),
        announcements=runs.announcements(visit.run, 10),
        has_work=lifecycle.has_work(visit.run),
        refused=any(form.errors for form in forms.values()),
        add_trainers=forms.get("trainers") or PeopleForm(formdata=None, prefix="trainers"),
        add_participants=forms.get("deelnemers") or PeopleForm(formdata=None, prefix="deelnemers"),
        name_form=forms.get("name") or NameForm(formdata=None, name=visit.run.name),
        remove_form=forms.get("away") or RemoveRunForm(formdata=None),
    )


def _day_page(visit: RunVisit, number: int, form: DayForm) -> str:
    along = [due for due in runs.dues(visit) if due.activity.due_day == number]
    return render_template("admin/day.html", visit=visit, number=number, form=form, along=along)


def _enrolment_page(
    visit: RunVisit, found: Enrolment, remove: RemoveForm | None = None, replace: ReplaceForm | None = None
) -> str:
    return render_template(
        "admin/enrolment.html",
        visit=visit,
        found=found,
        last=enrolling.is_last_trainer(visit.run, found),
        remove_form=remove or RemoveForm(formdata=None),
        replace_form=replace or ReplaceForm(formdata=None),
    )
