"""Reads the keys of one block, and reports what is missing, unknown or of another kind than asked for."""

import re
from collections.abc import Container
from difflib import get_close_matches
from pathlib import Path

from flask_babel import gettext as _

from .reading import Node, is_text
from .report import Report, shown

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MAX_SLUG = 80
MAX_TITLE = 200
MAX_DAYS = 60


class Fields:
    """One block of keys in a file. ``allowed`` are the keys that it may have; with ``more`` others are left alone."""

    def __init__(self, report: Report, file: Path, node: Node, allowed: tuple[str, ...], *, more: bool = False) -> None:
        self.report = report
        self.file = file
        self.allowed = allowed
        self.line = node.line
        self.nodes: dict[str, Node] = {}
        if isinstance(node.value, dict):
            self.nodes = node.value
            if not self.nodes:
                self.error(None, _("Dit blok is leeg. Het kan hebben: %(keys)s.", keys=self._keys()))
            for key in () if more else self.others:
                self.error(key, unknown_key(key, self.nodes, allowed))
        else:
            self.error(None, _("Hier horen sleutels met een waarde: %(keys)s.", keys=", ".join(allowed)))

    @property
    def others(self) -> dict[str, Node]:
        """The keys that are not among the allowed ones."""
        return {key: node for key, node in self.nodes.items() if key not in self.allowed}

    def error(self, key: str | None, sentence: str) -> None:
        """Report at the key, or at the block when the key is not there."""
        self.report.error(self.file, self.line_of(key), sentence)

    def line_of(self, key: str | None) -> int:
        """The line of the key, or of the block."""
        return self.nodes[key].line if key in self.nodes else self.line

    def text(self, key: str, *, required: bool = True, limit: int | None = None) -> str:
        """The text under the key without spaces around it; empty when it is missing or wrong."""
        node = self._get(key, required)
        if node is None:
            return ""
        if not isinstance(node.value, str):
            self.error(key, _("%(key)s moet tekst zijn. Zet de waarde tussen aanhalingstekens.", key=key))
            return ""
        text = node.value.strip()
        if not is_text(text):
            self.error(key, _("%(key)s bevat een teken dat geen tekst is. Haal het weg.", key=key))
        elif required and not text:
            self.error(key, _("%(key)s is leeg.", key=key))
        elif limit and len(text) > limit:
            self.error(key, _("%(key)s is langer dan %(limit)s tekens.", key=key, limit=limit))
        else:
            return text
        return ""

    def slug(self, key: str) -> str:
        """A name for in an address; empty when it is missing or wrong."""
        text = self.text(key, limit=MAX_SLUG)
        if text and not SLUG.fullmatch(text):
            self.error(key, bad_slug(key, text))
            return ""
        return text

    def slugs(self, key: str, *, required: bool = True) -> list[tuple[str, int]]:
        """A list of names for in an address, with their lines; without those that are wrong."""
        good = []
        for item in self.items(key, required=required):
            if isinstance(item.value, str) and SLUG.fullmatch(item.value) and len(item.value) <= MAX_SLUG:
                good.append((item.value, item.line))
            else:
                self.report.error(self.file, item.line, bad_slug(key, item.value))
        return good

    def number(self, key: str, low: int, high: int, *, required: bool = True) -> int | None:
        """A whole number from ``low`` to ``high``; None when it is missing or wrong."""
        node = self._get(key, required)
        if node is None:
            return None
        if not _is_number(node.value):
            self.error(key, _("%(key)s moet een heel getal zijn, zonder aanhalingstekens.", key=key))
        elif not low <= node.value <= high:
            self.error(key, _("%(key)s moet tussen %(low)s en %(high)s liggen.", key=key, low=low, high=high))
        else:
            return node.value
        return None

    def numbers(self, key: str, count: int, low: int, high: int) -> list[int]:
        """A list of exactly ``count`` whole numbers; empty when it is missing or wrong."""
        items = self.items(key)
        if not items:
            return []
        values = [item.value for item in items]
        if len(values) != count or not all(_is_number(value) and low <= value <= high for value in values):
            self.error(
                key,
                _("%(key)s moet uit %(count)s hele getallen van %(low)s tot %(high)s bestaan.",
                  key=key, count=count, low=low, high=high),
            )  # fmt: skip
            return []
        return values

    def items(self, key: str, *, required: bool = True) -> list[Node]:
        """The items of a list; empty when it is missing or wrong."""
        node = self._get(key, required)
        if node is None:
            return []
        if not isinstance(node.value, list) or not node.value:
            self.error(key, _("%(key)s moet een lijst zijn met ten minste één onderdeel.", key=key))
            return []
        return node.value

    def _get(self, key: str, required: bool) -> Node | None:
        node = self.nodes.get(key)
        if node is not None and node.value is None:
            self.error(key, _("%(key)s heeft geen waarde.", key=key))
            return None
        if node is None and required and self.nodes:
            self.error(None, _("%(key)s ontbreekt. Verplicht of mogelijk zijn: %(keys)s.", key=key, keys=self._keys()))
        return node

    def _keys(self) -> str:
        return ", ".join(self.allowed)


def unknown_key(key: str, present: Container[str], allowed: tuple[str, ...]) -> str:
    """The sentence about a key that does not exist, with the one that was probably meant."""
    meant = get_close_matches(key, [known for known in allowed if known not in present], n=1, cutoff=0.75)
    sentences = [_("De sleutel %(key)s bestaat niet.", key=shown(key))]
    if meant:
        sentences.append(_("Bedoelt u %(meant)s?", meant=meant[0]))
    sentences.append(_("Mogelijk zijn: %(keys)s.", keys=", ".join(allowed)))
    return " ".join(sentences)


def bad_slug(key: str, text: str) -> str:
    """The sentence about a name that cannot stand in an address."""
    return _(
        "%(key)s %(text)s kan geen adres zijn. Gebruik kleine letters, cijfers en streepjes.", key=key, text=shown(text)
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
