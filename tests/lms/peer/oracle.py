"""A second opinion on the largest number of reviews: plain augmenting paths, written apart from the product's flow."""

from collections.abc import Iterable, Mapping

from lms.peer.plan import Pair


def most(pairs: Iterable[Pair], gives: Mapping[int, int], gets: Mapping[int, int]) -> int:
    """How many of ``pairs`` can stand together when each gives and gets at most so many."""
    choices: dict[int, list[int]] = {}
    for reviewer, author in pairs:
        choices.setdefault(reviewer, []).append(author)
    readers: dict[int, set[int]] = {author: set() for author in gets}

    def place(reviewer: int, seen: set[int]) -> bool:
        for author in choices.get(reviewer, ()):
            if author in seen or reviewer in readers[author]:
                continue
            seen.add(author)
            if len(readers[author]) < gets[author]:
                readers[author].add(reviewer)
                return True
            for other in list(readers[author]):
                if place(other, seen):
                    readers[author].discard(other)
                    readers[author].add(reviewer)
                    return True
        return False

    return sum(place(reviewer, set()) for reviewer, number in gives.items() for _again in range(number))
