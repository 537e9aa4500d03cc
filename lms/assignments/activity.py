"""The assignment as an activity type: work that is handed in and judged by a rubric."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from ..courses.models import Activity
from ..grading import rubric
from ..plugins import ActivityType, State
from ..registry import registry
from ..runs.visits import Visit
from . import KEY, pages

CRITERIA_LOW, CRITERIA_HIGH = 4, 6
DRAFT, HANDED_IN, RETURNED, RETRACTED = "draft", "handed_in", "returned", "retracted"


class Assignment(ActivityType):
    key, title, icon = KEY, _l("Opdracht"), "file-text"
    states = {
        DRAFT: State(_l("concept"), kind="draft"),
        HANDED_IN: State(_l("ingeleverd"), kind="wait", waiting=True),
        RETURNED: State(_l("nog niet"), kind="back"),
        RETRACTED: State(_l("oordeel ingetrokken"), kind="wait", waiting=True),
        rubric.ENOUGH: State(_l("voldoende"), kind="done"),
        rubric.GOOD: State(_l("goed"), kind="done"),
    }

    def view(self, visit: Visit) -> ResponseReturnValue:
        return pages.assignment(visit)

    def label(self, activity: Activity, number: str) -> str:
        return pages.label(activity)

    def check(self, settings: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        number = settings.get("number")
        if not isinstance(number, int) or isinstance(number, bool) or number < 1:
            yield "number", _("Geef de opdracht een nummer, zoals 1.")
        if not _is_prose(settings.get("purpose")):
            yield "purpose", _("Schrijf in een of twee zinnen waarvoor de opdracht is.")
        for name in settings:
            if name not in {"number", "purpose", "rubric", "worksheet"}:
                yield name, _("Een opdracht kent «%(name)s» niet. Haal het weg of verbeter het woord.", name=name)
        sheet = settings.get("worksheet")
        if sheet is not None and sheet not in registry().worksheets:
            known = ", ".join(registry().worksheets) or _("geen")
            yield "worksheet", _("Het werkblad «%(key)s» bestaat niet. Kies uit: %(known)s.", key=sheet, known=known)
        yield from (("rubric", sentence) for sentence in _check_rubric(settings.get("rubric")))

    def tally(self, done: int, total: int) -> str:
        return ngettext(
            "%(done)s van %(num)s opdracht afgerond", "%(done)s van %(num)s opdrachten afgerond", total, done=done
        )


def _is_prose(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _check_rubric(criteria: Any) -> Iterable[str]:
    if not isinstance(criteria, list) or not CRITERIA_LOW <= len(criteria) <= CRITERIA_HIGH:
        yield _("Geef vier tot zes criteria, elk met slug, title en levels.")
        return
    seen = set()
    for place, criterion in enumerate(criteria, 1):
        if not isinstance(criterion, dict):
            yield _("Criterium %(place)s heeft slug, title en levels nodig.", place=place)
            continue
        slug = criterion.get("slug")
        if not _is_prose(slug):
            yield _("Criterium %(place)s heeft geen slug.", place=place)
        elif slug in seen:
            yield _("De slug «%(slug)s» staat bij twee criteria.", slug=slug)
        seen.add(slug if isinstance(slug, str) else None)
        if not _is_prose(criterion.get("title")):
            yield _("Criterium %(place)s heeft geen title.", place=place)
        levels = criterion.get("levels")
        if not isinstance(levels, dict) or set(levels) != set(rubric.LEVELS):
            yield _("Criterium %(place)s heeft precies deze levels nodig: nog_niet, voldoende, goed.", place=place)
        elif not all(_is_prose(words) for words in levels.values()):
            yield _("Schrijf bij criterium %(place)s elk level in woorden.", place=place)
