"""All models of the core, so that whoever has the core has its tables."""

from .accounts.models import Attempt, EndedSession, Person, RoleGrant, Setting
from .assignments.models import Draft, Submission, Version
from .audit.models import AuditEntry
from .courses.models import Activity, Course, CourseDay, CoursePage, Module, Step
from .exchange.models import Taking, TakingRow, Transfer
from .files.models import StoredFile
from .grading import queue as queue  # what keeps Waiting
from .grading.models import Assessment, CriterionLevel, Waiting
from .jobs.models import Job, RoutineTurn
from .libraries.models import Library
from .notifications.models import Mail, Notice
from .peer.models import Apart, Exemption, Remark, Review, Round
from .progress.models import Progress
from .runs.models import Absence, Announcement, Enrolment, Run, RunDay, RunDue
from .vocabularies.models import Term, TermAlias, Vocabulary

__all__ = [
    "Absence", "Activity", "Announcement", "Apart", "Assessment", "Attempt", "AuditEntry", "Course",
    "CourseDay", "CoursePage", "CriterionLevel", "Draft", "EndedSession", "Enrolment", "Exemption", "Job",
    "Library", "Mail", "Module", "Notice", "Person", "Progress", "Remark", "Review", "RoleGrant", "Round",
    "RoutineTurn", "Run", "RunDay", "RunDue", "Setting", "Step", "StoredFile", "Submission", "Taking",
    "TakingRow", "Term", "TermAlias", "Transfer", "Version", "Vocabulary", "Waiting",
]  # fmt: skip
