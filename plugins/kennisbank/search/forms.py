"""Basic forms of Dutch words, from the dictionary of simplemma."""

from functools import cache, lru_cache
from pathlib import Path

from simplemma import is_known, lemmatize

_LANGUAGE = "nl"
_VOWELS = "aeiouy"


@cache
def exceptions() -> dict[str, str]:
    """Folded word to its basic form."""
    lines = (Path(__file__).parent / "exceptions.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split() for line in lines if line and not line.startswith("#"))


@lru_cache(50_000)
def known(word: str) -> bool:
    """Does the dictionary have this word?"""
    return is_known(word, lang=_LANGUAGE)


@lru_cache(50_000)
def lemma(word: str) -> str:
    """The basic form of a word that the dictionary knows; another word itself."""
    if word in exceptions():
        return exceptions()[word]
    seen = [word]
    while len(seen) < 4:  # «boekjes», «boekje», «boek»
        form = lemmatize(seen[-1], lang=_LANGUAGE).replace("_", "").lower()
        # The dictionary reads «maker» and «deelnemer» as forms of the woman who does it.
        if form in seen or (form.endswith("ster") and not seen[-1].endswith(("ster", "sters"))):
            break
        seen.append(form)
    return seen[-1]


def close(stem: str) -> str:
    """A stem as it is written without an ending: «lez» is «lees», «mak» is «maak», «zwemm» is «zwem»."""
    if len(stem) > 2 and stem[-1] == stem[-2] and stem[-1] not in _VOWELS:
        stem = stem[:-1]
    elif len(stem) > 2 and stem[-1] not in _VOWELS and stem[-2] in "aeou" and stem[-3] not in _VOWELS:
        stem = stem[:-1] + stem[-2] + stem[-1]
    return stem[:-1] + {"v": "f", "z": "s"}.get(stem[-1], stem[-1]) if stem else stem
