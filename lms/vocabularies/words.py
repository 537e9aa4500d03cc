"""Words as they are compared: without capitals, accents and double spaces; and the code that is made of one."""

import re
import unicodedata


def fold(word: str) -> str:
    """Two words that fold the same are the same word."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def code_of(label: str) -> str:
    """The code of a term with this label."""
    return re.sub(r"[^a-z0-9]+", "_", fold(label)).strip("_")[:120]
