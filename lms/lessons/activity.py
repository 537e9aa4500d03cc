"""The lesson: a text to read, with a place to return to and a mark that one sets oneself."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from ..courses.models import Activity
from ..courses.sections import split
from ..plugins import ActivityType
from ..runs.outline import Outline
from ..runs.visits import Visit


class Lesson(ActivityType):
    key = "core.lesson"
    title = _l("Les")
    icon = "book"
    shelved = True

    def view(self, visit: Visit) -> ResponseReturnValue:
        outline = Outline(visit)
        before, after = outline.around(visit.activity)
        sections = split(visit.activity.body_html)
        place = visit.progress.place if visit.progress else ""
        return render_template(
            "lessons/lesson.html",
            visit=visit,
            item=outline.item(visit.activity),
            before=before,
            after=after,
            sections=sections,
            place=next((section for section in sections if place and section.id == place), None),
            shelf=outline.shelf_of(visit.activity.module),
        )

    def label(self, activity: Activity, number: str) -> str:
        return _("Les %(number)s", number=number)

    def tally(self, done: int, total: int) -> str:
        return ngettext("%(done)s van %(num)s les klaar", "%(done)s van %(num)s lessen klaar", total, done=done)
