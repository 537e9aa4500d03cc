"""The promises of the plan, for any group: they hold for what hypothesis thinks of, not for an example of ours."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.peer.plan import Member, Plan, Situation, next_work, plan, plan_rounds

from .oracle import most


@st.composite
def groups(draw: st.DrawFn) -> tuple[Member, ...]:
    """4 to 40 people of few or many libraries, or of an unknown one."""
    size = draw(st.integers(4, 40))
    libraries = draw(st.lists(st.none() | st.integers(1, 6), min_size=size, max_size=size))
    return tuple(Member(place * 7 + 1, library, since=place) for place, library in enumerate(libraries))


def barred_among(members: tuple[Member, ...]) -> st.SearchStrategy[frozenset[tuple[int, int]]]:
    ids = st.sampled_from([one.id for one in members])
    return st.frozensets(st.tuples(ids, ids), max_size=30)


def check(now: Situation, planned: Plan) -> None:
    """What holds for every plan of every situation."""
    gives, gets = now.to_give(), now.to_get()
    given, got = Counter(pair[0] for pair in planned.pairs), Counter(pair[1] for pair in planned.pairs)
    assert len(set(planned.pairs)) == len(planned.pairs)
    assert not set(planned.pairs) & (now.taken | now.barred)
    assert all(reviewer != author for reviewer, author in planned.pairs)
    assert all(given[one] <= gives[one] for one in given)
    assert all(got[one] <= gets[one] for one in got)
    free = [(one.id, other.id) for one, other in now.free()]
    assert len(planned.pairs) == most(free, gives, gets)
    # What is missing is named, and nothing else.
    assert planned.short == {one: gets[one] - got[one] for one in gets if got[one] < gets[one]}
    assert planned.idle == {one: gives[one] - given[one] for one in gives if given[one] < gives[one]}


@given(groups(), st.integers(1, 3), st.integers(1, 4))
@settings(deadline=None, max_examples=60)
def test_everybody_gives_and_gets_and_meets_others_each_time(members, k, count):
    planned = plan_rounds(members, k, count, seed="run 1")
    everybody = {one.id for one in members}
    for this in planned:
        assert Counter(reviewer for reviewer, _ in this.pairs) == dict.fromkeys(everybody, k)
        assert Counter(author for _, author in this.pairs) == dict.fromkeys(everybody, k)
        assert all(reviewer != author for reviewer, author in this.pairs)
    if count * k <= len(members) - 1:
        pairs = [pair for this in planned for pair in this.pairs]
        assert len(set(pairs)) == len(pairs)
        assert not any(this.repeats for this in planned)


@given(st.data(), groups(), st.integers(1, 3), st.integers(1, 4))
@settings(deadline=None, max_examples=60)
def test_rounds_with_people_who_stay_away_and_people_who_come_late(data, members, k, count):
    barred = data.draw(barred_among(members))
    met: dict[tuple[int, int], int] = {}
    for number in range(1, count + 1):
        there = data.draw(st.lists(st.sampled_from(members), unique=True, min_size=2))
        late = data.draw(st.lists(st.sampled_from(there), unique=True))
        opening = tuple(one for one in there if one not in late)
        now = Situation(opening, k, barred=barred, met=met)
        planned = plan(now, f"run/{number}")
        check(now, planned)
        # Some planned pairs are never worked on; then those who were late join, and the flow is taken again.
        kept = frozenset(data.draw(st.lists(st.sampled_from(planned.pairs), unique=True))) if planned.pairs else ()
        later = replace(now, members=tuple(there), taken=frozenset(kept))
        again = plan(later, f"run/{number}/again")
        check(later, again)
        for pair in later.taken | set(again.pairs):
            met[pair] = number


@given(groups(), st.integers(1, 3), st.data())
@settings(deadline=None, max_examples=40)
def test_a_repeat_only_where_the_flow_needs_one(members, k, data):
    first = plan(Situation(members, k), "1")
    barred = data.draw(barred_among(members))
    now = Situation(members, k, barred=barred, met=dict.fromkeys(first.pairs, 1))
    planned = plan(now, "2")
    check(now, planned)
    fresh = [(one.id, other.id) for one, other in now.free() if (one.id, other.id) not in now.met]
    if most(fresh, now.to_give(), now.to_get()) == len(planned.pairs):
        assert not planned.repeats


def test_the_oldest_pairs_come_back_first():
    # Three people, one review each: after two rounds everybody met everybody.
    members = tuple(Member(number) for number in (1, 2, 3))
    first, second, third, fourth = plan_rounds(members, 1, 4, seed="x")
    assert not set(first.pairs) & set(second.pairs)
    assert third.pairs == third.repeats == first.pairs
    assert fourth.pairs == fourth.repeats == second.pairs


@given(groups())
@settings(deadline=None, max_examples=20)
def test_the_same_seed_gives_the_same_plan(members):
    now = Situation(members, 2)
    assert plan(now, "run 3") == plan(now, "run 3")
    assert plan(replace(now, members=members[::-1]), "run 3") == plan(now, "run 3")


def test_people_of_one_library_read_each_other_only_when_there_is_nobody_else():
    mixed = tuple(Member(number, library=number % 3) for number in range(9))
    for this in plan_rounds(mixed, 2, 3, seed="y"):
        assert all(reviewer % 3 != author % 3 for reviewer, author in this.pairs)
    alone = tuple(Member(number, library=1) for number in range(5))
    assert len(plan(Situation(alone, 2)).pairs) == 10


def test_who_is_exempt_gives_nothing_and_still_gets():
    members = (Member(1, reviews=False), Member(2), Member(3), Member(4))
    planned = plan(Situation(members, 1))
    assert all(reviewer != 1 for reviewer, _author in planned.pairs)
    assert len(planned.pairs) == 3
    assert sum(planned.short.values()) == 1


@pytest.mark.parametrize("people", [0, 1])
def test_a_round_of_nobody_or_one_is_empty(people):
    members = tuple(Member(number) for number in range(people))
    now = Situation(members, 2)
    assert plan(now) == Plan((), {}, {}, ())
    assert next_work(now, 0) is None


@given(groups(), st.integers(1, 3), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=15)
def test_from_the_queue_alone_everybody_also_gives_and_gets(members, k, chance):
    members = members[:14]
    now = Situation(members, k)
    asking = [one.id for one in members for _again in range(now.needed)]
    chance.shuffle(asking)
    for reviewer in asking:
        author = next_work(now, reviewer)
        assert author is not None
        now = replace(now, taken=now.taken | {(reviewer, author)})
    assert not any(now.to_give().values())
    assert not any(now.to_get().values())


def test_the_queue_gives_the_work_with_the_fewest_reviews_and_then_the_oldest():
    members = tuple(Member(number, since=10 - number) for number in range(1, 7))
    now = Situation(members, 2)
    assert next_work(now, 1) == 6
    now = replace(now, taken=frozenset({(1, 6)}))
    assert next_work(now, 2) == 5
    now = replace(now, taken=now.taken | {(2, 5), (3, 4), (4, 3), (5, 2), (6, 1)})
    assert next_work(now, 1) == 5  # 6 is done already


def test_the_queue_never_gives_what_is_barred_and_no_more_than_was_promised():
    members = tuple(Member(number, since=number) for number in (1, 2, 3))
    now = Situation(members, 1, barred=frozenset({(1, 2)}))
    assert next_work(now, 1) == 3
    done = replace(now, taken=frozenset({(1, 3)}))
    assert next_work(done, 1) is None
    assert next_work(done, 1, extra=True) is None  # 2 is barred, 3 has what it needs
    assert next_work(replace(done, barred=frozenset()), 1, extra=True) == 2
