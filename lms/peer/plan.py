"""Who reads whose work: the cheapest of the largest flows over the pairs that are still free.

Reviewers stand on one side, works on the other; who handed in is on both. An edge is a pair that is allowed. The flow
is as large as it can be; among those it prefers, in this order: pairs that did not meet before, the same number for
everybody, and people from another library. The plan, a plan taken again halfway and the next work from the queue are
all this one flow, each time with what was taken already.
"""

import random
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

Pair = tuple[int, int]
"""(reviewer, author), both by the id of their enrolment."""
_SOURCE, _SINK = "source", "sink"


@dataclass(frozen=True)
class Member:
    """Somebody in the run who handed in. ``library`` is None when it is not known: that counts as another library.

    ``since`` orders the works, oldest first. Who is exempt has ``reviews=False``; whose work needs no reviews (a
    trainer wrote them) has ``reviewed=False``.
    """

    id: int
    library: int | None = None
    since: float = 0
    reviews: bool = True
    reviewed: bool = True


@dataclass(frozen=True)
class Situation:
    """One round as it stands. ``k`` is how many reviews everybody gives and gets.

    ``taken`` are pairs of this round that are done or that somebody is working on; ``barred`` are pairs that are not to
    come (back) in this round; ``met`` holds pairs of earlier rounds with the number of the last round they met in.
    ``unseen`` are those of ``taken`` whose author does not get to read it: given counts, got does not.
    """

    members: tuple[Member, ...]
    k: int
    taken: frozenset[Pair] = frozenset()
    barred: frozenset[Pair] = frozenset()
    unseen: frozenset[Pair] = frozenset()
    met: Mapping[Pair, int] | None = None

    @property
    def needed(self) -> int:
        """Reviews for each work: k, or all others when they are fewer."""
        return max(0, min(self.k, len(self.members) - 1))

    def to_give(self) -> dict[int, int]:
        """How many reviews each member has yet to take on."""
        given = Counter(reviewer for reviewer, _author in self.taken)
        return {one.id: max(0, self.needed - given[one.id]) if one.reviews else 0 for one in self.members}

    def to_get(self) -> dict[int, int]:
        """How many reviewers each work still looks for."""
        got = Counter(author for _reviewer, author in self.taken - self.unseen)
        return {one.id: max(0, self.needed - got[one.id]) if one.reviewed else 0 for one in self.members}

    def free(self) -> Iterator[tuple[Member, Member]]:
        """The pairs of reviewer and author that may still come together."""
        closed = self.taken | self.barred
        people = sorted(self.members, key=lambda member: member.id)
        return (
            (reviewer, author)
            for reviewer in people
            for author in people
            if reviewer.id != author.id and (reviewer.id, author.id) not in closed
        )


@dataclass(frozen=True)
class Plan:
    """``pairs`` are new ones, by the reviewers' ids. ``short`` tells for each author how many reviews are missing and
    ``idle`` for each reviewer how many they were not given; ``repeats`` are pairs that met in an earlier round."""

    pairs: tuple[Pair, ...]
    short: Mapping[int, int]
    idle: Mapping[int, int]
    repeats: tuple[Pair, ...]


def plan(now: Situation, seed: str = "") -> Plan:
    """Plan what is still to be given and got. The same situation and seed give the same plan.

    When repeats cannot be avoided there are as few as can be, and the oldest come back first.
    """
    pairs = _flow(now, now.to_give(), now.to_get(), seed)
    given = Counter(reviewer for reviewer, _author in pairs)
    got = Counter(author for _reviewer, author in pairs)
    return Plan(
        pairs=tuple(sorted(pairs)),
        short=_missing(now.to_get(), got),
        idle=_missing(now.to_give(), given),
        repeats=tuple(sorted(pair for pair in pairs if pair in (now.met or {}))),
    )


def plan_rounds(
    members: Iterable[Member], k: int, count: int, barred: Collection[Pair] = (), seed: str = ""
) -> tuple[Plan, ...]:
    """Plan ``count`` rounds ahead, as if everybody hands in each time.

    Nobody meets twice while ``count * k <= people - 1`` and no barred pair forces it.
    """
    met: dict[Pair, int] = {}
    planned = []
    for number in range(1, count + 1):
        now = Situation(tuple(members), k, barred=frozenset(barred), met=dict(met))
        planned.append(plan(now, f"{seed}/{number}"))
        met.update(dict.fromkeys(planned[-1].pairs, number))
    return tuple(planned)


def next_work(now: Situation, reviewer: int, *, extra: bool = False) -> int | None:
    """The author whose work ``reviewer`` gets next from the queue, or None when there is none for them.

    That is the work with the fewest reviews and leases, then the oldest, unless giving it to them would leave others
    with fewer works than there are. ``extra`` is for who gave all they promised and offers one more.
    """
    gives, gets = now.to_give(), now.to_get()
    if extra:
        gives[reviewer] = max(1, gives.get(reviewer, 0))
    if not gives.get(reviewer):
        return None
    for_them = [author for one, author in now.free() if one.id == reviewer and gets[author.id]]
    for_them.sort(key=lambda author: (-gets[author.id], author.since, author.id))
    best = len(_flow(now, gives, gets))
    for author in for_them:
        pair = (reviewer, author.id)
        rest = replace(now, taken=now.taken | {pair})
        left = len(_flow(rest, gives | {reviewer: gives[reviewer] - 1}, gets | {author.id: gets[author.id] - 1}))
        if left + 1 >= best:
            return author.id
    return None


def _flow(now: Situation, gives: Mapping[int, int], gets: Mapping[int, int], seed: str = "") -> list[Pair]:
    """The pairs of the cheapest largest flow.

    A road around the whole network is dearer than any path through it, so the cheapest flow of all is the largest.
    """
    amount = min(sum(gives.values()), sum(gets.values()))
    if not amount:
        return []
    met = now.met or {}
    most = now.needed + 1
    ages = {number: place for place, number in enumerate(sorted(set(met.values())), 1)}
    # Each price is higher than all prices of the lesser kinds together.
    own_library = 1
    unequal = amount * own_library + 1
    older = amount * 2 * most * unequal + 1
    again = amount * (len(ages) + 1) * older + 1
    around = amount * 2 * again + 1

    import networkx as nx  # here and not above: it takes a seventh of the start of every process, few of which plan

    network = nx.MultiDiGraph()
    network.add_node(_SOURCE, demand=-amount)
    network.add_node(_SINK, demand=amount)
    network.add_edge(_SOURCE, _SINK, capacity=amount, weight=around)
    # Shuffled by the seed: who is short when somebody must be does not follow from the alphabet.
    people = sorted(now.members, key=lambda one: one.id)
    random.Random(seed).shuffle(people)  # noqa: S311 - it must be repeatable, not secret
    for one in people:
        for place in range(gives[one.id]):  # a next review costs more: everybody gets one before one gets two
            network.add_edge(_SOURCE, ("reviews", one.id), capacity=1, weight=unequal * _place(now, place, gives, one))
        for place in range(gets[one.id]):
            network.add_edge(("work", one.id), _SINK, capacity=1, weight=unequal * _place(now, place, gets, one))
    free = [(one.id, other.id, one, other) for one, other in now.free() if gives[one.id] and gets[other.id]]
    for reviewer, author, one, other in free:
        pair = (reviewer, author)
        same = one.library is not None and one.library == other.library
        price = again + older * ages[met[pair]] if pair in met else 0
        network.add_edge(("reviews", reviewer), ("work", author), capacity=1, weight=price + same * own_library)
    _cost, flow = nx.network_simplex(network)
    return [
        (reviewer, author)
        for reviewer, author, _one, _other in free
        if any(flow[("reviews", reviewer)][("work", author)].values())
    ]


def _place(now: Situation, place: int, left: Mapping[int, int], one: Member) -> int:
    """The how manieth review this would be: who has some already stands behind who has none."""
    return place + now.needed - left[one.id]


def _missing(wanted: Mapping[int, int], found: Counter[int]) -> dict[int, int]:
    return {one: number - found[one] for one, number in sorted(wanted.items()) if number > found[one]}
