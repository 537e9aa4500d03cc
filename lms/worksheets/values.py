"""What is filled in, field by field: from typed words to a value that is kept, and back to words.

A draft keeps what was typed. Handing in makes a value of it: a whole number for a scale, a number or an amount as
``int`` or ``float``, a date as ``2026-12-03``, a time as ``09:15``, a text as it is.
"""

import re
from collections.abc import Callable
from datetime import date, time
from typing import Any

from flask_babel import format_currency, format_date, format_decimal
from flask_babel import gettext as _

from .nouns import SheetField

SCALE = ("1", "2", "3", "4", "5")
HIGHEST = 100_000_000
_MONTHS = "januari februari maart april mei juni juli augustus september oktober november december".split()  # noqa: SIM905
_DUTCH_DATE = re.compile(r"(\d{1,2})[-/. ](\d{1,2}|[a-z]+)[-/. ](\d{4})")
_TIME = re.compile(r"(\d{1,2})(?:[.:](\d{2}))?(?: ?uur)?")
_NUMBER = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?|\d+(?:[.,]\d{1,2})?")


def tidy(raw: str | None, field: SheetField) -> str:
    """What was typed, with the line ends of the house and without what no database keeps."""
    text = (raw or "").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return text.strip() if field.kind != "long" else text.strip("\n").rstrip()


def unfit(raw: str, field: SheetField) -> str:
    """Why this cannot be kept, not even in a draft; empty when it can."""
    if len(raw) > field.most:
        over = format_decimal(len(raw) - field.most)
        return _("Er passen %(limit)s tekens. Haal er %(over)s weg.", limit=format_decimal(field.most), over=over)
    if raw and field.kind == "scale" and raw not in SCALE:
        return _("Kies een cijfer van 1 tot en met 5.")
    if raw and field.kind == "choice" and raw not in dict(field.choices):
        return _("Kies een van de antwoorden.")
    return ""


def clean(raw: str, field: SheetField) -> Any:
    """The value that a hand-in keeps. Raises ValueError with a sentence for what does not fit."""
    if sentence := unfit(raw, field):
        raise ValueError(sentence)
    if not raw:
        return ""
    return _MAKE.get(field.kind, str)(raw)


def typed(value: Any, field: SheetField) -> str:
    """The value as one types it, for in a form."""
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").replace(".", ",")
    return str(value)


def shown(value: Any, field: SheetField) -> str:
    """The value as one reads it; what a draft holds and does not fit is shown as it was typed."""
    if value == "" or value is None:
        return ""
    if field.kind == "choice":
        return str(dict(field.choices).get(str(value), value))
    if not isinstance(value, int | float):
        try:
            value = clean(str(value), field)
        except ValueError:
            return str(value)
    if field.kind == "euro":
        return format_currency(value, "EUR")
    if field.kind == "number":
        return f"{format_decimal(value)} {field.unit}".rstrip()
    if field.kind == "scale":
        return _("%(number)s van 5", number=value)
    if field.kind == "date":
        return format_date(date.fromisoformat(value), "d MMMM yyyy")
    if field.kind == "time":
        return _("%(time)s uur", time=value.lstrip("0").replace(":", ".") if value != "00:00" else "0.00")
    return str(value)


def _number(raw: str) -> int | float:
    if not _NUMBER.fullmatch(raw):
        raise ValueError(_("Schrijf alleen een getal, zoals 120 of 12,50."))
    decimal_point = re.fullmatch(r"\d+\.\d{1,2}", raw)
    plain = raw if decimal_point else raw.replace(".", "").replace(",", ".")
    number = float(plain)
    if number > HIGHEST:
        raise ValueError(_("Dit getal is te groot."))
    return int(number) if number == int(number) else round(number, 2)


def _date(raw: str) -> str:
    try:
        return date.fromisoformat(raw).isoformat()
    except ValueError:
        pass
    found = _DUTCH_DATE.fullmatch(raw.lower())
    if found:
        day, month, year = found.groups()
        number = int(month) if month.isdecimal() else _month(month)
        try:
            return date(int(year), number, int(day)).isoformat()
        except ValueError:
            pass
    raise ValueError(_("Schrijf een datum die bestaat, zoals 3-12-2026."))


def _month(word: str) -> int:
    return next((place for place, name in enumerate(_MONTHS, 1) if len(word) > 2 and name.startswith(word)), 0)


def _time(raw: str) -> str:
    found = _TIME.fullmatch(raw.lower())
    try:
        if found:
            return time(int(found[1]), int(found[2] or 0)).strftime("%H:%M")
    except ValueError:
        pass
    raise ValueError(_("Schrijf een tijd, zoals 9.15."))


_MAKE: dict[str, Callable[[str], Any]] = {
    "scale": int, "number": _number, "euro": _number, "date": _date, "time": _time
}  # fmt: skip
