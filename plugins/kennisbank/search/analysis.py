"""From texts to what the index keeps, and from what somebody typed to what it is asked.

A token of the index is one of three: a form as written («=boeken»), what forms have in common («boek», also for the
parts of a compound), or a group of synonyms («~3»). How well it fits stands in its weight: a title above a target group
or channel above other text, a form as written above another form above a synonym above a part.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from . import separable
from .compounds import SHORTEST, More, begins, none, parts
from .dutch import keys
from .folding import BOUND, STOP, Word, fold, words
from .synonyms import Keys, Synonyms, keys_of, meaningful

EXACT, FORM, SYNONYM, PART = 10, 8, 6, 4
MOST_WORDS = 10
LONGEST_TOKEN = 64
_REMEMBERED = 30_000  # words
# As in BM25: a word that comes often counts more, but less and less so, and less in a long text than in a short one.
_K, _B, _USUAL = 1.2, 0.5, 40


@dataclass(frozen=True)
class Field:
    """A text of an entry: ``name`` in our data, ``weight`` of a word in it."""

    name: str
    weight: int
    text: str


@dataclass(frozen=True)
class Unit:
    """A word that somebody typed, or words that are one: ``tokens`` any of which will do."""

    word: str
    tokens: frozenset[str]


@dataclass(frozen=True)
class Query:
    """What somebody typed: an entry must have all ``units`` and all ``phrases``."""

    units: tuple[Unit, ...] = ()
    phrases: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.units or self.phrases)


class Tokens:
    """The tokens of words with how well each fits; remembers what it worked out of the words it last saw.

    ``more`` tells which words of our own texts may be parts of compounds.
    """

    def __init__(self, synonyms: Synonyms, more: More = none) -> None:
        self.synonyms, self.more = synonyms, more
        self.of = lru_cache(_REMEMBERED)(self._of)

    def _of(self, word: Word) -> dict[str, int]:
        """Token to EXACT, FORM, SYNONYM or PART, for one word of a text."""
        found: dict[str, int] = {}

        def add(tokens: Iterable[str], kind: int) -> None:
            for token in tokens:
                found[token] = max(kind, found.get(token, 0))

        own = keys_of(word)
        add(_written(word.folded, own), EXACT)
        add(own, FORM)
        inner = list(word.parts)
        for piece in (*word.parts, word.plain):
            inner += parts(piece, self.more)
        for part in inner:
            inner_keys = keys(part)
            add(inner_keys, PART)
            add(self.synonyms.of(inner_keys), PART)
        return {token[:LONGEST_TOKEN]: kind for token, kind in found.items()}


def index(fields: Iterable[Field], tokens: Tokens) -> dict[str, int]:
    """The tokens of an entry with their weights, which only mean something beside each other."""
    weights: dict[str, float] = {}
    for field in fields:
        text = words(field.text)
        kept = meaningful(text)
        long = 1 - _B + _B * len(kept) / _USUAL
        counts: dict[tuple[str, int], int] = {}
        for word in kept + [whole for _, whole in separable.verbs(field.text)]:
            for token, kind in tokens.of(word).items():
                counts[token, kind] = counts.get((token, kind), 0) + 1
        for _pair, token in joined(text):
            counts[token, FORM] = counts.get((token, FORM), 0) + 1
        for found in tokens.synonyms.find([keys_of(word) for word in kept]):
            counts[found.token, SYNONYM] = counts.get((found.token, SYNONYM), 0) + 1
        for (token, kind), count in counts.items():
            often = count * (_K + 1) / (count + _K * long)
            weights[token] = weights.get(token, 0) + field.weight * kind * often
    return {token: max(1, round(weight)) for token, weight in weights.items()}


def joined(text: Sequence[Word]) -> Iterable[tuple[str, str]]:
    """Two words beside each other, with the one word that others write: «taal café» is found by «taalcafé»."""
    for first, second in pairwise(text):
        if not ({first.folded, second.folded} & STOP) and begins(first.plain):
            for key in keys_of(second) | {second.folded}:
                yield f"{first.plain} {second.plain}", (first.folded + key)[:LONGEST_TOKEN]


def ask(typed: str, synonyms: Synonyms) -> Query:
    """What somebody typed. «"lezen voor leven"» is a phrase, of which the words must stand together."""
    typed = typed.translate(str.maketrans("“”„«»", '"""""'))
    pieces = typed.split('"')
    phrases = tuple(filter(None, (phrase(piece) for piece in pieces[1::2]))) if len(pieces) > 2 else ()
    kept = [one for word in meaningful(words(" ".join(pieces))) for one in _loose(word)][:MOST_WORDS]
    own = [keys_of(word) for word in kept]
    apart = {word: _asked(verb, keys_of(verb), synonyms) for word, verb in separable.verbs(typed)}
    units: list[Unit] = []
    long = {found.start: found for found in synonyms.find(own) if found.end - found.start > 1}
    at = 0
    while at < len(kept):
        found = long.get(at)
        if found:
            units.append(Unit(" ".join(word.plain for word in kept[at : found.end]), frozenset({found.token})))
        else:
            units.append(Unit(kept[at].plain, _asked(kept[at], own[at], synonyms) | apart.get(kept[at], frozenset())))
        at = found.end if found else at + 1
    unique = {unit.tokens: unit for unit in reversed(units)}
    return Query(tuple(reversed(unique.values())), phrases)


def _asked(word: Word, own: Keys, synonyms: Synonyms) -> frozenset[str]:
    tokens = {*_written(word.folded, own), *own, *synonyms.of(own)}
    return frozenset(token[:LONGEST_TOKEN] for token in tokens)


def _written(folded: str, own: Keys) -> list[str]:
    """The token of the form as written: the key itself when that is the same, so that one token will do."""
    return [folded if folded in own else f"={folded}"]


def _loose(word: Word) -> list[Word]:
    """«school-actie» asks for both words; «co-creatie» and «e-mail» are one."""
    if word.parts and all(len(part) >= SHORTEST and part.isalpha() and fold(part) not in BOUND for part in word.parts):
        return [Word(part, fold(part)) for part in word.parts if fold(part) not in STOP]
    return [word]


def rows(texts: Iterable[str]) -> str:
    """Texts as :func:`phrase` is looked for in them: no phrase runs from one text into the next."""
    return "|".join(map(phrase, texts))


def phrase(text: str) -> str:
    """The words of a text in a row, as they are looked for: « lezen voor leven »."""
    row = " ".join(word.folded for word in words(text) if word.folded)
    return f" {row} " if row else ""
