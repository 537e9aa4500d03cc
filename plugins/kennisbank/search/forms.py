"""Basic forms of Dutch words, from the dictionary of simplemma."""

import re
from functools import cache, lru_cache
from pathlib import Path

from simplemma import is_known, lemmatize
from simplemma.strategies import DEFAULT_DICTIONARY_FACTORY

from .folding import fold

_LANGUAGE = "nl"
_VOWELS = "aeiouy"
_BEFORE = re.compile(r"\A(?:aan|af|be|er|ont|ver)")


@cache
def exceptions() -> dict[str, str]:
    """Folded word to its basic form."""
    lines = (Path(__file__).parent / "exceptions.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split() for line in lines if line and not line.startswith("#"))


@cache
def _accents() -> dict[str, str]:
    """Words that have accents in the dictionary, by what many people type: «coordinator»."""
    dictionary = DEFAULT_DICTIONARY_FACTORY.get_dictionary(_LANGUAGE)
    return {fold(word): word.lower() for word in dictionary if not word.isascii()}


@lru_cache(50_000)
def spelled(word: str) -> str:
    """The word with the accents that the dictionary gives it, where it has none and needs them."""
    return _accents().get(word, word) if word.isascii() and not known(word) else word


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
        # The dictionary reads «maker», «deelnemer» and «cursist» as forms of the woman who does it.
        if form in seen or (form.endswith("ster") and not seen[-1].endswith(("ster", "sters"))) or form == f"{word}e":
            break
        if _is_verb(seen[-1], form):
            break
        # «gewezen» is not only of «afwijzen», but of «wijzen».
        if word.startswith("ge") and (verb := _BEFORE.sub("", form, count=1)) != form and known(verb):
            form = verb if verb.endswith("en") else form
        seen.append(form)
    return seen[-1]


def _is_verb(word: str, noun: str) -> bool:
    """«spelen» is not more than one «spel», as the dictionary has it: those are «spellen», and one «speelt».

    With a noun before it, it is: «kaartspelen» are games, as «bordspelen» are.
    """
    if word != f"{noun}en":
        return False
    double, third = f"{noun}{noun[-1]}en", f"{close(noun)}t"
    return [lemmatize(form, lang=_LANGUAGE) for form in (double, third)] == [noun, word] and not any(
        _is_verb(word[at:], noun[at:]) for at in range(3, len(noun) - 2)
    )


def close(stem: str) -> str:
    """A stem as it is written without an ending: «lez» is «lees», «mak» is «maak», «zwemm» is «zwem»."""
    if len(stem) > 2 and stem[-1] == stem[-2] and stem[-1] not in _VOWELS:
        stem = stem[:-1]
    elif len(stem) > 2 and stem[-1] not in _VOWELS and stem[-2] in "aeou" and stem[-3] not in _VOWELS:
        stem = stem[:-1] + stem[-2] + stem[-1]
    return stem[:-1] + {"v": "f", "z": "s"}.get(stem[-1], stem[-1]) if stem else stem


@lru_cache(50_000)
def infinitive(stem: str, before: str = "") -> str:
    """The verb that this is the stem of, after ``before``: «uitleen» of uitlenen; empty where there is none."""
    forms = [f"{stem}n", f"{stem}en"]
    if len(stem) > 2 and stem[-1] not in _VOWELS:
        voiced = {"f": "v", "s": "z"}.get(stem[-1], stem[-1])
        forms = [f"{stem}{stem[-1]}en", f"{stem[:-1]}{voiced}en", *forms]
        if stem[-2] == stem[-3]:
            forms = [f"{stem[:-2]}{voiced}en", *forms]
    return next((before + form for form in forms if known(before + form) and (before or lemma(form) == form)), "")
