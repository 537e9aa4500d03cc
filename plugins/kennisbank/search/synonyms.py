"""Words that mean the same: «YA» and «young adult». Every word of a group finds every other."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from .dutch import keys
from .folding import BOUND, STOP, Word, fold, words

Keys = frozenset[str]


class Found(NamedTuple):
    """Words ``start`` to ``end`` of a text are a word of the group behind ``token``."""

    start: int
    end: int
    token: str


class Synonyms:
    """Groups by number: ``Synonyms({3: ["YA", "young adult"]})``."""

    def __init__(self, groups: dict[int, Sequence[str]]) -> None:
        self._by_first: dict[str, list[tuple[list[Keys], str]]] = {}
        for number, terms in groups.items():
            for term in terms:
                sequence = sequence_of(term)
                for key in sequence[0] if sequence else ():
                    self._by_first.setdefault(key, []).append((sequence, f"~{number}"))

    def find(self, text: Sequence[Keys]) -> Iterator[Found]:
        """The words of groups in a text, given as the keys of its words without stop words."""
        for at, own in enumerate(text):
            seen = set()
            for key in own:
                for sequence, token in self._by_first.get(key, ()):
                    end = at + len(sequence)
                    there = text[at:end]
                    if len(there) == len(sequence) and all(a & b for a, b in zip(there, sequence, strict=True)):
                        seen.add(Found(at, end, token))
            yield from sorted(seen)

    def of(self, own: Keys) -> set[str]:
        """The groups in which a word stands by itself."""
        return {found.token for found in self.find([own])}


def sequence_of(term: str) -> list[Keys]:
    """The keys of the words of a term, without stop words."""
    return [keys_of(word) for word in meaningful(words(term))]


def meaningful(found: Iterable[Word]) -> list[Word]:
    """The words by which one can find something. «co creatie» becomes one word."""
    kept: list[Word] = []
    for word in found:
        if kept and kept[-1].folded in BOUND and word.folded.isalpha():
            before = kept.pop()
            word = Word(before.plain + word.plain, before.folded + word.folded)
        if word.folded and word.folded not in STOP:
            kept.append(word)
    return kept


def keys_of(word: Word) -> Keys:
    """What this word and its other forms have in common."""
    own = keys(word.plain) if word.plain.isalpha() else frozenset({word.folded})
    if word.parts and (last := word.parts[-1]).isalpha():  # «3D-printers», «ex-gevangenen»
        before = word.folded.removesuffix(fold(last))
        own |= {before + key for key in keys(last)}
    return own
