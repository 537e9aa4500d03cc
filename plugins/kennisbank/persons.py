"""Persons' addresses and numbers have no place in what everybody reads."""

import re
from typing import Any

from lms.api import gettext as _

# From the beginning of a run of letters on: looked for from each of them, a long run would take minutes.
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
_WEB = re.compile(r"https?://\S+", re.IGNORECASE)
# A Dutch number: 0 or +31, and nine more digits with at most a few marks between them. 678.694 is none.
_PHONE = re.compile(r"(?<![\d.,/])(?:\+31|0031|0)(?:[\s\-()./]{0,3}\d){9}(?!\d)")


def wrong(text: str) -> str | None:
    """The sentence that refuses a text with an e-mail address or a phone number; None when it has neither."""
    found = _MAIL.search(text) or _PHONE.search(_WEB.sub(" ", text))
    if found is None:
        return None
    return _(
        "Haal «%(found)s» weg: e-mailadressen en telefoonnummers publiceren we niet. Noem een functie of een team.",
        found=found[0].strip(),
    )


def wrong_in(data: dict[str, Any]) -> list[tuple[str, str]]:
    """What is wrong in the data of an entry: pairs of a field, such as ``results-0-source``, and a sentence."""
    found = [(name, sentence) for name, text in data.items() if isinstance(text, str) and (sentence := wrong(text))]
    for number, row in enumerate(data.get("results", ())):
        found += [(f"results-{number}-{name}", said) for name, text in row.items() if (said := wrong(str(text)))]
    return found
