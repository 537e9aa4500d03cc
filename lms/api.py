"""The one door for plugins: import from here, and nothing else of ``lms``."""

from flask_babel import gettext, lazy_gettext, ngettext
from flask_login import current_user

from .accounts.models import Person
from .accounts.services import people_of_library, people_with_role
from .calendar.feeds import feed
from .clock import at, local, now, today
from .courses.models import Activity, Course
from .db import Base, db
from .demo.site import DemoSite
from .errors import Conflict, Invalid, LmsError, NotFound, Refused
from .events import send
from .exchange.listing import offers_for, origins
from .exchange.pieces import Found, Piece, PieceRow, Target
from .grading.services import Judgement
from .html import clean, from_markdown
from .i18n import duration, format_date, hour, moment
from .jobs.services import enqueue
from .libraries.models import Library
from .libraries.services import find_library
from .notifications.services import link
from .notifications.services import send as notify
from .plaintext import cell, from_cell
from .plugins import (
    ActivityType,
    CalendarEntry,
    CalendarSource,
    CourseContent,
    Demo,
    DemoAccount,
    Event,
    Exchange,
    ExchangeField,
    Holding,
    JobKind,
    Listener,
    LookUp,
    MailKind,
    NavItem,
    Offer,
    Panel,
    PanelRow,
    Permission,
    PersonalData,
    Plugin,
    Role,
    Routine,
    SearchHit,
    SearchProvider,
    Setup,
    State,
    Vocabularies,
)
from .policies import has_role, libraries_with_role, may, public, requires
from .presses import made_just_now
from .privacy.names import without_name
from .progress import services as progress
from .runs.forms import DayField, HourField
from .runs.models import Enrolment, Run
from .runs.visits import Visit, load_run, load_visit
from .vocabularies.models import Term, Vocabulary
from .vocabularies.services import resolve, terms
from .worksheets import own as worksheets
from .worksheets.filled import Filled
from .worksheets.nouns import Grid, Part, SheetField, Sides, Worksheet

__all__ = [
    "Activity",
    "ActivityType",
    "Base",
    "CalendarEntry",
    "CalendarSource",
    "Conflict",
    "Course",
    "CourseContent",
    "DayField",
    "Demo",
    "DemoAccount",
    "DemoSite",
    "Enrolment",
    "Event",
    "Exchange",
    "ExchangeField",
    "Filled",
    "Found",
    "Grid",
    "Holding",
    "HourField",
    "Invalid",
    "JobKind",
    "Judgement",
    "Library",
    "Listener",
    "LmsError",
    "LookUp",
    "MailKind",
    "NavItem",
    "NotFound",
    "Offer",
    "Panel",
    "PanelRow",
    "Part",
    "Permission",
    "Person",
    "PersonalData",
    "Piece",
    "PieceRow",
    "Plugin",
    "Refused",
    "Role",
    "Routine",
    "Run",
    "SearchHit",
    "SearchProvider",
    "Setup",
    "SheetField",
    "Sides",
    "State",
    "Target",
    "Term",
    "Visit",
    "Vocabularies",
    "Vocabulary",
    "Worksheet",
    "at",
    "cell",
    "clean",
    "current_user",
    "db",
    "duration",
    "enqueue",
    "feed",
    "find_library",
    "format_date",
    "from_cell",
    "from_markdown",
    "gettext",
    "has_role",
    "hour",
    "lazy_gettext",
    "libraries_with_role",
    "link",
    "load_run",
    "load_visit",
    "local",
    "made_just_now",
    "may",
    "moment",
    "ngettext",
    "notify",
    "now",
    "offers_for",
    "origins",
    "people_of_library",
    "people_with_role",
    "progress",
    "public",
    "requires",
    "resolve",
    "send",
    "terms",
    "today",
    "without_name",
    "worksheets",
]
