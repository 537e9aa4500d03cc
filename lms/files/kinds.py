"""What a file is: told by its bytes, never by what a browser or a name says."""

import codecs
import zipfile
from pathlib import PurePosixPath
from typing import IO

import filetype
from flask_babel import lazy_gettext as _l

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


def extension(name: str) -> str:
    """The end of a name in lower case, without the dot."""
    return PurePosixPath(name).suffix.lower().removeprefix(".")


def is_text_kind(media_type: str) -> bool:
    """Is it one of the kinds that have no mark of their own, and are told by being readable text?"""
    return media_type.startswith("text/")


def fits(file: IO[bytes], media_type: str) -> bool:
    """Have the bytes this media type, one of KINDS?"""
    if is_text_kind(media_type):
        return _is_text(file)
    file.seek(0)
    found = filetype.guess(file.read(_HEAD))
    if found is not None and found.mime == media_type:
        return True
    # Office programs order the parts of their files differently; filetype knows the usual orders.
    return media_type == _in_zip(file)


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


def _in_zip(file: IO[bytes]) -> str | None:
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as parts:
            names = parts.namelist()
            if "mimetype" in names:
                with parts.open("mimetype") as part:
                    return part.read(200).decode("ascii", "replace").strip()
            if "[Content_Types].xml" in names:
                return next((kind for start, kind in _PARTS.items() if any(n.startswith(start) for n in names)), None)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError):
        return None  # broken, locked with a password, or no zip at all
    return None
