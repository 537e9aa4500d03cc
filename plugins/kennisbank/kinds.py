"""The kinds of entries, from ``data/kinds.toml``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Kind:
    """A kind of entry: how it is called, and which fields its form asks, first and later."""

    key: str
    label: str
    plural: str
    about: str
    short: tuple[str, ...]
    more: tuple[str, ...]
    headings: Mapping[str, str] = field(default_factory=dict)

    @property
    def fields(self) -> tuple[str, ...]:
        return (*self.short, *self.more)


def _read() -> dict[str, Kind]:
    rows = tomllib.loads((Path(__file__).parent / "data" / "kinds.toml").read_text(encoding="utf-8"))
    return {
        key: Kind(key, **(row | {"short": tuple(row["short"]), "more": tuple(row["more"])}))
        for key, row in rows.items()
    }


KINDS = _read()
FIRST = next(iter(KINDS))


def kind_of(key: str) -> Kind:
    """The kind with this key; one that has gone is read as the first."""
    return KINDS.get(key, KINDS[FIRST])
