"""The lesson as an activity type."""

from flask_babel import lazy_gettext as _l

from ..plugins import ActivityType


class Lesson(ActivityType):
    key, title, icon = "core.lesson", _l("Les"), "book"
