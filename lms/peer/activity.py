"""Peer feedback as an activity type, beside the assignment whose work is read."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from ..plugins import ActivityType, State
from ..runs.visits import Visit
from . import pages, terms, turns

KNOWN = {"assignment", "reviews", "giver", "own_first", "levels", "start_with", "opens"}


class PeerFeedback(ActivityType):
    key, title, icon = terms.KEY, _l("Feedback van collega's"), "people"
    states = {
        turns.LATER: State(_l("nog niet aan de beurt"), kind="wait", waiting=True),
        turns.READY: State(_l("u kunt beginnen")),
        turns.READING: State(_l("bezig"), kind="draft"),
    }

    def view(self, visit: Visit) -> ResponseReturnValue:
        return pages.round_page(visit)

    def check(self, settings: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        if not isinstance(settings.get("assignment"), str) or not settings["assignment"].strip():
            yield "assignment", _("Noem de slug van de opdracht waarvan het werk wordt gelezen.")
        reviews = settings.get("reviews", terms.REVIEWS)
        if not _is_number(reviews) or not 1 <= reviews <= terms.MOST_REVIEWS:
            yield "reviews", _("Kies 1 tot %(most)s keer feedback.", most=terms.MOST_REVIEWS)
        if settings.get("giver", "named") not in {"named", "hidden"}:
            yield "giver", _("Kies named of hidden: ziet de maker wie de feedback gaf?")
        if not isinstance(settings.get("own_first", True), bool):
            yield "own_first", _("Kies true of false: kijkt de maker eerst zelf naar het werk?")
        if not isinstance(settings.get("levels", False), bool):
            yield "levels", _("Kies true of false: mag de gever bij een criterium een niveau kiezen?")
        start_with = settings.get("start_with", 2)
        if not _is_number(start_with) or start_with < 2:
            yield "start_with", _("Geef het aantal werken waarmee de ronde al opengaat, ten minste 2.")
        if not _is_moment(settings.get("opens")):
            yield "opens", _("Schrijf wanneer de ronde opengaat, zoals {day: 2, days: -6}.")
        for name in settings:
            if name not in KNOWN:
                yield (
                    name,
                    _("Feedback van collega's kent «%(name)s» niet. Haal het weg of verbeter het woord.", name=name),
                )

    def tally(self, done: int, total: int) -> str:
        return ngettext(
            "%(done)s van %(num)s feedbackronde klaar", "%(done)s van %(num)s feedbackrondes klaar", total, done=done
        )


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_moment(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and set(value) <= {"day", "days"}
        and _is_number(value.get("day"))
        and _is_number(value.get("days", 0))
    )
