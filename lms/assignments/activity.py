"""The assignment as an activity type."""

from flask_babel import lazy_gettext as _l

from ..plugins import ActivityType


class Assignment(ActivityType):
    key, title, icon = "core.assignment", _l("Opdracht"), "file-text"
