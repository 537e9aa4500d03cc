"""No pattern of ours takes minutes over a text that somebody chose well."""

import inspect
import re
import sys
import time

LONG = 25_000
BEGINNINGS = ("", "a@", "+31")
REPEATED = ("a", "a-", "a.", "a@", "a ", "0", "0-", "1.111", "'a", " ", "\n", "( ", "a (at) ", "+31 ", "<", "; ", "]=")
MOST_SECONDS = 2.5
"""Of work for one pattern and one text: a good one takes a hundredth of that, a bad one minutes and more."""


def patterns():
    """Every pattern that a module of the house made: its name, itself, and whether it is looked for anywhere in a
    text or only at its beginning. Migrations run once, over what is there."""
    for place, module in sorted(sys.modules.items()):
        if place.partition(".")[0] not in {"lms", "plugins"} or ".migrations" in place or ".testing" in place:
            continue
        made = {name: value for name, value in vars(module).items() if isinstance(value, re.Pattern)}
        source = inspect.getsource(module) if made else ""
        for name, pattern in made.items():
            if isinstance(pattern.pattern, str):
                anywhere = re.search(rf"\b{name}\.(search|sub|subn|split|findall|finditer)\b", source)
                yield f"{place}.{name}", pattern, bool(anywhere)


def test_every_pattern_is_quick_over_every_text(app):
    texts = [begin + piece * (LONG // len(piece)) for begin in BEGINNINGS for piece in REPEATED]
    found = list(patterns())
    assert len(found) > 30
    assert sum(anywhere for _name, _pattern, anywhere in found) > 10
    for name, pattern, anywhere in found:
        for text in texts:
            begun = time.thread_time()
            if anywhere:
                sum(1 for _found in pattern.finditer(text))
            else:
                pattern.match(text)
            assert time.thread_time() - begun < MOST_SECONDS, f"{name} over {text[:30]!r} …"
