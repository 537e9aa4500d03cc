"""What an archive says of itself: ``manifest.json``, read without trusting it.

An archive comes from elsewhere, so every name in it is held against a pattern before anything is done with it: no
name can lead out of a folder or into a statement.
"""

import json
import re
from dataclasses import asdict, dataclass
from typing import Any

from ..errors import LmsError

FORMAT = 1
"""The number of this kind of archive; it rises when an older ``lms restore`` could not read it."""
MANIFEST = "manifest.json"
SECRET = "secret"  # noqa: S105 - the name of a member, not a secret
_PRODUCT = "leerplein"
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_COLUMN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_REVISION = re.compile(r"[A-Za-z0-9_]+")
_KEY = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*(?:/[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)*")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class BackupError(LmsError):
    """A backup or its return cannot be done; one sentence for the administrator at the command line says why."""


@dataclass(frozen=True)
class TablePart:
    """The rows of one table, a JSON object on each line. ``size`` is in bytes."""

    name: str
    columns: tuple[str, ...]
    rows: int
    size: int
    sha256: str

    @property
    def member(self) -> str:
        """Its place in the archive."""
        return f"tables/{self.name}.jsonl"


@dataclass(frozen=True)
class FilePart:
    """One file of the file store. ``size`` is in bytes."""

    key: str
    size: int
    sha256: str

    @property
    def member(self) -> str:
        """Its place in the archive."""
        return f"files/{self.key}"


@dataclass(frozen=True)
class Manifest:
    """The contents of an archive. ``revisions`` tells how far each plugin's tables were; ``missing`` are keys of
    files that rows name and that were not in the file store; ``made_at`` is a moment in UTC (ISO 8601)."""

    version: str
    made_at: str
    database: str
    revisions: dict[str, str]
    tables: tuple[TablePart, ...]
    files: tuple[FilePart, ...]
    missing: tuple[str, ...] = ()
    secret: bool = False

    @property
    def rows(self) -> int:
        """How many rows all tables have together."""
        return sum(table.rows for table in self.tables)

    @property
    def members(self) -> list[str]:
        """Every name that the archive must have, and no other."""
        tables = [table.member for table in self.tables]
        files = [file.member for file in self.files]
        return sorted([MANIFEST, *tables, *files, *([SECRET] if self.secret else [])])

    def to_json(self) -> bytes:
        """The text of ``manifest.json``."""
        described = {"product": _PRODUCT, "format": FORMAT, **asdict(self)}
        return json.dumps(described, ensure_ascii=False, indent=1).encode()


def is_key(key: str) -> bool:
    """May the file store have this key? It never gives others, but the folder may hold what somebody put there."""
    return _KEY.fullmatch(key) is not None


def parse(raw: bytes) -> Manifest:
    """Read ``manifest.json``. Raises BackupError for another format and ValueError for one that is not sound."""
    data = json.loads(raw)
    if not isinstance(data, dict) or data.get("product") != _PRODUCT:
        raise ValueError("no manifest of Leerplein")
    if data.get("format") != FORMAT:
        raise BackupError(
            f"This archive has format {data.get('format')}, and this version of Leerplein reads format {FORMAT}. "
            f"Restore it with the version that made it: {data.get('version')}."
        )
    revisions = {_match(_NAME, k): _match(_REVISION, v) for k, v in _typed(data["revisions"], dict).items()}
    tables = [
        TablePart(
            _match(_NAME, part["name"]),
            tuple(_match(_COLUMN, name) for name in _typed(part["columns"], list)),
            _typed(part["rows"], int),
            _typed(part["size"], int),
            _match(_SHA256, part["sha256"]),
        )
        for part in _typed(data["tables"], list)
    ]
    files = [
        FilePart(_match(_KEY, part["key"]), _typed(part["size"], int), _match(_SHA256, part["sha256"]))
        for part in _typed(data["files"], list)
    ]
    return Manifest(
        version=_typed(data["version"], str),
        made_at=_typed(data["made_at"], str),
        database=_typed(data["database"], str),
        revisions=revisions,
        tables=tuple(tables),
        files=tuple(files),
        missing=tuple(_match(_KEY, key) for key in _typed(data["missing"], list)),
        secret=_typed(data["secret"], bool),
    )


def _typed(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise ValueError(f"{value!r} is no {kind.__name__}")
    return value


def _match(pattern: re.Pattern[str], value: Any) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError(f"{value!r} is no name")
    return value
