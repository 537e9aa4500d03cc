"""Where the bytes of files lie: a folder or a bucket, as ``FILES_URL`` says, behind obstore.

Bytes are written before the row that names them is committed, so a row never points at nothing. A request that
is refused afterwards leaves bytes without a row; these are harmless, and ``lms files sweep`` removes them. Nothing is
stored under a name that a person chose.
"""

import errno
import logging
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import obstore
from flask import Flask, current_app
from flask_babel import gettext as _
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from ..errors import LmsError
from ..trouble import first_line

log = logging.getLogger(__name__)
CHUNK = 256 * 1024
_BATCH = 1000  # what a bucket lists at a time
# Four parts of 5 MB at most are in memory for one upload, and an answer that stands still is given up.
_PARTS = 4
_CLIENT = {"connect_timeout": "5s", "read_timeout": "30s", "timeout": "15m"}
_RETRY: Any = {"max_retries": 3, "retry_timeout": timedelta(seconds=20)}
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_SAYS_FULL = re.compile(
    rf"os error ({'|'.join(map(str, sorted(_FULL)))})\b|status: 507|InsufficientStorage|QuotaExceeded|StorageFull"
)
_UNFINISHED = re.compile(r".*#\d+")  # how obstore names a file in a folder until it is whole


class StoreError(LmsError):
    """The place where files lie does not answer, or refuses. ``orig`` is what it said, for whoever maintains it."""

    status = 503

    def __init__(self, message: str, orig: Exception) -> None:
        super().__init__(message)
        self.orig = orig


class StoreFull(StoreError):
    """There is no room left."""

    status = 507


@dataclass(frozen=True)
class Stored:
    """What lies under a key. ``size`` is in bytes, ``at`` when it was stored."""

    key: str
    size: int
    at: datetime


def put(file: IO[bytes]) -> str:
    """Store the bytes of a file from its beginning, all of them or none; returns the new key. Raises StoreError."""
    token = secrets.token_hex(20)
    key = f"{token[:2]}/{token}"
    file.seek(0)
    _write(key, file)
    return key


def put_back(key: str, pieces: Iterable[bytes]) -> None:
    """Store bytes under the key that they had before, as they come in; all of them or none. Raises StoreError."""
    _write(key, pieces)


def read(key: str) -> Iterator[bytes]:
    """The bytes under a key, in pieces. Raises FileNotFoundError or StoreError at once, not while they are sent;
    StoreError also halfway, when the store goes away."""
    with told():
        found = obstore.get(_store(), key)
    return _pieces(found)


def delete(key: str) -> None:
    """Remove the bytes under a key; removing them twice is no fault. Raises StoreError."""
    try:
        with told():
            obstore.delete(_store(), key)
    except FileNotFoundError:
        pass


def keys() -> Iterator[str]:
    """Every key there is, in no particular order. Raises StoreError."""
    return (found.key for found in stored())


def stored() -> Iterator[Stored]:
    """Everything there is, in no particular order. Raises StoreError."""
    with told():
        for batch in obstore.list(_store(), chunk_size=_BATCH):
            for found in batch:
                yield Stored(found["path"], found["size"], found["last_modified"])


def unfinished() -> Iterator[Stored]:
    """What a process left half-written when it was killed; only in a folder, for a bucket has rules of its own."""
    root = _folder(_store())
    if root is None:
        return
    for path in root.rglob("*#*"):
        if _UNFINISHED.fullmatch(path.name) and path.is_file():
            about = path.stat()
            at = datetime.fromtimestamp(about.st_mtime, UTC)
            yield Stored(path.relative_to(root).as_posix(), about.st_size, at)


def remove_unfinished(found: Stored) -> None:
    """Remove something that :func:`unfinished` gave."""
    root = _folder(_store())
    if root is not None:
        (root / found.key).unlink(missing_ok=True)


def place() -> str:
    """Where the files lie, as the administrator set it."""
    return current_app.config["FILES_URL"]


def is_full(error: BaseException) -> bool:
    """Does this error say that there is no room left?"""
    return getattr(error, "errno", None) in _FULL or _SAYS_FULL.search(str(error)) is not None


def _pieces(found: Any) -> Iterator[bytes]:
    with told():
        for piece in found.stream(min_chunk_size=CHUNK):
            yield bytes(piece)


def _write(key: str, content: Any) -> None:
    store = _store()
    with told():
        try:
            obstore.put(store, key, content, max_concurrency=_PARTS)
        except FileNotFoundError as error:  # the bucket itself is not there
            raise NotADirectoryError(str(error)) from error
        root = _folder(store)
        if root is not None:
            _settle(root / key)


def _settle(path: Path) -> None:
    """Wait until a new file is on the disk: its row will be, so a power cut must not take one of the two."""
    for part in (path, path.parent, path.parent.parent):
        handle = os.open(part, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def told() -> Iterator[None]:
    """Turn what a store or a disk raises into StoreError, and keep its words for the log. No such key stays that."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError) as error:
        log.error("the file store %s refuses: %s", place(), first_line(error))
        if is_full(error):
            sentence = _("Er is geen ruimte meer voor bestanden. Vraag uw beheerder om ruimte te maken.")
            raise StoreFull(sentence, error) from error
        sentence = _("De opslag van bestanden antwoordt niet. Probeer het straks nog een keer.")
        raise StoreError(sentence, error) from error


def _store() -> LocalStore | S3Store:
    # Made on first use and not in create_app: its threads would not survive the fork of a server's worker.
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    if "lms.files" not in app.extensions:
        with told():
            app.extensions["lms.files"] = _open(app.config["FILES_URL"])
    return app.extensions["lms.files"]


def _open(url: str) -> LocalStore | S3Store:
    parts = urlsplit(url)
    if parts.scheme == "file":
        return LocalStore(Path(url2pathname(parts.path)), mkdir=True)
    endpoint = next((os.environ[name] for name in _ENDPOINTS if os.environ.get(name)), "")
    # Without TLS only where somebody wrote so, for a store on the same machine or network.
    client: Any = {**_CLIENT, "allow_http": endpoint.startswith("http://")}
    return S3Store.from_url(url, client_options=client, retry_config=_RETRY)


def _folder(store: LocalStore | S3Store) -> Path | None:
    return Path(store.prefix) if isinstance(store, LocalStore) and store.prefix is not None else None
