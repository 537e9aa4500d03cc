"""Verbs that a sentence takes apart: «wij lezen elke week voor» and «om voor te lezen» are found by «voorlezen»."""

import re
from collections.abc import Iterator

from .folding import STOP, Word, fold, words
from .forms import infinitive, known, lemma

_PARTICLES = "aan|af|bij|door|in|mee|na|om|op|over|rond|samen|terug|toe|uit|voor|weg"
_END = r"(?=\s*(?:[.,;:!?()|\n]|\Z)|\s+(?:aan|bij|door|en|in|maar|met|naar|of|om|op|tijdens|via|voor)\s)"
# At the end of a clause or before another preposition, where a particle can only belong to the verb before it.
_APART = re.compile(rf"([^.,;:!?()|\n]{{3,120}})\s({_PARTICLES}){_END}", re.IGNORECASE)
_WITH_TE = re.compile(rf"\b({_PARTICLES})\s+te\s+([^\W\d_]{{4,}})", re.IGNORECASE)


def verbs(text: str) -> Iterator[tuple[Word, Word]]:
    """Each verb that stands apart from its particle as it stands there, with the whole verb."""
    for found in _WITH_TE.finditer(text):
        yield from _whole(found[1].lower(), words(found[2])[0])
    for found in _APART.finditer(text):
        for word in words(found[1]):
            yield from _whole(found[2].lower(), word)


def _whole(particle: str, word: Word) -> Iterator[tuple[Word, Word]]:
    if word.folded not in STOP and known(word.plain):
        base = lemma(word.plain)
        verb = particle + base if base.endswith("en") and known(particle + base) else infinitive(base, particle)
        if verb and lemma(verb).endswith("en"):
            yield word, Word(verb, fold(verb))
