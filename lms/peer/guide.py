"""A guide beside the form: simple rules that notice what makes feedback useful. It advises, and never refuses.

It looks again each time the draft is kept.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from .models import QUESTION, TIP, TOP

SHORT = 40
"""Words: what is shorter than this in all rarely says why."""
UNKIND = re.compile(
    r"\b(slecht|waardeloos|dom|domme|onzin|belachelijk|stom|stomme|prut|lui|luie|nutteloos|flut|amateuristisch)\b",
    re.IGNORECASE,
)
ABOUT_THE_PERSON = re.compile(
    r"\b(je|jij|u)\s+(bent|hebt\s+geen|kunt\s+niet|kan\s+niet|snapt|begrijpt\s+niet)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Said:
    """One remark, as far as the guide looks at it. ``pointed``: it names a passage, a row or a criterion."""

    kind: str
    text: str
    pointed: bool = False


@dataclass(frozen=True)
class Advice:
    """One thing that the guide looks at: whether it is there, and a sentence about it."""

    key: str
    good: bool
    sentence: str


def advise(remarks: Sequence[Said]) -> list[Advice]:
    """What is there and what might still come, in a fixed order."""
    said = [remark for remark in remarks if remark.text.strip()]
    words = sum(len(remark.text.split()) for remark in said)
    harsh = sorted({found.group(0).lower() for one in said for found in UNKIND.finditer(one.text)})
    personal = any(ABOUT_THE_PERSON.search(one.text) for one in said)
    return [
        _there(said, TOP, _("U noemt wat goed is."), _("Noem ook één ding dat goed is, en waarom.")),
        _there(said, TIP, _("U geeft een tip."), _("Geef één tip waar uw collega morgen mee verder kan.")),
        _there(
            said, QUESTION, _("U stelt een vraag."), _("Stel één vraag over iets wat u niet weet of niet begrijpt.")
        ),
        Advice(
            "pointed",
            any(one.pointed for one in said),
            _("U wijst aan waarover het gaat.")
            if any(one.pointed for one in said)
            else _("Wijs bij één opmerking aan over welke plek in het werk die gaat."),
        ),
        Advice(
            "long",
            words >= SHORT,
            _("U schrijft genoeg om iets mee te kunnen.")
            if words >= SHORT
            else _(
                "U schreef %(words)s woorden. Met een reden of een voorbeeld erbij kan uw collega er meer mee.",
                words=words,
            ),
        ),
        Advice("kind", not harsh and not personal, _kind(harsh, personal)),
    ]


def _there(said: Sequence[Said], kind: str, good: str, missing: str) -> Advice:
    there = any(one.kind == kind for one in said)
    return Advice(kind, there, good if there else missing)


def _kind(harsh: Sequence[str], personal: bool) -> str:
    if harsh:
        words = ", ".join(f"‘{word}’" for word in harsh)
        return _("%(words)s komt hard aan. Zeg liever wat u ziet en wat het met u doet.", words=words)
    if personal:
        return _("Schrijf over het werk en niet over de persoon: ‘In deze tabel mis ik …’.")
    return _("U schrijft over het werk.")
