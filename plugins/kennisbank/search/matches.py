"""Tells why an entry was found: which of its words fit what was typed, and where they stand."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from lms.api import lazy_gettext as _l

from ..content import searchable
from ..models import Entry
from . import analysis
from .folding import words
from .synonyms import keys_of, meaningful

LABELS = {
    "title": _l("titel"), "library": _l("bibliotheek"), "goal": _l("doel"), "target": _l("doelgroep"),
    "channels": _l("kanaal"), "partners": _l("partners"), "done": _l("wat is er gedaan"), "result": _l("resultaat"),
    "results": _l("resultaat"), "caution": _l("let op"), "evaluation": _l("evaluatie"), "takeover": _l("overnemen"),
    "materials": _l("materialen"), "otherwise": _l("wat anders zou kunnen"), "phase_note": _l("fase"),
    "terms": _l("filters"), "words": _l("filters"),
}  # fmt: skip
MOST = 6


class Match(NamedTuple):
    """What was ``asked`` was ``found`` in ``field``: kalender, activiteitenkalender, title."""

    asked: str
    found: str
    field: str

    @property
    def label(self) -> Any:
        return LABELS.get(self.field, self.field)


def matched(entry: Entry, query: analysis.Query, tokens: analysis.Tokens) -> list[Match]:
    """The words of an entry that fit, the most telling fields first; each word once in a field."""
    texts = searchable(entry)
    found: dict[Match, None] = {}
    for name in sorted(texts, key=lambda name: list(LABELS).index(name) if name in LABELS else len(LABELS)):
        kept = meaningful(words(texts[name]))
        own = [keys_of(word) for word in kept]
        groups = [(synonym.token, kept[synonym.start : synonym.end]) for synonym in tokens.synonyms.find(own)]
        for unit in query.units:
            for word, keys in zip(kept, own, strict=True):
                if unit.tokens & keys or unit.tokens & tokens.of(word).keys() or _contains(word.folded, unit):
                    found[Match(unit.word, word.plain, name)] = None
            for token, some in groups:
                if token in unit.tokens:
                    found[Match(unit.word, " ".join(word.plain for word in some), name)] = None
    return list(found)


def _contains(folded: str, unit: analysis.Unit) -> bool:
    # A compound may have been split by words of our own texts, which are not asked again here.
    return any(len(token) >= 4 and token in folded for token in unit.tokens if token[0] not in "=~")


def by_field(matches: list[Match]) -> Iterator[tuple[Any, list[str]]]:
    """The found words by the name of their field, for a page."""
    fields: dict[str, tuple[Any, list[str]]] = {}
    for match in matches[:MOST]:
        _label, some = fields.setdefault(str(match.label), (match.label, []))
        if match.found not in some:
            some.append(match.found)
    yield from fields.values()
