"""Keeps details of citizens out of free text: an e-mail address or a telephone number is never needed here."""

import re

# From the beginning of a run of letters on: looked for from each of them, a long run would take minutes.
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.-]*\w")
# Ten digits that begin with 0, or a number with its country; written with spaces, dots or dashes, as people do.
_PHONE = re.compile(
    r"(?<![\w-])(?:(?:\+|00)\d{2}[\s().-]{0,5}(?:0\)?)?(?:[\s.-]{0,5}\d){9}|0(?:[\s().-]{0,5}\d){9})(?![\w-]*\d)"
)


def has_contact_details(text: str) -> bool:
    """Is there an e-mail address or a telephone number in this text?"""
    return bool(_MAIL.search(text) or _PHONE.search(text))


def without_contact_details(text: str) -> str:
    """The text with such details taken out, for what comes from elsewhere and cannot be corrected there."""
    return _PHONE.sub("(weggehaald)", _MAIL.sub("(weggehaald)", text))
