"""The activity type «Onze community»: a step of the plan as a task in a module, done with colleagues."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from lms.api import ActivityType, Visit
from lms.api import gettext as _
from lms.api import lazy_gettext as _l

from . import gates, plan, services


class OurCommunity(ActivityType):
    """Settings: ``step`` is the key of a step. Complete for a participant once their library did that step."""

    key, title, icon = services.STEP_TYPE, _l("Onze community"), "people"

    def view(self, visit: Visit) -> ResponseReturnValue:
        """The task and how far the own library is; a trainer sees how far the libraries of the group are."""
        key = visit.activity.settings.get("step", "")
        community = services.community_of(visit.person.library_id) if visit.is_participant else None
        page, communities = services.group(visit.run) if visit.is_trainer else (None, {})
        return render_template(
            "community/step.html",
            visit=visit,
            key=key,
            community=community,
            place=community.walk().place(key) if community else None,
            needed=gates.in_one_sentence(community, gates.missing(community)) if community else "",
            page=page,
            communities=communities,
        )

    def check(self, settings: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """The step is one of a plan, and there is nothing else to set."""
        known = plan.step_keys()
        if settings.get("step") not in known:
            yield "step", _("Kies een stap uit het stappenplan: %(known)s.", known=", ".join(known))
        for name in settings:
            if name != "step":
                yield name, _("Dit gegeven kent «Onze community» niet. Haal het weg.")
