"""The archive: one zip with ``manifest.json``, ``tables/NAME.jsonl``, ``files/KEY`` and, if asked for, ``secret``.

A zip has its table of contents at the end, so one that was cut off is never taken for a whole one. Everything goes
in and comes out in pieces; no file or table is ever in memory as a whole.
"""

import hashlib
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from .manifest import MANIFEST, SECRET, BackupError, FilePart, Manifest, TablePart, parse

CHUNK = 1024 * 1024
LARGEST_MANIFEST = 256 * 1024 * 1024
"""Bytes, of which a site with a million files has a part; it is read as a whole, and a small zip can hold much more."""
Tell = Callable[[str, int, int], None]
"""Hears how far it is: what is being done («rows», «files» …), how many are done, of how many."""

# What reading a damaged zip raises: bits that do not unpack, an end that is missing, a method nobody knows.
_DAMAGE: tuple[type[Exception], ...] = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    LookupError,
    OverflowError,
    TypeError,
    ValueError,
)


class Writer:
    """Puts parts into a new archive and remembers their measures for the manifest."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file
        self.tables: list[TablePart] = []
        self.files: list[FilePart] = []

    def add_table(self, name: str, columns: tuple[str, ...], lines: Iterable[bytes]) -> None:
        """Add the rows of a table, one line for each."""
        rows = 0

        def counted() -> Iterator[bytes]:
            nonlocal rows
            for line in lines:
                rows += 1
                yield line

        size, sha256 = self._add(TablePart(name, columns, 0, 0, "").member, counted(), zipfile.ZIP_DEFLATED)
        self.tables.append(TablePart(name, columns, rows, size, sha256))

    def add_file(self, key: str, pieces: Iterable[bytes]) -> FilePart:
        """Add the bytes of a file, as they are: most kinds that people add are compressed already."""
        size, sha256 = self._add(FilePart(key, 0, "").member, pieces, zipfile.ZIP_STORED)
        self.files.append(FilePart(key, size, sha256))
        return self.files[-1]

    def add_secret(self, secret: str) -> None:
        """Add the site's secret."""
        self._add(SECRET, [secret.encode()], zipfile.ZIP_STORED)

    def finish(self, manifest: Manifest) -> None:
        """Add the manifest, which comes last because it counts the rest."""
        self._add(MANIFEST, [manifest.to_json()], zipfile.ZIP_DEFLATED)

    def _add(self, member: str, pieces: Iterable[bytes], compression: int) -> tuple[int, str]:
        info = zipfile.ZipInfo(member)
        info.compress_type = compression
        digest, size = hashlib.sha256(), 0
        with self._file.open(info, "w", force_zip64=True) as out:
            for piece in pieces:
                out.write(piece)
                digest.update(piece)
                size += len(piece)
        return size, digest.hexdigest()


@contextmanager
def create(path: Path, *, force: bool = False) -> Iterator[Writer]:
    """A new archive that appears under ``path`` when it is whole and on the disk; readable to its owner only.

    Raises BackupError when there is such a file already (unless ``force``), and when it cannot be written.
    """
    unfinished = None
    try:
        if path.is_dir():
            raise BackupError(f"{path} is a folder; give the name of a file.")
        if path.exists() and not force:
            raise BackupError(f"{path} exists already; choose another name, or overwrite it with --force.")
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".lms-", suffix=".part", delete=False) as out:
            unfinished = Path(out.name)
            with zipfile.ZipFile(out, "w") as file:
                yield Writer(file)
            out.flush()
            os.fsync(out.fileno())
        unfinished.replace(path)
        unfinished = None
    except OSError as error:
        raise BackupError(f"The backup {path} cannot be written: {error.strerror or error}.") from error
    finally:
        if unfinished is not None:
            unfinished.unlink(missing_ok=True)


class Reader:
    """Takes parts out of an archive."""

    def __init__(self, file: zipfile.ZipFile, path: Path) -> None:
        self._file, self._path = file, path
        with damage_named(path):
            if file.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
                raise ValueError("its manifest is too large")
            self.manifest = parse(file.read(MANIFEST))
            if sorted(file.namelist()) != self.manifest.members:
                raise ValueError("its contents are not those of its manifest")

    def verify(self, tell: Tell) -> None:
        """Hold every part against its measures in the manifest. Raises BackupError for one that differs."""
        parts: list[TablePart | FilePart] = [*self.manifest.tables, *self.manifest.files]
        for done, part in enumerate(parts):
            tell("checked", done, len(parts))
            with damage_named(self._path):
                self._verify(part)

    def lines(self, table: TablePart) -> Generator[bytes]:
        """The rows of a table, one line for each. Close it: the archive stays open as long as it is."""
        with self._file.open(table.member) as member:
            yield from member

    def pieces(self, file: FilePart) -> Generator[bytes]:
        """The bytes of a file. Close it, too."""
        with self._file.open(file.member) as member:
            yield from _pieces(member)

    def secret(self) -> str | None:
        """The site's secret, if the archive has it."""
        with damage_named(self._path):
            return self._file.read(SECRET).decode() if self.manifest.secret else None

    def _verify(self, part: TablePart | FilePart) -> None:
        if self._file.getinfo(part.member).file_size != part.size:
            raise ValueError(f"{part.member} has another size")
        digest, lines = hashlib.sha256(), 0
        with self._file.open(part.member) as member:
            for piece in _pieces(member):
                digest.update(piece)
                lines += piece.count(b"\n")
        if digest.hexdigest() != part.sha256 or (isinstance(part, TablePart) and lines != part.rows):
            raise ValueError(f"{part.member} has other contents")


@contextmanager
def open_existing(path: Path) -> Iterator[Reader]:
    """An archive to read. Raises BackupError when there is none at ``path``, or none that is whole."""
    with damage_named(path):
        file = zipfile.ZipFile(path)
    with file:
        yield Reader(file, path)


@contextmanager
def damage_named(path: Path) -> Iterator[None]:
    """Turn whatever a damaged archive raises into the one sentence that matters."""
    try:
        yield
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise BackupError(f"{path} cannot be read: {error.strerror}.") from error
    except _DAMAGE as error:
        raise BackupError(f"{path} is damaged or is no backup of Leerplein ({error}); nothing was changed.") from error


def _pieces(member: IO[bytes]) -> Iterator[bytes]:
    while piece := member.read(CHUNK):
        yield piece
