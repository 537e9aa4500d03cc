"""Names of files: a person's own, made harmless; and sizes in words."""

import math
import re
import unicodedata

from flask_babel import format_decimal
from flask_babel import gettext as _

LENGTH = 255
KILOBYTE = 1024
MEGABYTE = 1024 * 1024
# Joiners hold an emoji or a Persian word together; other invisible signs only deceive.
_JOINERS = "\u200c\u200d"
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
ON_DISK = 200
"""Bytes: most disks hold names of 255, and the name may get a number yet."""
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_NOT_ON_DISK = str.maketrans(dict.fromkeys('<>:"|?*', "_"))


def clean(name: str) -> str:
    """The person's own name without path, control characters and signs that turn the direction of writing."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(c for c in last if unicodedata.category(c) not in _INVISIBLE or c in _JOINERS).strip()
    return shorten(shown, LENGTH) if shown.strip(". ") else _("bestand")


def shorten(name: str, length: int) -> str:
    """The name in at most ``length`` characters, its end (.pdf) kept."""
    if len(name) <= length:
        return name
    stem, dot, end = name.rpartition(".")
    if not dot or len(end) > 10:
        return name[:length]
    return stem[: length - len(end) - 1] + dot + end


def on_disk(name: str, length: int = 80) -> str:
    """A name that every computer takes as a file or folder: at most ``length`` characters and ON_DISK bytes."""
    safe = clean(name).translate(_NOT_ON_DISK).strip(". ") or "_"
    if _DEVICES.fullmatch(safe):
        safe = f"_{safe}"  # Windows would write to the device
    kept = shorten(safe, length)
    while len(kept.encode()) > ON_DISK:
        kept = shorten(kept, len(kept) - 1)
    return kept


def in_words(size: int) -> str:
    """A size in bytes as people say it: «1,2 MB». Rounded up, so that what is too large also looks it."""
    if size >= MEGABYTE:
        return _("%(size)s MB", size=format_decimal(math.ceil(size * 10 / MEGABYTE) / 10))
    return _("%(size)s kB", size=max(1, math.ceil(size / KILOBYTE)))
