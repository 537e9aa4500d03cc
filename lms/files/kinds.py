"""What a file is: told by its bytes, never by what a browser or a name says."""

import codecs
from pathlib import PurePosixPath
from typing import IO

import filetype
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from . import packed

_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
KINDS: dict[str, str] = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "docx": _OOXML + "wordprocessingml.document",
    "xlsx": _OOXML + "spreadsheetml.sheet",
    "pptx": _OOXML + "presentationml.presentation",
    "odt": _ODF + "text",
    "ods": _ODF + "spreadsheet",
    "odp": _ODF + "presentation",
    "txt": "text/plain",
    "csv": "text/csv",
    "md": "text/markdown",
}
"""The end of a name to the media type that the bytes must have."""
KINDS_IN_WORDS = _l("pdf, Word, Excel, PowerPoint, OpenDocument, foto (jpg, png, gif, webp) of tekst (txt, md, csv)")
ACCEPT = ",".join(f".{extension}" for extension in KINDS)
"""For the attribute ``accept`` of a file field: a hint to the browser, no check."""

_PARTS = {"word/": KINDS["docx"], "xl/": KINDS["xlsx"], "ppt/": KINDS["pptx"]}
_HEAD = 8192
_CHUNK = 1024 * 1024
_NO_TEXT = frozenset(range(32)) - set(b"\t\n\r\f\x1b")
# What people choose that we do not take, and what they can do about it.
_MACROS = {"docm": ".docx", "dotm": ".docx", "xlsm": ".xlsx", "pptm": ".pptx", "ppsm": ".pptx"}
_OTHER = {"doc": ".docx", "rtf": ".docx", "xls": ".xlsx", "xlsb": ".xlsx", "ppt": ".pptx", "pps": ".pptx"}
_OTHER |= dict.fromkeys(("pages", "numbers", "key", "pub", "indd", "eps"), ".pdf")
_PICTURES = {"heic", "heif", "avif", "tif", "tiff", "bmp"}
_DRAWINGS = {"svg", "svgz"}
_ARCHIVES = {"zip", "7z", "rar", "tar", "gz", "tgz", "bz2", "xz"}
_MOVING_PNG = "image/apng"
_COMPOUND = b"\xd0\xcf\x11\xe0"
"""How Office files begin that are old, or that have a password."""


class UnfitError(Exception):
    """This file is not taken; the text is the sentence that says why and what to do."""


def extension(name: str) -> str:
    """The end of a name in lower case, without the dot."""
    return PurePosixPath(name).suffix.lower().removeprefix(".")


def media_type(name: str, file: IO[bytes]) -> str:
    """The kind of a file, one of KINDS: the one that its name says, if the bytes agree. Raises UnfitError."""
    end = extension(name)
    if end not in KINDS:
        raise UnfitError(_not_taken(end))
    found = KINDS[end]
    if found.startswith("text/"):
        if not _is_text(file):
            raise UnfitError(_("Dit is geen tekst in UTF-8. Bewaar het opnieuw als UTF-8."))
    elif found.startswith((_OOXML, _ODF)):
        _check_packed(file, end)
    elif _guess(file) != found or packed.is_zip(file):
        raise _another_kind(end)
    return found


def _not_taken(end: str) -> str:
    if end in _MACROS:
        return _(
            "Bestanden met macro’s nemen we niet aan. Bewaar het als %(end)s en kies het dan weer.", end=_MACROS[end]
        )
    if end in _OTHER:
        return _("Dit soort bestand nemen we niet aan. Bewaar het als %(end)s en kies het dan weer.", end=_OTHER[end])
    if end in _PICTURES:
        return _("Dit soort foto nemen we niet aan. Bewaar de foto als jpg en kies hem dan weer.")
    if end in _DRAWINGS:
        return _("In een svg kan een programma zitten. Bewaar de tekening als png of pdf en kies die.")
    if end in _ARCHIVES:
        return _("Ingepakte bestanden nemen we niet aan. Pak het uit en kies %(kinds)s.", kinds=KINDS_IN_WORDS)
    return _("Dit soort bestand nemen we niet aan. Kies %(kinds)s.", kinds=KINDS_IN_WORDS)


def _another_kind(end: str) -> UnfitError:
    sentence = _(
        "De naam eindigt op %(end)s, maar het bestand is iets anders. "
        "Bewaar het opnieuw als %(end)s en kies het dan weer.",
        end=f".{end}",
    )
    return UnfitError(sentence)


def _guess(file: IO[bytes]) -> str | None:
    file.seek(0)
    found = filetype.guess(file.read(_HEAD))
    if found is None:
        return None
    return KINDS["png"] if found.mime == _MOVING_PNG else found.mime


def _is_text(file: IO[bytes]) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while piece := file.read(_CHUNK):
            if not _NO_TEXT.isdisjoint(piece):
                return False
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _check_packed(file: IO[bytes], end: str) -> None:
    """Word, Excel, PowerPoint and OpenDocument: zips, each with parts of its own."""
    file.seek(0)
    begin = file.read(len(packed.START))
    if begin == _COMPOUND:
        raise UnfitError(_("Dit bestand heeft een wachtwoord of is verouderd. Bewaar het opnieuw als %(end)s, zonder "
                           "wachtwoord.", end=f".{end}"))  # fmt: skip
    if begin != packed.START:
        raise _another_kind(end)
    try:
        contents = packed.look(file)
    except packed.BrokenError as error:
        raise _another_kind(end) from error
    except packed.LockedError as error:
        raise UnfitError(_("Dit bestand heeft een wachtwoord. Bewaar het opnieuw zonder wachtwoord.")) from error
    except packed.TooMuchError as error:
        raise UnfitError(_("Dit bestand is uitgepakt te groot. Bewaar het als pdf of maak het kleiner.")) from error
    if _kind_of(contents) != KINDS[end]:
        raise _another_kind(end)
    if contents.has_macros:
        raise UnfitError(_("In dit bestand zitten macro’s. Bewaar het zonder macro’s als %(end)s.", end=f".{end}"))


def _kind_of(contents: packed.Contents) -> str | None:
    if contents.says:
        return contents.says
    if "[Content_Types].xml" in contents.names:
        # By its parts and not by their order, in which office programs differ.
        starts = (kind for start, kind in _PARTS.items() if any(name.startswith(start) for name in contents.names))
        return next(starts, None)
    return None
