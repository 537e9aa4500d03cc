"""`python3 dev.py bench kennisbank [--sizes 5000,20000] [--json FILE]`: how fast the kennisbank finds.

It makes entries of words as the delivered actions have them, with made compounds for the long tail, on SQLite or on the
database of LMS_DATABASE_URL (an empty one). Each search is one in the process, as the list page makes it: words,
filters with counts, and the first twenty hits with where the words stand. Before each stands a yardstick, a fixed piece
of work that has nothing to do with it: how far those lie apart is the noise of the machine.
"""

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from lms import create_app, migrate
from lms.api import db, terms
from lms.setup import load_reference_data
from plugins.kennisbank.facets import FACETS, Selection, Words
from plugins.kennisbank.models import Entry, EntryTerm
from plugins.kennisbank.search import index
from plugins.kennisbank.search.finding import Search
from plugins.kennisbank.search.folding import words as words_of

from .load import at
from .runner import machine
from .site import settle

SIZES = (5_000, 20_000)
ALLOWED = {5_000: 50, 20_000: 200}  # milliseconds, at the 95th percentile
TYPED = (
    "bibliotheek", "kinderen", "jongeren", "kalender", "leden werven", "gratis app", "voorlezen ouders school",
    "digitale overheid", "young adult", "campagne leden", "vrijwilligers", '"sociale media"', "",
)  # fmt: skip
CHOSEN: tuple[dict[str, list[str]], ...] = (
    {},
    {"doelgroep": ["bibliotheekmedewerkers"]},
    {"resultaat": ["gemeten"], "kernfunctie": ["lezen_literatuur", "onbekend"]},
)


class Reader:
    """Somebody of the network."""

    is_authenticated = True


def main(arguments: list[str]) -> int:
    """Measure each size and print a table; returns the exit code."""
    parser = argparse.ArgumentParser(prog="dev.py bench kennisbank", description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="", help="numbers of entries, e.g. 5000,20000")
    parser.add_argument("--rounds", type=int, default=5, help="how often each search is made")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write all figures to this file too")
    given = parser.parse_args(arguments)
    sizes = [int(size) for size in given.sizes.split(",") if size] or list(SIZES)
    result = measure(sizes, given.rounds, lambda said: sys.stderr.write(said + "\n"))
    sys.stdout.write(table(result) + "\n")
    if given.json:
        given.json.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


def measure(sizes: list[int], rounds: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Fill up to each size in turn and search; times are in milliseconds."""
    with tempfile.TemporaryDirectory(prefix="leerplein-bench-") as folder:
        url = os.environ.get("LMS_DATABASE_URL") or f"sqlite:///{folder}/leerplein.sqlite"
        app = create_app({"INSTANCE": Path(folder), "SECRET_KEY": "bench", "SQLALCHEMY_DATABASE_URI": url})
        result: dict[str, Any] = {
            "when": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": machine(),
            "database": url.partition(":")[0],
            "sizes": [],
        }
        with app.app_context():
            migrate.upgrade()
            load_reference_data()
            db.session.commit()
            for size in sorted(sizes):
                say(f"Making {size} entries …")
                seconds = fill(size)
                say("Searching …")
                result["sizes"].append({"entries": size, "index_seconds": seconds, **_search(rounds)})
            db.session.remove()
            db.engine.dispose()
    return result


def fill(size: int) -> float:
    """Add made entries until there are so many; gives how many seconds it took to index what was added."""
    chance = random.Random(size)  # noqa: S311 - the same entries each time
    real = db.session.scalars(select(Entry).where(Entry.slug.not_like("proef-%")).order_by(Entry.slug)).all()
    pool = [word for entry in real for word in f"{entry.done} {entry.goal} {entry.result}".split()]
    nouns = sorted({word.plain for word in words_of(" ".join(pool)) if len(word.plain) > 4 and word.plain.isalpha()})
    there = db.session.scalar(select(db.func.count()).select_from(Entry)) or 0
    rows = [_entry(number, chance, pool, nouns) for number in range(there, size)]
    for some in _batches(rows, 1_000):
        db.session.execute(insert(Entry), some)
    added = db.session.scalars(select(Entry.id).where(Entry.folded == "").order_by(Entry.id)).all()
    lists = [(facet.vocabulary, [term.id for term in terms(facet.vocabulary)]) for facet in FACETS]
    links = [
        {"entry_id": id, "term_id": term, "vocabulary": key}
        for id in added
        for key, ids in lists
        for term in chance.sample(ids, chance.choice((0, 1, 1, 2)))
    ]
    for some in _batches(links, 5_000):
        db.session.execute(insert(EntryTerm), some)
    db.session.commit()
    begun = time.perf_counter()
    index.fill()
    db.session.commit()
    seconds = time.perf_counter() - begun
    settle()
    return round(seconds, 1)


def _entry(number: int, chance: random.Random, pool: list[str], nouns: list[str]) -> dict[str, Any]:
    def some(count: int) -> str:
        made = chance.choice(nouns) + chance.choice(nouns)
        return " ".join([*chance.choices(pool, k=count - 1), made[:50]])

    return {
        "slug": f"proef-{number}", "title": some(5)[:300], "library": "Bibliotheek Waterdorp", "goal": some(8),
        "target": some(3), "channels": some(3), "done": some(60), "result": some(20),
        "period": str(2010 + number % 15), "year": 2010 + number % 15,
    }  # fmt: skip


def _batches(rows: list[Any], size: int) -> Iterator[list[Any]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _search(rounds: int) -> dict[str, Any]:
    took: list[float] = []
    cpu: list[float] = []
    marks: list[float] = []
    for number in range(rounds + 1):
        for typed, chosen in product(TYPED, CHOSEN):
            marks.append(_yardstick())
            wall, processor = time.perf_counter(), time.process_time()
            words = Words()
            selection = Selection.read(typed, partial(_codes, chosen), words)
            Search(selection, words, Reader()).page(0, 20)  # type: ignore[arg-type]
            if number:  # the first round warms up
                took.append((time.perf_counter() - wall) * 1000)
                cpu.append((time.process_time() - processor) * 1000)
            db.session.rollback()
    took.sort()
    cpu.sort()
    return {
        "searches": len(took),
        "p50": at(took, 0.5),
        "p95": at(took, 0.95),
        "cpu_p50": at(cpu, 0.5),
        "cpu_p95": at(cpu, 0.95),
        "noise": statistics.pstdev(marks) / statistics.mean(marks),
        "noise_p95": at(sorted(marks), 0.95) / statistics.median(marks),
    }


def _codes(chosen: dict[str, list[str]], key: str) -> list[str]:
    return chosen.get(key, [])


def _yardstick() -> float:
    begun = time.perf_counter()
    sum(n * n % 7 for n in range(20_000))
    return time.perf_counter() - begun


def table(result: dict[str, Any]) -> str:
    """The figures as a table in Markdown."""
    of = result["machine"]
    lines = [
        f"{result['when']}, {of['processor']}, {of['cores']} cores (load {of['load']}), Python {of['python']}, "
        f"{result['database']}.",
        "",
        "| entries | searches | p50 ms | p95 ms | allowed | CPU p50 ms | CPU p95 ms | noise | indexed in s |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {one['entries']} | {one['searches']} | {one['p50']:.0f} | {one['p95']:.0f} | "
        f"{ALLOWED.get(one['entries'], '')} | {one['cpu_p50']:.0f} | {one['cpu_p95']:.0f} | {one['noise']:.0%} | "
        f"{one['index_seconds']} |"
        for one in result["sizes"]
    ]
    noise = max(one["noise_p95"] for one in result["sizes"])
    lines += ["", f"The yardstick took up to {noise:.1f} times its median at its 95th percentile."]
    return "\n".join(lines)
