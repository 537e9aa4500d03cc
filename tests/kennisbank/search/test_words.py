"""Dutch words that must and must not find each other.

pairs.txt was written before the rules, except its last part. Half of its first part (by a hash) was held out: looked at
once, 125 of 131 pairs were right; the second part, written after the rules, 61 of 65. What came to light there was
mended where it was a rule, so the shares below are no longer those of unseen words. The third part was tried in the
same way.
"""

from pathlib import Path

import pytest

from plugins.kennisbank.search.analysis import Field, Tokens, ask, index, phrase
from plugins.kennisbank.search.compounds import parts
from plugins.kennisbank.search.folding import words
from plugins.kennisbank.search.synonyms import Synonyms

PAIRS = [
    (line[0], *line[2:].split(" | "))
    for line in (Path(__file__).parent / "pairs.txt").read_text(encoding="utf-8").splitlines()
    if line[:1] in set("=<!")
]
# Known and left: a rule for them would be about one word.
WRONG = {
    ("=", "vragen", "vroeg"),  # «vroeg» is early, too
    ("!", "bus", "busten"),
    ("!", "tijd", "tijding"),
    ("=", "reëel", "reele"),
    ("<", "fiets", "bakfiets"),
    ("!", "dichter", "dichtheid"),
    ("!", "geloof", "loof"),
}
GROUPS = Synonyms(
    {1: ["YA", "young adult"], 2: ["IDO", "Informatiepunt Digitale Overheid"], 3: ["bieb", "bibliotheek"]}
)


def finds(typed, text):
    asked = ask(typed, GROUPS)
    kept = index([Field("text", 1, text)], Tokens(GROUPS))
    return bool(asked) and all(unit.tokens & kept.keys() for unit in asked.units)


def is_right(kind, a, b):
    there, back = finds(a, b), finds(b, a)
    return {"=": there and back, "<": there, "!": not there and not back}[kind]


@pytest.mark.req("R2.1", "R2.9")
def test_pairs_of_words():
    wrong = {pair for pair in PAIRS if not is_right(*pair)}
    assert len(PAIRS) > 350
    assert wrong <= WRONG, sorted(wrong - WRONG)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Co-creatie met de LocHal", ["cocreatie", "met", "de", "lochal"]),
        ("CAFÉ, café's & cafe’s", ["cafe", "cafe", "cafe"]),
        ("65+ en 65-plussers, 4–12 jaar", ["65plus", "en", "65plus", "412", "jaar"]),
        ("’s-Hertogenbosch in 2008", ["shertogenbosch", "in", "2008"]),
        ("naam@voorbeeld.example 100%", ["naam", "voorbeeld", "example", "100"]),
        ("x" * 61 + " \x00 🙂 !", []),
    ],
)
def test_folding(text, folded):
    assert [word.folded for word in words(text) if len(word.folded) > 1] == folded


def test_words_of_ones_own_texts_are_parts_too():
    assert parts("lochalpas") == ()
    assert set(parts("lochalpas", {"lochal"}.__contains__)) == {"lochal", "pas"}


@pytest.mark.parametrize("word", ["waardering", "personen", "vertrouwen", "onderwerp", "kinderen", "maandag", "partij"])
def test_a_word_is_not_split_into_nonsense(word):
    assert not set(parts(word)) & {"waarde", "ring", "pers", "onen", "rouwen", "werp", "eren", "maan", "part"}


def test_a_synonym_works_both_ways_and_in_compounds():
    assert finds("bieb", "De bibliotheken van Waterdorp") and finds("bibliotheek", "Uw bieb")
    assert finds("bibliotheek", "De vakantiebieb")
    assert finds("young adult", "Liefhebbers van YA") and not finds("young adult", "An adult when young")


def test_all_words_are_asked_but_not_those_that_stand_everywhere():
    assert finds("de boeken van het huis", "Een huis met boeken")
    assert not finds("boeken huis", "Een huis met planten")
    assert not ask("de het van een", GROUPS) and not ask('"', GROUPS) and not ask("!?", GROUPS)


def test_a_phrase_is_asked_as_it_stands():
    asked = ask("«Lezen voor leven» actie", GROUPS)
    assert [unit.word for unit in asked.units] == ["lezen", "leven", "actie"]
    assert asked.phrases == (phrase("lezen voor leven"),) == (" lezen voor leven ",)


def test_a_title_weighs_more_than_text_and_a_word_as_written_more_than_another_form():
    def weight(text, typed, field=1):
        kept = index([Field("text", field, text)], Tokens(GROUPS))
        return max(kept.get(token, 0) for token in ask(typed, GROUPS).units[0].tokens)

    assert weight("kalender", "kalender", 8) > weight("kalender", "kalender")
    assert weight("kalender", "kalender") > weight("kalenders", "kalender") > weight("jaarkalender", "kalender") > 0
    assert weight("bieb", "bieb") > weight("bibliotheek", "bieb") > weight("bibliotheekpas", "bieb") > 0
