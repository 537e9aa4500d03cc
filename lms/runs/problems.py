"""Everything that is wrong with a plan, told at once: each sentence with the field where it belongs."""

from dataclasses import dataclass

from flask_babel import ngettext

from ..errors import Invalid

SHOWN = 20  # more sentences at one field than this nobody reads; the rest is counted


@dataclass(frozen=True)
class Problem:
    """A sentence at a field: ``name``, ``day2-date``, ``trainers``, ``participants`` …"""

    field: str
    sentence: str


class Problems(Invalid):
    """The input has one or more problems. ``str(error)`` has a line for each."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(_short(problems))
        super().__init__("\n".join(problem.sentence for problem in self.problems), problems[0].field)


def _short(problems: list[Problem]) -> list[Problem]:
    by_field: dict[str, list[Problem]] = {}
    for problem in problems:
        by_field.setdefault(problem.field, []).append(problem)
    kept = []
    for field, own in by_field.items():
        kept += own[:SHOWN]
        more = len(own) - SHOWN
        if more > 0:
            kept.append(Problem(field, ngettext("En nog %(num)s regel.", "En nog %(num)s regels.", more)))
    return kept
