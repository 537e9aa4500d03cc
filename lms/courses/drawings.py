"""The drawings of a course: SVG from its folder, checked strictly and set into the text itself.

In the page they take their colours from ``drawings.css`` and follow the theme. Nothing is mended here: what a drawing
may not have is refused with its line, so that an editor sees in the file what a reader sees on the page.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from xml.parsers import expat

from flask_babel import gettext as _

from .fields import MAX_SLUG, SLUG, bad_slug
from .reading import Unreadable, read_text
from .report import Report, shown

FOLDER = "tekeningen"
STYLES = Path(__file__).parents[1] / "static" / "css" / "drawings.css"
SVG = "http://www.w3.org/2000/svg"
MAX_CHARACTERS = 40_000
MAX_WIDTH = 360
COLUMN = 343
"""Pixels that a text is wide on a phone of 375: a wider drawing shrinks to it, and its letters with it."""
READABLE = 13

SHAPES = frozenset({"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"})
WORDS = frozenset({"text", "tspan", "title", "desc"})
ELEMENTS = SHAPES | WORDS | {"svg", "g", "defs", "marker"}
ATTRIBUTES = frozenset({
    "class", "id", "transform", "viewBox", "x", "y", "x1", "y1", "x2", "y2", "dx", "dy", "cx", "cy", "r", "rx", "ry",
    "width", "height", "d", "points", "text-anchor", "dominant-baseline", "stroke-width", "stroke-dasharray",
    "stroke-linecap", "stroke-linejoin", "marker-start", "marker-mid", "marker-end", "markerWidth", "markerHeight",
    "markerUnits", "refX", "refY", "orient",
})  # fmt: skip
_VIEW_BOX = re.compile(r"0 0 (\d+(?:\.\d+)?) (\d+(?:\.\d+)?)")
_MARKER = re.compile(r"url\(#([^()]+)\)")
_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
# Stands before each id, and becomes a word of its own for each place where the drawing is shown.
_HERE = "\N{OBJECT REPLACEMENT CHARACTER}"


@dataclass(frozen=True)
class Drawing:
    """One drawing: its file, its size, and what stands between the tags of its <svg>."""

    file: Path
    width: str
    height: str
    inner: str

    def figure(self, alt: str, caption: str, place: int) -> str:
        """The drawing in a page; ``place`` is another for each drawing in a text."""
        below = f"<figcaption>{escape(caption, quote=False)}</figcaption>" if caption else ""
        return (
            f'<figure class="lp-drawing"><svg role="img" aria-label="{escape(alt)}" width="{self.width}" '
            f'height="{self.height}" viewBox="0 0 {self.width} {self.height}">'
            f"{self.inner.replace(_HERE, f'{self.file.stem}-{place}-')}</svg>{below}</figure>\n"
        )


def read_drawings(folder: Path, report: Report) -> dict[str, Drawing | None]:
    """The drawings of a course by name; None for one that cannot be shown, which is in the report."""
    found: dict[str, Drawing | None] = {}
    place = folder / FOLDER
    for name in sorted(os.listdir(place)) if os.path.isdir(place) else ():
        file = place / name
        if file.suffix != ".svg" or name.startswith("."):
            continue
        if not SLUG.fullmatch(file.stem) or len(file.stem) > MAX_SLUG:
            report.error(file, 1, bad_slug(_("De naam"), file.stem))
            continue
        try:
            text = read_text(file)
        except Unreadable as error:
            report.error(file, error.line, str(error))
            found[file.stem] = None
            continue
        found[file.stem] = _Reader(file, text, report).read()
    return found


class _Reader:
    """Goes through one drawing and writes it down again, from what it knows alone."""

    def __init__(self, file: Path, text: str, report: Report) -> None:
        self.file = file
        self.text = text
        self.report = report
        self.wrong = False
        self.size = ("", "")
        self.open: list[tuple[str, frozenset[str]]] = []  # the elements around this one with the classes that reach it
        self.out: list[str] = []
        self.ids: set[str] = set()
        self.used: list[tuple[str, int]] = []
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.ProcessingInstructionHandler = self._instruction

    def read(self) -> Drawing | None:
        if len(self.text) > MAX_CHARACTERS:
            self._error(_("Deze tekening is te groot: ten hoogste %(most)s tekens.", most=MAX_CHARACTERS), 1)
            return None
        try:
            self.parser.Parse(self.text, True)
        except expat.ExpatError as error:
            self._error(_("Dit is geen goede SVG (%(problem)s).", problem=expat.ErrorString(error.code)), error.lineno)
        except _Stop:
            return None
        for name, line in self.used:
            if name not in self.ids:
                self._error(_("Er is geen onderdeel met id %(name)s in deze tekening.", name=shown(name)), line)
        return None if self.wrong else Drawing(self.file, *self.size, "".join(self.out))

    def _error(self, sentence: str, line: int = 0) -> None:
        self.wrong = True
        self.report.error(self.file, line or self.parser.CurrentLineNumber, sentence)

    def _doctype(self, *_args: object) -> None:
        self._error(_("Een tekening heeft geen DOCTYPE en geen entiteiten. Haal die weg."))
        raise _Stop

    def _instruction(self, target: str, _data: str) -> None:
        self._error(_("%(what)s kan niet in een tekening. Haal het weg.", what=shown(f"<?{target}")))

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag not in ELEMENTS or (tag == "svg") == bool(self.open):
            self._error(_("%(what)s kan niet in een tekening. Wel kan: %(known)s.", what=shown(f"<{tag}>"),
                          known=", ".join(sorted(ELEMENTS))))  # fmt: skip
        if not self.open:
            self._root(attributes)
        classes = frozenset(attributes.get("class", "").split())
        around = self.open[-1][1] if self.open else frozenset()
        self.open.append((tag, around | classes))
        self._classes(tag, classes, around)
        written = "".join(self._attribute(tag, name, value) for name, value in attributes.items())
        if len(self.open) > 1:
            self.out.append(f"<{tag}{written}>")

    def _end(self, tag: str) -> None:
        self.open.pop()
        if self.open:
            self.out.append(f"</{tag}>")

    def _characters(self, words: str) -> None:
        if self.open and self.open[-1][0] in WORDS:
            self.out.append(escape(words, quote=False))
        elif words.strip():
            self._error(_("Tekst staat in een tekening in <text>, <tspan>, <title> of <desc>."))

    def _root(self, attributes: dict[str, str]) -> None:
        if attributes.pop("xmlns", "") != SVG:
            self._error(_('Begin de tekening met <svg xmlns="%(svg)s" viewBox="0 0 360 240">.', svg=SVG))
        box = _VIEW_BOX.fullmatch(attributes.pop("viewBox", ""))
        if box is None:
            self._error(_('De tekening heeft een viewBox nodig die met 0 0 begint, zoals viewBox="0 0 360 240".'))
            return
        self.size = (box[1], box[2])
        if float(box[1]) > MAX_WIDTH:
            self._error(_("De tekening is %(width)s breed. Maak haar ten hoogste %(most)s breed: anders is de tekst "
                          "op een telefoon niet te lezen.", width=box[1], most=MAX_WIDTH))  # fmt: skip

    def _classes(self, tag: str, classes: frozenset[str], around: frozenset[str]) -> None:
        known = font_sizes()
        for name in sorted(classes - known.keys()):
            self._error(_("De klasse %(name)s bestaat niet in drawings.css.", name=shown(name)))
        here = classes | around
        if tag in SHAPES | {"text"} and not here:
            self._error(_("<%(tag)s> heeft geen klasse. Geef het een kleur met een klasse uit drawings.css.", tag=tag))
        elif tag == "text":
            # The nearest classes win, and of those the smallest letter: what may be too small is looked at.
            sizes = [known[name] for name in classes if known.get(name)] or [
                known[name] for name in around if known.get(name)
            ]
            width = max(float(self.size[0] or 0), COLUMN)
            if not sizes:
                self._error(_("Deze tekst heeft geen klasse die haar grootte bepaalt, zoals dr-text of dr-small."))
            elif min(sizes) * COLUMN / width < READABLE:
                self._error(_("Deze tekst is op een telefoon kleiner dan %(least)s pixels. Kies een klasse met grotere "
                              "letters of maak de tekening smaller.", least=READABLE))  # fmt: skip

    def _attribute(self, tag: str, name: str, value: str) -> str:
        if name not in ATTRIBUTES or (len(self.open) == 1 and name not in {"class", "id"}):
            hint = _("Kleuren komen van een klasse.") if name in {"fill", "stroke", "style", "color"} else ""
            what = {"name": shown(name), "tag": tag}
            self._error(" ".join((_("%(name)s kan niet bij <%(tag)s> in een tekening.", **what), hint)).strip())
        elif name == "id":
            if not _ID.fullmatch(value):
                self._error(_("Een id begint met een letter en heeft alleen letters, cijfers en streepjes."))
            elif value in self.ids:
                self._error(_("De id %(name)s staat twee keer in deze tekening.", name=shown(value)))
            self.ids.add(value)
            return f' id="{_HERE}{value}"'
        elif name.startswith("marker-"):
            found = _MARKER.fullmatch(value)
            if found is None:
                self._error(_("%(name)s wijst naar een pijlpunt in de tekening zelf, zoals url(#pijl).", name=name))
                return ""
            self.used.append((found[1], self.parser.CurrentLineNumber))
            return f' {name}="url(#{_HERE}{escape(found[1])})"'
        elif "url(" in value.lower() or _HERE in value:
            self._error(_("De waarde van %(name)s kan niet in een tekening.", name=name))
        return f' {name}="{escape(value)}"'


class _Stop(Exception):
    """Nothing behind this is worth reading."""


@cache
def font_sizes() -> dict[str, float]:
    """Each class of drawings.css with the letters it gives on a phone, in pixels; 0 for a class without letters."""
    sizes: dict[str, float] = {}
    own: dict[str, float] = {}
    for selector, declarations in _rules(STYLES.read_text(encoding="utf-8")):
        font = re.search(r"font(?:-size)?:[^;]*?(\d+(?:\.\d+)?)px", declarations)
        for one in selector.split(","):
            for name in re.findall(r"\.([A-Za-z][\w-]*)", one):
                sizes.setdefault(name, 0)
            simple = re.fullmatch(r"(\.lp-drawing )?\.([\w-]+)", one.strip())
            if simple and font:
                (own if simple[1] else sizes)[simple[2]] = float(font[1])
    return sizes | own


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """The rules that hold for every screen: what stands in @media is for some."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", css)
    for found in re.finditer(r"([^{}]+)\{([^{}]*)\}", css):
        yield found[1], found[2]
