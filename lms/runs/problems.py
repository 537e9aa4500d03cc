"""Everything that is wrong with a plan, told at once: each sentence with the field where it belongs."""

from dataclasses import dataclass

from ..errors import Invalid


@dataclass(frozen=True)
class Problem:
    """A sentence at a field: ``name``, ``day2-date``, ``trainers``, ``participants`` …"""

    field: str
    sentence: str


class Problems(Invalid):
    """The input has one or more problems. ``str(error)`` has a line for each."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(problem.sentence for problem in problems), problems[0].field)
        self.problems = tuple(problems)
