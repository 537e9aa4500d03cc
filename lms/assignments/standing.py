"""Where a version stands: waiting, being judged, or judged. What a participant may know of it, and may do next."""

from dataclasses import dataclass

from flask_babel import gettext as _

from ..grading import rubric
from ..grading.models import Assessment
from .models import Version


@dataclass(frozen=True)
class Standing:
    """A version and its assessment, if its trainer saved one. Without a version: nothing was handed in yet.

    Show ``assessment`` to a participant only when ``released`` is true.
    """

    OPEN, WAITING, LOOKING, RETRACTED, RETURNED, FINISHED = (
        "open", "waiting", "looking", "retracted", "returned", "finished",
    )  # fmt: skip

    version: Version | None = None
    assessment: Assessment | None = None

    @property
    def released(self) -> bool:
        """May the participant read the judgement?"""
        return self.assessment is not None and self.assessment.released_at is not None

    @property
    def phase(self) -> str:
        """One of the words above; looking says that a judgement is saved, of which the participant learns no more."""
        if self.version is None:
            return self.OPEN
        if self.assessment is None:
            return self.WAITING
        if self.released:
            return self.RETURNED if self.assessment.overall == rubric.NOT_YET else self.FINISHED
        return self.RETRACTED if self.assessment.retracted_at is not None else self.LOOKING

    @property
    def may_hand_in(self) -> bool:
        """Is a next version open?"""
        return self.phase in {self.OPEN, self.WAITING, self.RETURNED}

    @property
    def retraction_reason(self) -> str:
        """Why the judgement was taken back; empty while it was not."""
        return self.assessment.retraction_reason if self.assessment and self.phase == self.RETRACTED else ""

    @property
    def closed_sentence(self) -> str:
        """Why one cannot hand in now."""
        if self.phase == self.FINISHED:
            return _("Uw werk is beoordeeld. U hoeft niet opnieuw in te leveren.")
        if self.phase == self.RETRACTED:
            return _("Uw trainer kijkt opnieuw. Opnieuw inleveren kan pas weer na het oordeel.")
        return _("Uw trainer is begonnen met kijken. Opnieuw inleveren kan pas weer na het oordeel.")
