"""Files that are zips inside (Word, Excel, OpenDocument): looked into without unpacking them anywhere.

What a zip says of itself is not believed. Every part is read to its end, in pieces, with one budget for all of them,
so a bomb goes off here in a small room: it costs a second at most, and no memory.
"""

import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

MAX_PARTS = 10_000
MAX_BYTES = 256 * 1024 * 1024
"""What all parts together may come to, parts of a zip within the zip included."""
MAX_RATIO = 200
RATIO_FROM = 8 * 1024 * 1024
"""Above so many bytes a part may not be more than MAX_RATIO times what it takes in the zip: text is 5 to 30 times."""
MAX_DEPTH = 2
"""A chart in a report in a presentation: a zip in a zip in a zip."""

START = b"PK\x03\x04"
_ENTRY = b"PK\x01\x02"
_END = b"PK\x05\x06"
_END_SIZE = 22
_LOCAL_SIZE = 30
_CHUNK = 256 * 1024
_BEGIN = 200  # bytes; the longest media type of OpenDocument has 80
_LOCKED = 1  # the bit of a part with a password
_IN_MEMORY = 1024 * 1024
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, OSError, ValueError, OverflowError, EOFError,
)  # fmt: skip
_MACROS = ("vbaproject.bin", "xl/macrosheets/", "xl/intlmacrosheets/", "basic/", "scripts/")


class BrokenError(Exception):
    """It is no zip, or not a sound one."""


class LockedError(Exception):
    """A part of it has a password."""


class TooMuchError(Exception):
    """It has too many parts, or comes to too much when it is unpacked."""


@dataclass
class Contents:
    """What was found: the names of the parts, the first bytes of ``mimetype``, and whether there are macros in it."""

    names: list[str] = field(default_factory=list)
    says: str = ""
    has_macros: bool = False


def look(file: IO[bytes]) -> Contents:
    """Read a whole zip. Raises BrokenError, LockedError or TooMuchError."""
    return _look(file, _Budget(MAX_BYTES), 0)


def is_zip(file: IO[bytes]) -> bool:
    """Would a program that unpacks take this file, whatever it begins with? It looks at the end."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_SIZE - 0xFFFF))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        return False
    (comment,) = struct.unpack_from("<H", tail, at + 20)
    return at + _END_SIZE + comment == len(tail)


class _Budget:
    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise TooMuchError


def _look(file: IO[bytes], budget: _Budget, depth: int) -> Contents:
    if depth > MAX_DEPTH or _count(file, _ENTRY) > MAX_PARTS:  # before anything is made of each of them
        raise TooMuchError
    try:
        with zipfile.ZipFile(file) as whole:
            return _read_all(file, whole, budget, depth)
    except _DAMAGE as error:
        raise BrokenError(str(error)) from error


def _read_all(file: IO[bytes], whole: zipfile.ZipFile, budget: _Budget, depth: int) -> Contents:
    found = Contents()
    end = 0
    for part in sorted(whole.infolist(), key=lambda part: part.header_offset):
        if part.flag_bits & _LOCKED:
            raise LockedError
        if part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} or part.header_offset < end:
            raise BrokenError(part.filename)  # two parts of the same bytes: no program writes that
        name = part.filename.lower()
        found.names.append(part.filename)
        found.has_macros = found.has_macros or name.startswith(_MACROS[1:]) or name.endswith(_MACROS[0])
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as inner:
            end, begin = _read(file, part, budget, inner)
            if begin.startswith(START):
                found.has_macros = _has_macros(inner, budget, depth + 1) or found.has_macros
        if name == "mimetype":
            found.says = begin.decode("ascii", "replace").strip()
    return found


def _has_macros(inner: IO[bytes], budget: _Budget, depth: int) -> bool:
    try:
        return _look(inner, budget, depth).has_macros
    except BrokenError:
        return False  # it only began like a zip


def _read(file: IO[bytes], part: zipfile.ZipInfo, budget: _Budget, inner: IO[bytes]) -> tuple[int, bytes]:
    """Read one part to its end; a zip also into ``inner``. Returns where its bytes end, and how they begin."""
    file.seek(part.header_offset)
    local = file.read(_LOCAL_SIZE)
    if not local.startswith(START):
        raise BrokenError(part.filename)
    start = part.header_offset + _LOCAL_SIZE + sum(struct.unpack_from("<HH", local, 26))
    begin, size, check = b"", 0, 0
    for piece in _pieces(file, start, part):
        budget.take(len(piece))
        size += len(piece)
        if size > RATIO_FROM and size > MAX_RATIO * part.compress_size:
            raise TooMuchError
        check = zlib.crc32(piece, check)
        begin = begin or piece[:_BEGIN]
        if begin.startswith(START):
            inner.write(piece)
    if size != part.file_size or check != part.CRC:
        raise BrokenError(part.filename)
    return start + part.compress_size, begin


def _pieces(file: IO[bytes], start: int, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of a part, however many come out and whatever was said of that."""
    file.seek(start)
    left = part.compress_size
    unpack = zlib.decompressobj(-zlib.MAX_WBITS) if part.compress_type == zipfile.ZIP_DEFLATED else None
    while left > 0:
        raw = file.read(min(_CHUNK, left))
        if not raw:
            raise EOFError
        left -= len(raw)
        if unpack is None:
            yield raw
            continue
        full = True
        while full and not unpack.eof:
            piece = unpack.decompress(raw, _CHUNK)
            raw, full = unpack.unconsumed_tail, len(piece) == _CHUNK
            yield piece
    if unpack is not None and not unpack.eof:
        raise EOFError


def _count(file: IO[bytes], mark: bytes) -> int:
    file.seek(0)
    count, rest = 0, b""
    while piece := file.read(_CHUNK):
        count += (rest + piece).count(mark)
        rest = piece[1 - len(mark) :]
    return count
