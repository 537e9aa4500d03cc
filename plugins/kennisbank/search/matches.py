"""Tells why an entry was found: which of its words fit what was typed, and where they stand."""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from lms.api import lazy_gettext as _l

from ..content import searchable
from ..models import Entry
from . import analysis, separable
from .folding import Word, words
from .synonyms import keys_of, meaningful

LABELS = {
    "title": _l("titel"), "library": _l("bibliotheek"), "goal": _l("doel"), "target": _l("doelgroep"),
    "channels": _l("kanaal"), "partners": _l("partners"), "done": _l("wat is er gedaan"), "result": _l("resultaat"),
    "results": _l("resultaat"), "caution": _l("let op"), "evaluation": _l("evaluatie"), "takeover": _l("overnemen"),
    "materials": _l("materialen"), "otherwise": _l("wat anders zou kunnen"), "phase_note": _l("fase"),
    "terms": _l("filters"), "words": _l("filters"),
}  # fmt: skip
_PLACES = {name: place for place, name in enumerate(LABELS)}
MOST = 6


class Match(NamedTuple):
    """What was ``asked`` was ``found`` in ``field``: kalender, activiteitenkalender, title."""

    asked: str
    found: str
    field: str

    @property
    def label(self) -> Any:
        return LABELS.get(self.field, self.field)


class Matcher:
    """Which words of entries fit a query. One for all entries of a page: they share most of their words."""

    def __init__(self, query: analysis.Query, tokens: analysis.Tokens) -> None:
        self.units, self.tokens = query.units, tokens
        # A compound may have been split by words of our own texts, which are not asked again here.
        self._inner = [[t for t in unit.tokens if len(t) >= 4 and t[0] not in "=~"] for unit in self.units]
        self._grouped = any(token[0] == "~" for unit in self.units for token in unit.tokens)
        self._fits = cache(self._units_of)

    def of(self, entry: Entry) -> list[Match]:
        """The words of an entry that fit, the most telling fields first; each word once in a field."""
        texts = searchable(entry)
        found: dict[Match, None] = {}
        for name in sorted(texts, key=lambda name: _PLACES.get(name, len(_PLACES))):
            kept = meaningful(words(texts[name]))
            fitting = [(word.plain, fits) for word in kept if (fits := self._fits(word))]
            groups = self._groups(kept) if self._grouped else []
            for number, unit in enumerate(self.units if fitting or groups else ()):
                for plain, fits in fitting:
                    if number in fits:
                        found[Match(unit.word, plain, name)] = None
                for token, plain in groups:
                    if token in unit.tokens:
                        found[Match(unit.word, plain, name)] = None
        there = {match.asked for match in found}
        for unit in self.units:
            if unit.word not in there:
                found |= dict.fromkeys(self._apart(unit, texts))
        return list(found)

    def _apart(self, unit: analysis.Unit, texts: dict[str, str]) -> Iterator[Match]:
        """What the text writes as two words: «taal café» for «taalcafé», «leest» … voor for «voorlezen»."""
        for name, text in texts.items():
            for pair, token in analysis.joined(words(text)):
                if token in unit.tokens:
                    yield Match(unit.word, pair, name)
            for word, verb in separable.verbs(text):
                if not unit.tokens.isdisjoint(self.tokens.of(verb)):
                    yield Match(unit.word, word.plain, name)

    def _units_of(self, word: Word) -> list[int]:
        own = self.tokens.of(word)
        return [
            number
            for number, unit in enumerate(self.units)
            if not unit.tokens.isdisjoint(own) or any(token in word.folded for token in self._inner[number])
        ]

    def _groups(self, kept: list[Word]) -> list[tuple[str, str]]:
        return [
            (synonym.token, " ".join(word.plain for word in kept[synonym.start : synonym.end]))
            for synonym in self.tokens.synonyms.find([keys_of(word) for word in kept])
        ]


def by_field(matches: list[Match]) -> Iterator[tuple[Any, list[str]]]:
    """The found words by the name of their field, for a page."""
    fields: dict[str, tuple[Any, list[str]]] = {}
    for match in matches[:MOST]:
        _label, some = fields.setdefault(str(match.label), (match.label, []))
        if match.found not in some:
            some.append(match.found)
    yield from fields.values()
