"""Splits a text into words and folds them: case, accents, hyphens, apostrophes, digits."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple


def listed(text: str) -> frozenset[str]:
    """A set of words, written as a row of them."""
    return frozenset(text.split())


# Words that stand in nearly every text. Nobody finds anything by them, so they are not kept and not asked.
STOP = listed(
    "aan al als bij dan dat de den der des deze die dit door dus een en er ge haar had heb hebben heeft hem het hij "
    "hoe hun ik in is ja je kan me men met mij mijn na naar nee niet nog nu of om omdat ons onze ook op over te "
    "tegen toch toen tot u uit uw van veel voor waar waren was wat we wel werd wie wij word worden wordt zal ze "
    "zei zelf zich zij zijn zo zonder zou the and"
)
# What cannot stand alone: «co creatie» and «e mail» are one word that somebody wrote as two.
BOUND = listed("co e re bio eco pre anti non mini maxi multi inter intra ex semi ultra mede tele vlog")
LONGEST = 60  # characters; what is longer is no word

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'", "′": "'"})
_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—−/", "-") | {"\u00ad": None})
_WORD = re.compile(r"[^\W_]+(?:(?:\+'|['+&-])[^\W_]+)*\+?")
_PLUS = re.compile(r"(\d+)(?:\+(?:'?ers?)?|-?plus(?:sers?)?)\Z")
# Not after a letter: «'s-Hertogenbosch», «'t». At the end: «foto's», «oma'tje».
_GENITIVE = re.compile(r"'s\Z")


class Word(NamedTuple):
    """A word of a text: ``plain`` as written but small, ``folded`` without marks, ``parts`` what hyphens separate."""

    plain: str
    folded: str
    parts: tuple[str, ...] = ()


def fold(text: str) -> str:
    """The text in small letters without accents."""
    if text.isascii():  # nearly every word
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


@lru_cache(1_000)  # the same text is read for its tokens, its phrases and its compounds
def words(text: str) -> tuple[Word, ...]:
    """The words of the text in order, with stop words. «65+» and «65-plussers» become «65plus».

    A word with hyphens is one word with parts: «co-creatie» is «cocreatie», and «TikTok-actie» is found by «actie».
    """
    text = unicodedata.normalize("NFC", text).translate(_APOSTROPHES).translate(_HYPHENS)
    return tuple(_word(found[0].lower()) for found in _WORD.finditer(text) if len(found[0]) <= LONGEST)


@lru_cache(50_000)
def _word(plain: str) -> Word:
    if years := _PLUS.fullmatch(plain):
        return Word(plain, f"{years[1]}plus")
    plain = plain.rstrip("+")
    parts = tuple(part for part in plain.split("-") if part)
    joined = _bare("".join(parts))
    return Word(joined, fold(joined), tuple(map(_bare, parts)) if len(parts) > 1 else ())


def _bare(word: str) -> str:
    return _GENITIVE.sub("", word).replace("'", "").replace("&", "")
