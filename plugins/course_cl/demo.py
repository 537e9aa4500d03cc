"""The work of the demo's participants: everybody at another point between a first draft and a judgement.

The texts lie in ``demo_works``. The libraries in them are made up, and so is every figure.
"""

import tomllib
from pathlib import Path

from lms.api import DemoSite, Judgement

WORKS = Path(__file__).parent / "demo_works"
FIRST, SECOND = "opdracht-1-de-omgeving-in-kaart", "opdracht-2-een-activiteit-uitgewerkt"
FOURTH = "opdracht-4-drie-online-tools"

# Who handed in which text for the first assignment, and how many days ago.
HANDED_IN = (
    ("deelnemer1", "waterdorp", 8),
    ("deelnemer2", "lindehove", 7),
    ("deelnemer3", "de-veenkant", 7),
    ("deelnemer4", "heuvelrijk", 6),
    ("deelnemer5", "zonnedaal", 6),
    ("deelnemer6", "lindehove-dorpen", 5),
    ("deelnemer8", "heuvelrijk-station", 4),
    ("deelnemer7", "waterdorp-haven", 1),  # after the date
)
# Judged by whom, how many days ago, and whether the participant may see it. Zonnedaal is sent back.
JUDGED = (
    ("waterdorp", "trainer1", 5, True),
    ("lindehove", "trainer1", 4, True),
    ("de-veenkant", "trainer2", 4, True),
    ("zonnedaal", "trainer2", 3, True),
    ("heuvelrijk", "trainer1", 2, False),
)
DRAFTS = (
    ("deelnemer1", SECOND, "opdracht-2-waterdorp.md", 1),
    ("deelnemer2", SECOND, "opdracht-2-lindehove-concept.md", 2),
    ("deelnemer3", FOURTH, "opdracht-4-de-veenkant-concept.md", 1),
    ("deelnemer5", FIRST, "opdracht-1-zonnedaal-versie-2.md", 1),
    ("deelnemer8", SECOND, "opdracht-2-heuvelrijk-concept.md", 1),
    ("deelnemer9", FIRST, "begin.md", 3),  # late: begun and not handed in
)


def load(demo: DemoSite) -> None:
    """Hand in, judge and write, each on its own day."""
    if demo.run is None or demo.run.course.slug != "community-librarian":
        return
    versions = {}
    for user, name, days in HANDED_IN:
        with demo.back(days):
            versions[name] = demo.hand_in(user, FIRST, _text(f"opdracht-1-{name}.md"))
    judgements = _judgements()
    for name, trainer, days, release in JUDGED:
        with demo.back(days):
            demo.judge(trainer, versions[name], judgements[f"opdracht-1-{name}.md"], release=release)
    for user, slug, file, days in DRAFTS:
        with demo.back(days):
            demo.draft(user, slug, _text(file))


def _text(file: str) -> str:
    return (WORKS / file).read_text(encoding="utf-8")


def _judgements() -> dict[str, Judgement]:
    listed = tomllib.loads(_text("oordelen.toml"))["judgements"]
    return {one["file"]: Judgement(one["overall"], one["overall_words"], one["levels"], one["words"]) for one in listed}
