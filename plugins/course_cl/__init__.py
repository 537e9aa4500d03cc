"""Cursus Community Librarian: the course *Aan de slag als Community Librarian*, as text."""

from pathlib import Path

from lms.api import CourseContent, Demo, Plugin
from lms.api import lazy_gettext as _l

from . import demo, exchanges, worksheets

HERE = Path(__file__).parent

plugin = Plugin(
    name="course_cl",
    package=__name__,
    title=_l("Cursus Community Librarian"),
    courses=(CourseContent(HERE / "content"),),
    worksheets=(worksheets.surroundings, worksheets.activity, worksheets.partners, worksheets.tools),
    exchanges=exchanges.ALL,
    demo=(Demo(demo.load),),
)
