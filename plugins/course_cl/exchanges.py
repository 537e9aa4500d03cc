"""What the four assignments hand out, once a trainer found them enough. docs/plugins.md lists the fields."""

from collections.abc import Iterable, Mapping
from typing import Any

from lms.api import Exchange, ExchangeField, PieceRow, Worksheet
from lms.api import lazy_gettext as _l

from . import worksheets

VERSION = 1
ORIGIN = _l("uit cursuswerk")
PLAN = (
    "title", "target_group", "reason", "goal", "level", "cocreation", "boundary", "place", "duration", "costs",
)  # fmt: skip
LISTS = ("programme", "script", "promotion", "results")
STAYS = ("resistance", "answer")
"""What a participant expects a partner to object, and says then, goes nowhere else."""


def _of(name: str, label: Any, sheet: Worksheet, part: str) -> Exchange:
    """The rows of one part, with all its fields but what stays within the run."""
    found = sheet.by_name[part].fields
    fields = tuple(ExchangeField(one.name, one.label) for one in found if one.name not in STAYS)
    return Exchange(name, VERSION, label, fields, sheet=sheet.key, part=part, origin=ORIGIN)


def activity_plan(parts: Mapping[str, list[dict[str, Any]]]) -> Iterable[PieceRow]:
    """The whole sheet as one row: an activity with its programme, script, promotion and results."""
    plan = parts["plan"][0] if parts.get("plan") else {}
    otherwise = parts["otherwise"][0] if parts.get("otherwise") else {}
    lists = {
        name: [small for row in parts.get(name, ()) if (small := {k: v for k, v in row.items() if k != "id"})]
        for name in LISTS
    }
    filled = {name: [row for row in rows if any(value != "" for value in row.values())] for name, rows in lists.items()}
    values = {name: plan.get(name) for name in PLAN}
    yield PieceRow("plan", {**values, **filled, "plan_b": otherwise.get("plan_b")})


def _plan_fields() -> tuple[ExchangeField, ...]:
    sheet = worksheets.activity
    own = [ExchangeField(name, sheet.by_name["plan"].by_name[name].label) for name in PLAN]
    lists = [ExchangeField(name, sheet.by_name[name].title) for name in LISTS]
    return (*own, *lists, ExchangeField("plan_b", sheet.by_name["otherwise"].by_name["plan_b"].label))


ALL = (
    _of("target-groups", _l("Doelgroepen"), worksheets.surroundings, "target_groups"),
    _of("stakeholders", _l("Stakeholders"), worksheets.surroundings, "stakeholders"),
    Exchange(
        "activity-plan",
        VERSION,
        _l("Activiteit"),
        _plan_fields(),
        sheet=worksheets.activity.key,
        rows=activity_plan,
        origin=ORIGIN,
    ),
    _of("partners", _l("Partners"), worksheets.partners, "partners"),
    _of("tool-analyses", _l("Tools"), worksheets.tools, "tools"),
)
