"""How many works reach the lesson day short of feedback, by our queue and by an allocation that stays as it is.

    python -m bench.peer [--runs 200] [--seed 1]

People of 200 made-up groups come and go the same way under each rule: 8 to 16 people who each give and get two, of whom
one in five never hands in, three in ten of the others hand in during the round, and who visits does not always do
what is waiting. The rules are the product's own (``lms.peer.plan``); only the people are made up.
"""

import argparse
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from lms.peer.plan import Member, Pair, Situation, next_work, plan

K = 2
DAYS = 10
"""The length of a round, from its opening to its date."""
HALFWAY, LEASE = DAYS // 2, 2
NO_SHOW, LATE = 0.2, 0.3
VISITS = 0.4
"""The chance that somebody looks in on a day."""
DOES_IT = 0.7
"""The chance that who looks in also does the reviews that are there to do."""
DROPS_OUT = 0.15
"""The chance that a reviewer stays away from some day on."""
ONE_MORE = 0.25
"""The chance that who is done reads one more work when asked, once a day that they look in."""


@dataclass(frozen=True)
class Person:
    """What somebody is going to do, whatever the rule. Days count from the opening; ``hands_in`` None is never."""

    id: int
    library: int
    hands_in: int | None
    visits: frozenset[int]
    does_it: tuple[bool, ...]
    one_more: tuple[bool, ...]


@dataclass
class Outcome:
    """``works`` were handed in before the end; ``short`` of them lack ``missing`` reviews in all."""

    works: int = 0
    short: int = 0
    missing: int = 0

    def add(self, done: set[Pair], authors: list[int]) -> None:
        """Count one run."""
        needed = min(K, len(authors) - 1)
        lacks = [max(0, needed - sum(author == one for _, author in done)) for one in authors]
        self.works += len(authors)
        self.short += sum(bool(lack) for lack in lacks)
        self.missing += sum(lacks)


@dataclass
class Round:
    """A round under way: who has which work at hand since when."""

    situation: Situation
    open: dict[Pair, int] = field(default_factory=dict)
    done: set[Pair] = field(default_factory=set)

    @property
    def now(self) -> Situation:
        return replace(self.situation, taken=frozenset(self.open) | self.done)


def group(chance: random.Random) -> list[Person]:
    """Make up a group."""
    size = chance.randint(8, 16)
    people = []
    for number in range(size):
        hands_in: int | None = 0
        if chance.random() < NO_SHOW:
            hands_in = None
        elif chance.random() < LATE:
            hands_in = chance.randint(1, DAYS - 2)
        until = chance.randint(0, DAYS) if chance.random() < DROPS_OUT else DAYS
        visits = frozenset(day for day in range(1, DAYS + 1) if chance.random() < VISITS and day <= until)
        does_it = tuple(chance.random() < DOES_IT for _ in range(DAYS + 1))
        one_more = tuple(chance.random() < ONE_MORE for _ in range(DAYS + 1))
        people.append(Person(number, number % 5, hands_in, visits, does_it, one_more))
    return people


def ours(people: list[Person], seed: str, *, volunteers: bool) -> set[Pair]:
    """Plan among who is there, hand out on demand, let go what nobody works on."""
    members = tuple(Member(one.id, one.library) for one in people if one.hands_in == 0)
    this = Round(Situation(members, K))
    this.open = dict.fromkeys(plan(this.now, seed).pairs, HALFWAY - LEASE)  # they lapse halfway
    for day in range(1, DAYS + 1):
        joined = tuple(Member(one.id, one.library, since=day) for one in people if one.hands_in == day)
        this.situation = replace(this.situation, members=this.situation.members + joined)
        this.open = {pair: since for pair, since in this.open.items() if day - since <= LEASE}
        for one in people:
            if day in one.visits and one.hands_in is not None and one.hands_in <= day:
                _visit(this, one, day)
                if volunteers and one.does_it[day] and one.one_more[day]:
                    _visit(this, one, day, extra=True)
    return this.done


def _visit(this: Round, one: Person, day: int, *, extra: bool = False) -> None:
    """Do what is at hand and ask for more, as long as there is some to give; or take a work and leave it."""
    while True:
        pair = next((pair for pair in sorted(this.open) if pair[0] == one.id), None)
        if pair is None:
            author = next_work(this.now, one.id, extra=extra)
            if author is None:
                return
            pair = (one.id, author)
            this.open[pair] = day
        if not one.does_it[day]:
            return
        del this.open[pair]
        this.done.add(pair)
        extra = False


def fixed(people: list[Person], seed: str, *, late_too: bool) -> set[Pair]:
    """Hand out at random, the same number for everybody, and leave it so.

    Among who handed in at the opening; with ``late_too`` among all who are enrolled, so that late work has readers
    from the first day but also readers who never come.
    """
    chance = random.Random(seed)  # noqa: S311 - it must be repeatable, not secret
    there = [one.id for one in people if late_too or one.hands_in == 0]
    chance.shuffle(there)
    size = len(there)
    by_id = {one.id: one for one in people}
    at_hand: dict[int, list[int]] = {
        one: [there[(place + step) % size] for step in range(1, min(K, size - 1) + 1)]
        for place, one in enumerate(there)
    }
    done: set[Pair] = set()
    for day in range(1, DAYS + 1):
        for reviewer, authors in at_hand.items():
            one = by_id[reviewer]
            came = one.hands_in is not None and one.hands_in <= day and day in one.visits
            ready = [a for a in authors if (reviewer, a) not in done and _is_in(by_id[a], day)]
            if came and one.does_it[day]:
                done.update((reviewer, author) for author in ready)
    return done


def _is_in(person: Person, day: int) -> bool:
    return person.hands_in is not None and person.hands_in <= day


RULES: dict[str, Callable[[list[Person], str], set[Pair]]] = {
    "our queue": lambda people, seed: ours(people, seed, volunteers=False),
    "our queue, who is done is asked for one more": lambda people, seed: ours(people, seed, volunteers=True),
    "fixed at random, among who handed in at the opening": lambda people, seed: fixed(people, seed, late_too=False),
    "fixed at random, among everybody enrolled": lambda people, seed: fixed(people, seed, late_too=True),
}


def simulate(runs: int, seed: int) -> dict[str, Outcome]:
    """Every rule on the same ``runs`` groups; the same seed gives the same figures."""
    outcomes = {rule: Outcome() for rule in RULES}
    for number in range(runs):
        people = group(random.Random(f"{seed}/{number}"))  # noqa: S311 - as above
        authors = [one.id for one in people if one.hands_in is not None]
        for rule, allocate in RULES.items():
            outcomes[rule].add(allocate(people, f"{seed}/{number}"), authors)
    return outcomes


def table(outcomes: dict[str, Outcome], runs: int) -> str:
    """The outcomes in Markdown."""
    lines = [
        "| rule | works | short before the safety net | reviews the trainer had to write | for each run |",
        "| --- | --: | --: | --: | --: |",
    ]
    for rule, one in outcomes.items():
        share = one.short / one.works if one.works else 0
        lines.append(f"| {rule} | {one.works} | {one.short} ({share:.0%}) | {one.missing} | {one.missing / runs:.1f} |")
    return "\n".join(lines)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    sys.stdout.write(table(simulate(asked.runs, asked.seed), asked.runs) + "\n")


if __name__ == "__main__":
    main()
