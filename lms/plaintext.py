"""Text for where no page is: our own clean HTML in a mail, and words in a cell of a sheet."""

import re
from html.parser import HTMLParser

_BLOCKS = frozenset({"p", "h2", "h3", "h4", "blockquote", "pre", "ul", "ol", "dl", "table", "hr"})
_LINES = frozenset({"li", "tr", "dt", "dd"})
# What makes a spreadsheet calculate, also in the wide signs of Asian keyboards.
_FORMULA = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def cell(text: str) -> str:
    """The text for in a sheet: one that a spreadsheet would take for a formula gets a quote before it."""
    return f"'{text}" if text[:1] in _FORMULA else text


def from_cell(text: str) -> str:
    """The text of which :func:`cell` made this."""
    return text[1:] if text[:1] == "'" and text[1:2] in _FORMULA else text


def from_html(html: str) -> str:
    """The text of HTML that ``lms.html`` made: paragraphs, lists with dashes or numbers, links with their address."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [line.rstrip() for line in "".join(reader.parts).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._lists: list[int | None] = []  # the next number of each list that is open; None for dashes
        self._links: list[tuple[str, int]] = []  # address, and where its words begin
        self._as_typed = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in {"ul", "ol"}:
            self._break(1 if self._lists else 2)
            self._lists.append(int(given.get("start") or 1) if tag == "ol" else None)
        elif tag == "li":
            self._break(1)
            self.parts.append("  " * (len(self._lists) - 1) + self._mark())
        elif tag == "br":
            self.parts.append("\n")
        elif tag in {"td", "th"}:
            if self.parts and not self.parts[-1].endswith("\n"):
                self.parts.append(" | ")
        elif tag == "a":
            self._links.append((given.get("href") or "", len(self.parts)))
        elif tag in _LINES:
            self._break(1)
        elif tag in _BLOCKS and not self._begins_item():
            self._break(2)
        self._as_typed += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if tag in {"ul", "ol"} and self._lists:
            self._lists.pop()
        self._as_typed -= tag == "pre"
        if tag == "a" and self._links:
            address, begin = self._links.pop()
            address = address.removeprefix("mailto:")
            if address and address != "".join(self.parts[begin:]):
                self.parts.append(f" ({address})")
        elif tag in _BLOCKS:
            self._break(1 if self._lists else 2)

    def handle_data(self, data: str) -> None:
        if self._as_typed:
            self.parts.append(data)
            return
        # A line break in the source stays: people who write plain text mean it.
        text = re.sub(r"[ \t]+", " ", data)
        if not self.parts or self.parts[-1].endswith("\n"):
            text = text.lstrip()
        elif not text.strip():
            text = text.replace("\n", "")
        self.parts += [text] if text else []

    def _mark(self) -> str:
        number = self._lists[-1] if self._lists else None
        if number is None:
            return "- "
        self._lists[-1] = number + 1
        return f"{number}. "

    def _begins_item(self) -> bool:
        """Is this the paragraph that an item of a list begins with?"""
        return bool(self.parts) and re.fullmatch(r" *(- |\d+\. )", self.parts[-1]) is not None

    def _break(self, count: int) -> None:
        """End the line, or with 2 the paragraph."""
        if not self.parts:
            return
        written = "".join(self.parts[-3:])
        self.parts.append("\n" * max(0, count - (len(written) - len(written.rstrip("\n")))))
