"""Holding what lies in the file store against the rows that name it, in both directions."""

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from ..clock import now
from ..db import db
from . import store
from .models import StoredFile
from .store import Stored, StoreError

GRACE = timedelta(days=1)
"""How long bytes may lie without a row: far longer than any request takes between the two."""
_OURS = re.compile(r"[0-9a-f]{2}/[0-9a-f]{40}(#\d+)?")
_BATCH = 1000


@dataclass(frozen=True)
class Named:
    """What a row says of a file: its number and its owner's, the key, the size in bytes, the hash."""

    id: int
    owner_id: int
    key: str
    size: int
    sha256: str

    def __str__(self) -> str:
        return f"file {self.id} of person {self.owner_id} ({self.key})"


@dataclass(frozen=True)
class Comparison:
    """Rows and bytes beside each other.

    ``loose`` is older than a day and no row knows it; ``young`` may still get its row; ``strange`` has a name that we
    never give; ``gone`` are rows without bytes, ``other`` rows whose bytes have another size.
    """

    rows: int
    stored: int
    size: int
    loose: tuple[Stored, ...]
    young: tuple[Stored, ...]
    strange: tuple[Stored, ...]
    gone: tuple[Named, ...]
    other: tuple[Named, ...]

    @property
    def is_suspect(self) -> bool:
        """Does nothing at all that lies there belong to this site? Then it may be another's."""
        return bool(self.loose) and len(self.gone) == self.rows


def compare() -> Comparison:
    """Look at all rows and all bytes. Raises StoreError when the store does not answer."""
    # First the rows: what is added meanwhile is then young at worst, and never taken for loose.
    rows = {row.key: row for row in _rows()}
    lying = {found.key: found for found in store.stored()}
    unknown = [found for key, found in lying.items() if key not in rows] + list(store.unfinished())
    ours = [found for found in unknown if _OURS.fullmatch(found.key)]
    limit = now() - GRACE
    gone = [row for row in rows.values() if row.key not in lying]
    return Comparison(
        rows=len(rows),
        stored=len(lying),
        size=sum(found.size for found in lying.values()),
        loose=tuple(found for found in ours if found.at < limit),
        young=tuple(found for found in ours if found.at >= limit),
        strange=tuple(found for found in unknown if found not in ours),
        gone=tuple(_still_there(gone)),
        other=tuple(row for row in rows.values() if row.key in lying and lying[row.key].size != row.size),
    )


def remove(found: Stored) -> None:
    """Remove something loose. Raises StoreError."""
    if "#" in found.key:
        store.remove_unfinished(found)
    else:
        store.delete(found.key)


def changed() -> Iterator[Named]:
    """Read all files, and give the rows whose bytes are no longer what was handed in. Takes a while."""
    for row in _rows():
        try:
            digest = hashlib.sha256()
            for piece in store.read(row.key):
                digest.update(piece)
        except FileNotFoundError:
            continue  # gone, which is told elsewhere
        if digest.hexdigest() != row.sha256:
            yield row


def try_out() -> None:
    """Store something, read it back and remove it. Raises StoreError with what the store said."""
    content = b"lms files check"
    key = store.put(io.BytesIO(content))
    try:
        if b"".join(store.read(key)) != content:
            raise StoreError("It gives back something else.", OSError("It gives back something else"))
    except FileNotFoundError as error:
        raise StoreError(str(error), error) from error
    finally:
        store.delete(key)


def _rows() -> Iterator[Named]:
    columns = (StoredFile.id, StoredFile.owner_id, StoredFile.key, StoredFile.size, StoredFile.sha256)
    for row in db.session.execute(select(*columns).execution_options(yield_per=_BATCH)):
        yield Named(*row)


def _still_there(rows: list[Named]) -> Iterator[Named]:
    """Without the rows that were removed while we looked."""
    db.session.rollback()  # a new look
    for start in range(0, len(rows), _BATCH):
        part = rows[start : start + _BATCH]
        ids = set(db.session.scalars(select(StoredFile.id).where(StoredFile.id.in_([row.id for row in part]))))
        yield from (row for row in part if row.id in ids)
