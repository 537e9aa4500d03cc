"""Reads the files of a course: every value keeps the line where it stands, so that a finding can name it.

Nothing here knows what a course is. What cannot be read is :class:`Unreadable`, with a line and a sentence.
"""

import math
import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from flask_babel import gettext as _

MAX_BYTES = 1_000_000
MAX_DEPTH = 12  # lists and blocks inside each other
MAX_DIGITS = 15  # a longer number is an identifier, not a quantity

_FENCE = "---"
# Control characters, other people's line ends (PyYAML would count them as lines) and half characters.
_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_DECIMAL = re.compile(r"[-+]?[0-9]+\.[0-9]+")
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}
_TOML_TABLE = re.compile(r"\s*\[\[\s*([A-Za-z0-9_-]+)\s*\]\]")
_TOML_KEY = re.compile(r"""\s*["']?([A-Za-z0-9_-]+)["']?\s*=""")
_TOML_AT = re.compile(r"at line (\d+)")


class Unreadable(Exception):
    """``line`` of the file cannot be read; the sentence says why."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(sentence)
        self.line = line


@dataclass(frozen=True)
class Node:
    """A value with its line: a scalar, a list of nodes or a dict of nodes. In a dict, the line is the key's."""

    value: Any
    line: int

    def plain(self) -> Any:
        """The value without lines."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


@dataclass(frozen=True)
class Document:
    """A Markdown file: the block of settings at its head, and the text with the line on which it begins."""

    head: Node
    body: str
    body_line: int


def read_text(file: Path) -> str:
    """The text of a file with ``\\n`` at the end of each line. Raises :class:`Unreadable`."""
    if not os.path.isfile(file):  # unlike Path.is_file, never an error
        raise Unreadable(1, _("Dit bestand is er niet."))
    try:
        if file.stat().st_size > MAX_BYTES:
            raise Unreadable(1, _("Dit bestand is groter dan 1 MB. Maak het kleiner."))
        data = file.read_bytes()
    except OSError as error:
        raise Unreadable(1, _("Dit bestand is niet te lezen (%(reason)s).", reason=error.strerror)) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Unreadable(line, _("Hier staat een teken dat geen UTF-8 is. Bewaar het bestand als UTF-8.")) from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for number, line_text in enumerate(text.split("\n"), 1):
        if not is_text(line_text):
            raise Unreadable(number, _("Hier staat een teken dat geen tekst is. Haal het weg."))
    if not text.strip():
        raise Unreadable(1, _("Dit bestand is leeg."))
    return text


def is_text(text: str) -> bool:
    """Can it be stored and shown? Control characters and half characters cannot."""
    return _NOT_TEXT.search(text) is None


def read_document(file: Path) -> Document:
    """A Markdown file with YAML front matter. Raises :class:`Unreadable`."""
    lines = read_text(file).split("\n")
    if lines[0].rstrip() != _FENCE:
        raise Unreadable(1, _("Het bestand begint niet met een regel ---. Zet daar de gegevens van dit onderdeel."))
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE), None)
    if end is None:
        raise Unreadable(1, _("De tweede regel --- ontbreekt. Zet die onder de gegevens, vóór de tekst."))
    head = read_yaml("\n".join(lines[1:end]), first_line=2)
    body = "\n".join(lines[end + 1 :])
    blank = len(body) - len(body.lstrip("\n")) if body.strip() else 0
    return Document(head, body.strip("\n").rstrip(), end + 2 + blank)


def read_yaml(text: str, first_line: int = 1) -> Node:
    """The mapping that a piece of YAML holds. Raises :class:`Unreadable`.

    Only what an editor needs: blocks, lists, text, numbers, true and false. No anchors or tags, which make a small
    file into a large one; and «nee» or a date is just text.
    """
    line = 0
    try:
        builder = _Builder(first_line)
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            line = event.start_mark.line
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        last = text.count("\n")
        mark = error.problem_mark
        if error.context_mark and (mark is None or mark.index >= len(text)):
            mark = error.context_mark  # a quote that never closes: what counts is where it opens
        where = min(mark.line, last) if mark else line
        raise Unreadable(where + first_line, _not_yaml(error.problem or error.context or "")) from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # PyYAML lets an impossible character code («\UFFFFFFFF») escape as a ValueError.
        raise Unreadable(line + first_line, _not_yaml(str(error).splitlines()[0])) from error
    if builder.root is None or not isinstance(builder.root.value, dict):
        raise Unreadable(first_line, _("Hier horen regels als «title: Naam van de les»."))
    return builder.root


def _not_yaml(problem: str) -> str:
    return _(
        "Deze regel is geen goede YAML (%(problem)s). Staat er een dubbele punt of een aanhalingsteken in de tekst? "
        "Zet de hele tekst dan tussen dubbele aanhalingstekens.",
        problem=problem,
    )


class _Builder:
    """Makes nodes from the events of the YAML parser, without recursion."""

    def __init__(self, first_line: int) -> None:
        self.first_line = first_line
        self.root: Node | None = None
        self.open: list[Node] = []
        self.keys: list[tuple[str, int] | None] = []  # the key that waits for its value, for each open node

    def take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + self.first_line
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise Unreadable(line, _("Een verwijzing met & of * kan hier niet. Schrijf de tekst voluit."))
        if isinstance(event, yaml.NodeEvent) and event.tag not in (None, "!"):
            raise Unreadable(
                line, _("Een uitroepteken vóór een waarde kan hier niet. Zet de tekst tussen aanhalingstekens.")
            )
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            node = Node({} if isinstance(event, yaml.MappingStartEvent) else [], line)
            self._place(node)
            if len(self.open) == MAX_DEPTH:
                raise Unreadable(line, _("Hier staan te veel lijsten in elkaar."))
            self.open.append(node)
            self.keys.append(None)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.open.pop()
            self.keys.pop()
        elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            raise Unreadable(line, _("Hier begint een tweede blok gegevens. Eén blok kan maar."))

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        if not is_text(event.value):
            raise Unreadable(line, _("Hier staat een teken dat geen tekst is. Haal het weg."))
        if self.open and isinstance(self.open[-1].value, dict) and self.keys[-1] is None:
            if event.value in self.open[-1].value:
                raise Unreadable(line, _("De sleutel «%(key)s» staat hier twee keer.", key=event.value))
            self.keys[-1] = (event.value, line)
            return
        plain = event.style is None and event.implicit[0]
        self._place(Node(_scalar_value(event.value) if plain else event.value, line))

    def _place(self, node: Node) -> None:
        if not self.open:
            self.root = node
        elif isinstance(self.open[-1].value, list):
            self.open[-1].value.append(node)
        else:
            key = self.keys[-1]
            if key is None:
                raise Unreadable(node.line, _("Een lijst of een blok kan geen sleutel zijn."))
            self.open[-1].value[key[0]] = Node(node.value, key[1])
            self.keys[-1] = None


def _scalar_value(text: str) -> Any:
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if len(text) <= MAX_DIGITS:
        if _INTEGER.fullmatch(text):
            return int(text)
        if _DECIMAL.fullmatch(text) and math.isfinite(float(text)):
            return float(text)
    return text


def read_toml(file: Path) -> Node:
    """A TOML file with ``[[tables]]`` of one level. Raises :class:`Unreadable`."""
    text = read_text(file)
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        found = _TOML_AT.search(str(error))
        line = int(found[1]) if found else text.rstrip("\n").count("\n") + 1
        problem = str(error).partition(" (at ")[0] or type(error).__name__
        raise Unreadable(line, _("Deze regel is geen goede TOML (%(problem)s).", problem=problem)) from error
    return _TomlLines(text).mark(data)


class _TomlLines:
    """Finds the lines of the keys, since ``tomllib`` forgets them. A line that cannot be found is that of its table."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.top: dict[str, int] = {}
        self.tables: list[tuple[str, int, dict[str, int]]] = []
        keys, inside = self.top, ""
        for number, line in enumerate(self.lines, 1):
            if inside:
                inside = "" if line.count(inside) % 2 else inside
                continue
            if found := _TOML_TABLE.match(line):
                keys = {}
                self.tables.append((found[1], number, keys))
            elif found := _TOML_KEY.match(line):
                keys.setdefault(found[1], number)
            inside = next((quotes for quotes in ('"""', "'''") if line.count(quotes) % 2), "")

    def mark(self, data: dict[str, Any]) -> Node:
        marked = {}
        for key, value in data.items():
            headers = [(line, keys) for name, line, keys in self.tables if name == key]
            line = self.top.get(key) or (headers[0][0] if headers else 1)
            if isinstance(value, list) and len(headers) == len(value) and all(isinstance(v, dict) for v in value):
                items = [self._table(item, *header) for item, header in zip(value, headers, strict=True)]
                marked[key] = Node(items, line)
            else:
                marked[key] = self._value(value, line)
        return Node(marked, 1)

    def _table(self, table: dict[str, Any], header: int, keys: dict[str, int]) -> Node:
        return Node({key: self._value(value, keys.get(key, header)) for key, value in table.items()}, header)

    def _value(self, value: Any, line: int, depth: int = 1) -> Node:
        if depth > MAX_DEPTH:
            raise Unreadable(line, _("Hier staan te veel lijsten in elkaar."))
        if isinstance(value, dict):
            return Node({key: self._value(item, line, depth + 1) for key, item in value.items()}, line)
        if not isinstance(value, list):
            return Node(value, line)
        items, at = [], (line - 1, 0)
        for item in value:
            at = self._find(item, at) if isinstance(item, str) else at
            items.append(self._value(item, at[0] + 1, depth + 1))
        return Node(items, line)

    def _find(self, text: str, start: tuple[int, int]) -> tuple[int, int]:
        """Where the quoted text stands, at or after ``start`` (index of the line, column); ``start`` if nowhere."""
        for index in range(start[0], len(self.lines)):
            if index > start[0] and _TOML_TABLE.match(self.lines[index]):
                break
            for quote in "\"'":
                column = self.lines[index].find(f"{quote}{text}{quote}", start[1] if index == start[0] else 0)
                if column >= 0:
                    return index, column + len(text) + 2
        return start
