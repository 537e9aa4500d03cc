"""Splits Dutch compounds: «activiteitenkalender» is found by «kalender».

The words of simplemma's list count, and those that our own texts use. A split that is only chance («waarde-ring»,
«pers-onen») does harm, so words that the list has as a whole are split with more care than words that nobody listed.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache

from .folding import listed
from .forms import close, infinitive, known, lemma, spelled

SHORTEST = 4  # letters of a part
# Shorter words that libraries make compounds with; and beginnings that are no words.
_SHORT = listed("app bal bon box bus dag fan hal kit lab les lid net pas tas tip uur vak web wet")
_BEGINNINGS = listed("eet nul audio auto biblio euro geo info kilo micro multi photo retro socio")
# In the list, but at the end of a word nearly always an ending.
_ENDINGS = listed(
    "aard achtig aren atie baar bare chap chappen eren ende erende erik erij etten gram heid heden ieken ingen isch "
    "ische isme iteit lende lijk lijke ling lingen loos loze matig pende pels ratuur schap schappen stert teur tijk "
    "zaam zame"
)
# Short words that end many a compound, also of beginnings that nobody listed («repaircafé»).
_LAST = listed("bank bond café club gericht huis lijn plek punt quiz raad ruil team tuin week")
_PARTICLES = listed("achter boven door mede onder over samen tegen voor")
_SEPARABLE = ("aan", "in", "mee", "op", "uit", "voor")
_PREFIXES = ("be", "ge", "her", "ont", "ver")
_WHOLE = listed(
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag september oktober november december kalender minister "
    "instagram maatregel maatregelen kunststof"
)
_LINKS = ("s", "e", "en")

More = Callable[[str], bool]


def none(_part: str) -> bool:
    """No words beside those of the list."""
    return False


def parts(word: str, more: More = none) -> tuple[str, ...]:
    """All words in a compound, those of more parts too: «kinderboekenweek» has kinder, boeken, week, kinderboeken and
    boekenweek. Nothing for a word that is no compound. ``more`` tells which words count beside those of the list."""
    return _listed_parts(word) if more is none else _parts(word, more)


@lru_cache(50_000)
def _listed_parts(word: str) -> tuple[str, ...]:
    return _parts(word, none)


def _parts(word: str, more: More) -> tuple[str, ...]:
    found = dict.fromkeys(_bearers(word))
    for split in splits(lemma(word) if known(word) else word, more):
        atoms = [atom for part in split for atom in _atoms(part, more)]
        joined = ("".join(atoms[a:b]) for a in range(len(atoms)) for b in range(a + 1, len(atoms) + 1))
        found |= dict.fromkeys(part for part in joined if part != "".join(atoms))
    return tuple(found)


def _bearers(word: str) -> tuple[str, ...]:
    """Whom a word is about: «burger» of «burgerschap», «mantelzorg» of «mantelzorger»."""
    base = lemma(word) if known(word) else word
    if base.endswith("erschap") and known(base[:-5]):
        return (base[:-5],)
    if len(base) > 7 and base.endswith("er") and not base.endswith("iger") and (split := compound(base[:-2])):
        return (base[:-2], *split)
    return ()


def compound(word: str, more: More = none) -> tuple[str, ...]:
    """The two or three words that a compound is most likely made of, or nothing."""
    return next(iter(splits(word, more)), ())


def splits(word: str, more: More = none) -> list[tuple[str, ...]]:
    """The ways to split a compound in two or three words, without letters that only link: «groepsbezoek» gives groep
    and bezoek. The fewest parts win; of equals all remain («buurt-huis», «buur-thuis»), the longest last word first."""
    if not word.isalpha() or len(word) < 6 or word in _WHOLE:
        return []
    whole = known(word)
    if whole and (lemma(word) != word or (word.endswith("ing") and known(f"{word[:-3]}en"))):
        return []  # «sparring» comes from sparren; «drukkers» is split as «drukker»
    found = sorted(dict.fromkeys(_splits(word, more, whole, 3)), key=lambda split: (len(split), -len(split[-1])))
    if not found and not whole:
        return _with_a_stranger(word)
    # «bouw-steen» and not «bouw-s-teen»: what looks like a link is the next word's own letter.
    return [
        split
        for split in found
        if len(split) == len(found[0]) and not any((split[0], link + split[1], *split[2:]) in found for link in _LINKS)
    ]


def _with_a_stranger(word: str) -> list[tuple[str, ...]]:
    """«whatsapp-groep»: nobody listed the beginning, but the rest is the longest word that it can be."""
    if word.endswith(("heid", "heden")):
        return []
    ends = range(1, len(word) - SHORTEST + 1)
    at = next((at for at in ends if _is_part(word[at:], none) and not _is_past(word[at:])), 0)
    rest = word[at:]
    return [(word[:at], rest)] if at >= SHORTEST and (len(rest) > SHORTEST or rest in _LAST) else []


def _is_past(word: str) -> bool:
    # «werkzoe-kenden»
    return word.endswith(("de", "den", "te", "ten")) and lemma(word) != word and lemma(word).endswith("en")


def _atoms(word: str, more: More) -> list[str]:
    return [atom for part in compound(word, more) for atom in _atoms(part, more)] or [word]


def _splits(word: str, more: More, whole: bool, depth: int) -> Iterable[tuple[str, ...]]:
    for at in range(3, len(word) - 2):
        first, rest = _first(word[:at], more), word[at:]
        if not first or (whole and not _is_likely(first, rest)):
            continue
        if _is_part(rest, more) and not (rest == "ring" and word[at - 1] == "e"):
            yield first, rest
        elif depth > 2 and len(rest) >= 2 * SHORTEST:
            for middle, last in _splits(rest, more, whole, depth - 1):
                if len(middle) > SHORTEST:  # among the short words of the list are many that nobody uses
                    yield first, middle, last


def _is_likely(first: str, rest: str) -> bool:
    """In a word that the list has as a whole: is this more than chance?"""
    if len(first) < SHORTEST:
        return len(rest) > SHORTEST or rest in _LAST  # «dagbesteding», but not «netwerk»
    if first in _PARTICLES:
        return rest.endswith("en") and first not in {"onder", "over"}  # «voorlezen», but not «onderwerp»
    return (_is_stem(rest) or rest in _LAST) and not (first.startswith(_PREFIXES) and len(first) < 6)


def _first(text: str, more: More) -> str:
    """The beginning of a compound as a word, without a letter that only links; nothing when it is no word."""
    if text in _BEGINNINGS or (_is_part(text, more) and _is_basic(text, more)):
        return text
    bare = (text.removesuffix(link) for link in _LINKS if text.endswith(link))
    return next((word for word in bare if _is_part(word, more) and _is_basic(word, more)), "")


def begins(word: str) -> bool:
    """Can a compound begin with this word? «taal» and «lees» can, «digitale» and «leest» cannot."""
    return not known(word) or _is_basic(word, none)


def _is_basic(word: str, more: More) -> bool:
    return _is_stem(word) or word.endswith(("en", "ën", "er", "heid", "ing", "jes")) or more(word)


def _is_stem(word: str) -> bool:
    """A basic form, or what a verb begins with («game» of gamen): no other form is part of a compound."""
    base = lemma(word)
    return base in (word, f"{word}n", f"{word}en") or (base.endswith("en") and close(base[:-2]) == word)


def _is_part(word: str, more: More) -> bool:
    if len(word) < SHORTEST:
        return word in _SHORT
    return word not in _ENDINGS and (known(spelled(word)) or _is_quality(word) or bool(_verb(word)) or more(word))


def _is_quality(word: str) -> bool:
    """«eenzaamheid», of which the dictionary only has «eenzaam»."""
    inner = word.removesuffix("heid")
    return inner != word and inner not in _ENDINGS and known(inner)


def _verb(word: str) -> str:
    """The separable verb that a compound is made with: «uitlenen» of «uitleencijfers»."""
    before = next((particle for particle in _SEPARABLE if word.startswith(particle)), "")
    return infinitive(word.removeprefix(before), before) if before and len(word) - len(before) > 2 else ""
