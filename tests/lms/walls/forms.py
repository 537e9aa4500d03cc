"""Reading pages as an attacker does: which forms are there, and what do they ask."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin


@dataclass
class Form:
    """A form that posts: its address, its fields with what stands in them, and which of them are for files, for text,
    or for a number, a day or an hour."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    free: set[str] = field(default_factory=set)
    counts: set[str] = field(default_factory=set)


class _Forms(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.forms: dict[str, Form] = {}
        self.open: Form | None = None
        self.textarea = ""

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        attrs = {name: value or "" for name, value in pairs}
        if tag == "form":
            self.open = None
            if attrs.get("method", "").lower() == "post":
                self.open = Form(urljoin(self.url, attrs.get("action") or self.url))
                self.forms[attrs.get("id", f"#{len(self.forms)}")] = self.open
        form = self.forms.get(attrs.get("form", ""), self.open)
        name = attrs.get("name")
        if form is None or not name:
            return
        if tag == "textarea":
            form.free.add(name)
            form.fields.setdefault(name, "")
            self.textarea = name
        elif tag == "input" and attrs.get("type") == "file":
            form.files.add(name)
        elif tag == "input" and attrs.get("type") in {"checkbox", "radio"}:
            if "checked" in attrs or name not in form.fields:
                form.fields[name] = attrs.get("value", "on")
        elif tag in {"input", "button"}:
            form.fields.setdefault(name, attrs.get("value", ""))
            if tag == "input" and attrs.get("type", "text") in {"text", "email", "url", "search", "tel", ""}:
                form.free.add(name)
            elif tag == "input" and attrs.get("type") in {"number", "date", "time", "month"}:
                form.counts.add(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "textarea":
            self.textarea = ""

    def handle_data(self, data: str) -> None:
        if self.textarea and self.open is not None:
            self.open.fields[self.textarea] = self.open.fields.get(self.textarea, "") + data.lstrip("\n")


def forms_of(url: str, html: str) -> list[Form]:
    """The forms of a page that post, with all their fields."""
    page = _Forms(url)
    page.feed(html)
    return list(page.forms.values())
