"""Where the bytes of files lie: a folder in the instance, behind obstore so that it can become a bucket.

Bytes are written before the row that names them is committed, so a row never points at nothing. A request that
is refused afterwards leaves bytes without a row; these are harmless, and are found by comparing the keys here
with ``core_file.key``. Nothing is stored under a name that a person chose.
"""

import secrets
from collections.abc import Iterable, Iterator
from typing import IO

import obstore
from flask import Flask, current_app
from obstore.store import LocalStore

FOLDER = "files"
CHUNK = 256 * 1024


def put(file: IO[bytes]) -> str:
    """Store the bytes of a file from its beginning; returns the new key."""
    token = secrets.token_hex(20)
    key = f"{token[:2]}/{token}"
    file.seek(0)
    obstore.put(_store(), key, file, mode="create")
    return key


def read(key: str) -> Iterator[bytes]:
    """The bytes under a key, in pieces. Raises FileNotFoundError at once, not while they are sent."""
    found = obstore.get(_store(), key)
    return (bytes(piece) for piece in found.stream(min_chunk_size=CHUNK))


def delete(key: str) -> None:
    """Remove the bytes under a key; removing them twice is no fault."""
    try:
        obstore.delete(_store(), key)
    except FileNotFoundError:
        pass


def keys() -> Iterator[str]:
    """Every key there is, in no particular order."""
    return (found["path"] for batch in obstore.list(_store()) for found in batch)


def put_back(key: str, pieces: Iterable[bytes]) -> None:
    """Store bytes under the key that they had before, as they come in; all of them or none."""
    obstore.put(_store(), key, pieces)


def _store() -> LocalStore:
    # Made on first use and not in create_app: its threads would not survive the fork of a server's worker.
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    if "lms.files" not in app.extensions:
        app.extensions["lms.files"] = LocalStore(app.config["INSTANCE"] / FOLDER, mkdir=True)
    return app.extensions["lms.files"]
