"""What templates call hundreds of times for a page, made cheap: words, links and icons.

Each is the same as what it takes the place of; docs/bench.md has what that saves.
"""

from collections.abc import Callable, Mapping, MutableMapping
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, has_request_context, request
from flask.templating import Environment
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from jinja2.runtime import Macro
from markupsafe import Markup, escape

from .drawings import draw_books

MOST_LINKS = 8192  # remembered for each process: some 200 bytes each
MOST_DRAWN = 4096  # pieces remembered for each process: some 500 bytes each
_PLAIN = (str, int)


class PlainGlobals(Environment):
    """Flask's environment, whose templates share one plain dictionary of globals.

    Jinja gives each template a chain of two, of which the first is always empty here; every import and every include
    then goes through all names in slow steps, some five times for a page.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals


class LinkingFlask(Flask):
    """Flask that remembers the addresses it made: the same page with the same values has the same one.

    A blueprint with defaults of its own (``url_defaults``) may make them differ each time; then nothing is remembered.
    """

    jinja_environment = PlainGlobals

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._links: dict[Any, str] = {}

    def url_for(
        self,
        /,
        endpoint: str,
        *,
        _anchor: str | None = None,
        _method: str | None = None,
        _scheme: str | None = None,
        _external: bool | None = None,
        **values: Any,
    ) -> str:
        whole = _anchor or _method or _scheme or _external  # the host is what the visitor says it is
        if whole or not has_request_context() or not self._is_plain(endpoint, values):
            more = {"_anchor": _anchor, "_method": _method, "_scheme": _scheme, "_external": _external}
            return super().url_for(endpoint, **more, **values)  # type: ignore[arg-type]
        key = request.root_path, endpoint, *values.items()
        known = self._links.get(key)
        if known is None:
            if len(self._links) >= MOST_LINKS:
                self._links.clear()
            known = self._links[key] = super().url_for(endpoint, **values)
        return known

    def _is_plain(self, endpoint: str, values: dict[str, Any]) -> bool:
        """Does the address depend on nothing else than the endpoint and these values?"""
        return (
            endpoint[:1] != "."  # of the blueprint at hand
            and len(self.url_default_functions) <= 1  # the app's own: the stamps of static files
            and not self.debug  # where these change
            and all(type(value) in _PLAIN for value in values.values())
        )


def init_app(app: Flask) -> None:
    """Put words and icons where templates find them. After Babel, whose own functions these replace."""
    words = app.extensions["babel"].instance.domain_instance

    @pass_eval_context
    def gettext(context: EvalContext, string: str, /, **variables: Any) -> str:
        return _filled(context, words.get_translations().ugettext(string), variables)

    @pass_eval_context
    def ngettext(context: EvalContext, singular: str, plural: str, number: int, /, **variables: Any) -> str:
        variables.setdefault("num", number)
        return _filled(context, words.get_translations().ungettext(singular, plural, number), variables)

    app.jinja_env.globals.update(
        _=gettext,
        gettext=gettext,
        ngettext=ngettext,
        icon_drawer=icon_drawer,
        drawn_once=drawn_once,
        draw_books=draw_books,
    )


def drawn_once(macro: Macro, *values: Any) -> str:
    """What a macro makes of these values, remembered for each process: ``{{ drawn_once(row, url, title) }}``.

    For what many pages show in the same way, such as the rows of a course. The macro may use nothing but its values,
    which are plain, and has a name of its own. Nothing of a person goes in: what is remembered outlives an account.
    """
    if current_app.debug:  # where templates change
        return macro(*values)
    known: dict[Any, str] = current_app.extensions.setdefault("lms.drawn", {})
    key = macro.name, values
    drawn = known.get(key)
    if drawn is None:
        if len(known) >= MOST_DRAWN:
            known.clear()
        drawn = known[key] = macro(*values)
    return drawn


def icon_drawer(paths: Mapping[str, str], aliases: Mapping[str, str], unknown: str) -> Callable[..., Markup]:
    """The function ``icon(name, class="")`` of ``macros/icons.html``. Every drawing is made once."""

    @lru_cache(maxsize=1024)
    def icon(name: str | None, css_class: str = "") -> Markup:
        name = name or ""
        drawing = Markup(paths.get(aliases.get(name, name), unknown))  # noqa: S704 (our own drawings)
        classes = f"lp-icon {css_class}" if css_class else "lp-icon"
        frame = Markup('<svg class="{}" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{}</svg>')
        return frame.format(classes, drawing)

    return icon


def _filled(context: EvalContext, text: str, variables: dict[str, Any]) -> str:
    """Fill the text in as Jinja does: it is a format, also without variables, and what is filled in is escaped."""
    if not context.autoescape:
        return text % variables
    if "%" not in text:
        return Markup(text)  # noqa: S704 (our own words)
    safe = {name: value if type(value) is int else escape(value) for name, value in variables.items()}
    return Markup(text % safe)  # noqa: S704
