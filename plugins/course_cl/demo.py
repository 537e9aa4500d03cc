"""The work of the demo's participants: everybody at another point between a first draft and a judgement.

Their worksheets lie in ``demo_works``. The libraries in them are made up, and so is every figure.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from lms.api import DemoSite, Judgement

from . import worksheets

WORKS = Path(__file__).parent / "demo_works"
FIRST, SECOND = "opdracht-1-de-omgeving-in-kaart", "opdracht-2-een-activiteit-uitgewerkt"
THIRD, FOURTH = "opdracht-3-drie-partners", "opdracht-4-drie-online-tools"

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
    ("deelnemer1", SECOND, "opdracht-2-waterdorp", 1),
    ("deelnemer1", THIRD, "opdracht-3-waterdorp", 1),
    ("deelnemer2", SECOND, "opdracht-2-lindehove-concept", 2),
    ("deelnemer3", FOURTH, "opdracht-4-de-veenkant-concept", 1),
    ("deelnemer5", FIRST, "opdracht-1-zonnedaal-versie-2", 1),
    ("deelnemer8", SECOND, "opdracht-2-heuvelrijk-concept", 1),
    ("deelnemer9", FIRST, "begin", 3),  # late: begun and not handed in
)
# All four of somebody who followed the course before, with how many days ago each came in; judged two days later.
EARLIER = ("bibliothecaris", ((FIRST, 259), (SECOND, 238), (THIRD, 220), (FOURTH, 216)))
SHEETS = {
    FIRST: worksheets.surroundings,
    SECOND: worksheets.activity,
    THIRD: worksheets.partners,
    FOURTH: worksheets.tools,
}


def load(demo: DemoSite) -> None:
    """Hand in, judge and write, each on its own day."""
    if demo.run is None or demo.run.course.slug != "community-librarian":
        return
    versions = {}
    for user, name, days in HANDED_IN:
        with demo.back(days):
            versions[name] = demo.hand_in(user, FIRST, "", _rows(FIRST, f"opdracht-1-{name}"))
    judgements = _judgements()
    for name, trainer, days, release in JUDGED:
        with demo.back(days):
            demo.judge(trainer, versions[name], judgements[f"opdracht-1-{name}"], release=release)
    with demo.earlier():
        _finished(demo, judgements)
    for user, slug, file, days in DRAFTS:
        with demo.back(days):
            demo.draft(user, slug, "", _rows(slug, file))


def _finished(demo: DemoSite, judgements: Mapping[str, Judgement]) -> None:
    user, works = EARLIER
    for number, (slug, days) in enumerate(works, 1):
        file = f"voorjaar-opdracht-{number}"
        with demo.back(days):
            version = demo.hand_in(user, slug, "", _rows(slug, file))
        with demo.back(days - 2):
            demo.judge("trainer1", version, judgements[file])


def _text(file: str) -> str:
    return (WORKS / file).read_text(encoding="utf-8")


def _rows(slug: str, file: str) -> dict[str, list[dict[str, str]]]:
    """A sheet from its file, in which each row lists its fields in their order."""
    parts = SHEETS[slug].by_name
    return {
        part: [
            dict(zip(parts[part].by_name, map(str, row), strict=False))
            for row in (rows if isinstance(rows[0], list) else [rows])
        ]
        for part, rows in tomllib.loads(_text(f"{file}.toml")).items()
    }


def _judgements() -> dict[str, Judgement]:
    found = {}
    for one in tomllib.loads(_text("oordelen.toml"))["judgements"]:
        rows = {("stakeholders", row_id): words for row_id, words in one.get("stakeholders", {}).items()}
        found[one["file"]] = Judgement(one["overall"], one["overall_words"], one["levels"], one["words"], rows)
    return found
