"""The pages of a sheet: to fill in, also when something comes back to correct, to choose between two, and on paper."""

from typing import Any

from flask import make_response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ..assignments import pages as assignment_pages
from ..assignments import reading as kept
from ..assignments import services as work
from ..assignments.forms import refuse, work_form
from ..errors import LmsError
from ..files import services as files
from ..runs.visits import Visit
from . import reading
from . import services as sheets
from .filled import Filled
from .forms import SheetForm
from .nouns import Worksheet


def fill(
    visit: Visit, sheet: Worksheet, *, typed: work.Typed | None = None, error: LmsError | None = None
) -> ResponseReturnValue:
    """The sheet of a participant. With ``error`` what was ``typed`` comes back, with the sentences at their places."""
    enrolment = visit.participant(reading=True)
    draft = kept.draft_of(enrolment.id, visit.activity.id)
    stored = Filled.stored(draft.sheet) if draft else None
    around = sheets.around(enrolment.id, but=sheet.key)
    filled = stored.under(sheet) if stored else Filled.empty(sheet)
    if isinstance(error, sheets.Unfit):
        filled = error.form.filled
    form = SheetForm(filled, around.offers(filled), around.used(sheet))
    if isinstance(error, sheets.Unfit):
        form.take_errors(error.form)
    own: Any = work_form(draft, typed.text if typed else None)
    own.text.label.text = _("Toelichting")
    field = getattr(error, "field", None)
    if error is not None and field and not isinstance(error, sheets.Unfit):
        refuse(own, field, str(error).split("\n"))
    page = render_template(
        "worksheets/fill.html",
        visit=visit,
        label=assignment_pages.label(visit.activity),
        due=visit.due_on(visit.activity),
        sheet=sheet,
        sheet_form=form,
        form=own,
        draft=draft,
        standing=kept.standing_of(enrolment.id, visit.activity.id),
        state=assignment_pages.kept(draft) if draft else "",
        dropped=stored.dropped(sheet) if stored else [],
        in_use=error if isinstance(error, sheets.InUse) else None,
        refusal=str(error) if error is not None and not field and not isinstance(error, sheets.InUse) else "",
        remarks=reading.released_remarks(enrolment.id, visit.activity.id),
        limits=files.limits(),
    )
    return make_response(page, error.status if error is not None else 200)


def choose(visit: Visit, typed: work.Typed, conflict: work.EditConflict) -> ResponseReturnValue:
    """Two sheets of one work, to choose from, with what differs."""
    assert conflict.mine is not None
    form = work_form(None, typed.text)
    form.revision.data = str(conflict.revision)
    theirs = conflict.sheet or Filled.empty(conflict.mine.sheet)
    page = render_template(
        "worksheets/conflict.html",
        visit=visit,
        form=form,
        conflict=conflict,
        theirs=theirs,
        mine=SheetForm(conflict.mine),
        changes=conflict.mine.since(theirs),
    )
    return make_response(page, conflict.status)


def empty(visit: Visit, sheet: Worksheet) -> str:
    """The sheet with lines to write on."""
    return render_template(
        "worksheets/empty.html", visit=visit, sheet=sheet, label=assignment_pages.label(visit.activity)
    )


def printed(visit: Visit, sheet: Worksheet) -> str:
    """One's own draft, to read and to print."""
    enrolment = visit.participant(reading=True)
    draft = kept.draft_of(enrolment.id, visit.activity.id)
    filled = (Filled.stored(draft.sheet) if draft else None) or Filled.empty(sheet)
    return render_template(
        "worksheets/print.html",
        visit=visit,
        filled=filled,
        label=assignment_pages.label(visit.activity),
        state=assignment_pages.kept(draft) if draft else "",
    )
