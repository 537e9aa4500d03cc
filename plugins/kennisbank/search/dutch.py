"""What Dutch words have in common: their basic form, their stem, and the words that a compound is made of.

In this order: exceptions, then the lemma of simplemma with rules for derivations («evaluatie», «evalueren»), and the
stem of Snowball beside it where it took no more than an ending.
"""

import re
from functools import lru_cache

from Stemmer import Stemmer

from .compounds import compound
from .folding import STOP, fold
from .forms import close, exceptions, infinitive, known, lemma, spelled

_STEMMER = Stemmer("dutch")  # Kraaij-Pohlmann
# Endings of words that no dictionary has, longest first, with what may stand in their place.
_ENDINGS = (
    ("etjes", ("",)), ("etje", ("",)), ("tjes", ("",)), ("pjes", ("",)), ("kjes", ("g",)), ("jes", ("",)),
    ("tje", ("",)), ("pje", ("",)), ("kje", ("g",)), ("je", ("",)), ("ies", ("y", "ie")), ("en", ("",)),
    ("s", ("",)), ("n", ("",)), ("e", ("",)),
)  # fmt: skip
_PARTICIPLE = re.compile(
    r"(aan|achter|af|bij|binnen|deel|door|in|kennis|klaar|langs|los|mee|na|om|op|over|plaats|rond|samen|stil|terug|"
    r"thuis|toe|tussen|uit|vast|voor|vrij|weg)?ge(.{2,}(?:en|d|t))"
)
_WITHOUT_DIAERESIS = str.maketrans("ëïöü", "eiou")
# Nouns that have another vowel than their verb: «overname», «uitgave», «afspraak».
_NOUNS = (("name", "neem"), ("gave", "geef"), ("spraak", "spreek"), ("komst", "kom"))


@lru_cache(50_000)
def keys(word: str) -> frozenset[str]:
    """What this word and its other forms have in common. ``word`` is in small letters, with its accents."""
    folded = fold(word)
    if not folded.isalpha() or len(folded) < 3:
        return frozenset({folded})
    if folded in exceptions():
        return frozenset({exceptions()[folded]})
    word = spelled(word)
    word = diminutive(word) or word
    base = (lemma(word) if known(word) else _unknown(word)) if not (verb := participle(word)) else lemma(verb)
    if base.endswith("eerde") and known(base[:-1]):
        base = lemma(base[:-1])  # «gepensioneerde» is who is «gepensioneerd»
    if fold(base) in exceptions():
        return frozenset({exceptions()[fold(base)]})
    found = {root(base)}
    # Of words in the dictionary the stem only adds what they have in common by chance («kansel», «kans»).
    if not known(word) and _is_beginning(stem := _STEMMER.stemWord(base), base):
        found.add(fold(stem))
    return frozenset(found)


def root(base: str) -> str:
    """The part that a verb has in common with the noun made from it: «train» of «trainen» and «training»."""
    word = fold(base)
    if word.endswith("heid") and len(word) > 8:
        return root(base[:-4])
    if word.endswith("ctie") and (verb := _verb_of_action(base)):
        return root(verb)
    if word.endswith("atie") and len(word) > 6:
        return f"{word[:-4]}eer"
    for ending, verb in _NOUNS:
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word[: -len(ending)] + verb
    if word.endswith("ing") and len(word) > 5 and known(f"{base[:-3]}en"):
        return close(word[:-3])
    if word.endswith("eren") and len(word) > 6 and (base[-4] == "ë" or word[-5] not in "eio"):
        return f"{word[:-4]}eer"  # «evalueren», but not «voeren»
    if word.endswith("en") and len(word) > 4:
        return close(word[:-2])
    return word


def diminutive(word: str) -> str:
    """The word of which this is the small one: «dag» of «dagje», «weg» of «weggetje»; the dictionary has odd ones."""
    small = word.removesuffix("s")
    if not small.endswith("je"):
        return ""
    bases = [small[:-5] if small[-5:-4] == small[-6:-5] else "", small[:-2]]
    likely = (base for base in bases if len(base) > 2 and base not in STOP and known(base))
    return next((base for base in likely if lemma(base) in (base, infinitive(base))), "")


@lru_cache(50_000)
def participle(word: str) -> str:
    """The verb of a past participle that the dictionary does not read as one: «ingeschreven», «ingeburgerd»."""
    if not (found := _PARTICIPLE.fullmatch(word)) or (known(word) and lemma(word) != word):
        return ""
    particle, rest = found.groups(default="")
    if particle and (verb := lemma(f"ge{rest}")) != f"ge{rest}":
        return particle + verb if known(particle + verb) else infinitive(verb, particle)
    stem = rest[:1].translate(_WITHOUT_DIAERESIS) + rest[1:-1]
    voiceless = stem[-1] in "tkfschpx"
    if len(stem) < 4 or rest[-1] != ("t" if voiceless or stem[-1] == "e" else "d"):
        return ""
    return infinitive(stem, particle)


def _verb_of_action(base: str) -> str:
    """«selecteren» of «selectie», «produceren» of «productie», «reageren» of «reactie»."""
    endings = ["cteren", "ceren"] + ["geren"] * (base[-5] in "ae") + ["eren"] * (base[-5] == "u")
    return next((verb for ending in endings if known(verb := base[:-4] + ending)), "") if len(base) > 6 else ""


def _is_beginning(stem: str, word: str) -> bool:
    # Snowball takes «ge» away too: «gezin» would be «zin», and «begeleiden» would be «beleid».
    shared = next((n for n, (a, b) in enumerate(zip(stem, word, strict=False)) if a != b), min(len(stem), len(word)))
    return len(stem) > 2 and shared >= len(stem) - 2 and shared > 1


def _unknown(word: str) -> str:
    """The basic form of a word that no dictionary has: by its last part, or by an ending that it has."""
    if split := compound(word):
        return word[: len(word) - len(split[-1])] + lemma(split[-1])
    for ending, others in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) > 2:
            for other in others:
                base = word[: -len(ending)] + other
                for form in (base, close(base)):
                    if known(form):
                        return lemma(form)
    stem = re.sub(r"(?<=[^s'])s\Z", "", word) if len(word) > 4 and not word.endswith(("us", "is", "as", "os")) else word
    return re.sub(r"ie\Z", "y", stem) if word.endswith("ies") else stem
