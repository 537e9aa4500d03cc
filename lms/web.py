"""What every page shares: the frame around it, the headers on it, and what is shown when something is wrong."""

import logging
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Flask, Request, Response, current_app, g, jsonify, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from gunicorn.http.errors import ParseException
from markupsafe import escape
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import (
    BadRequest,
    ClientDisconnected,
    HTTPException,
    InternalServerError,
    RequestEntityTooLarge,
)
from werkzeug.local import LocalProxy
from werkzeug.routing import IntegerConverter, Map, UnicodeConverter

from . import headers, policies, trouble
from .db import SAFE_METHODS, only_read
from .errors import LmsError, TooMany, Unavailable
from .i18n import words_of_forms
from .registry import registry
from .site.settings import is_demo

if TYPE_CHECKING:
    from .runs.visits import Visit

log = logging.getLogger(__name__)
LARGEST = 2**31 - 1
"""The largest number that the id of a row can have."""
MOST_FIELDS = 5_000
"""Of one form without files; of one with files werkzeug takes a thousand."""
WITHOUT_TOKEN = ("lms.notifications.routes.stop",)
"""Writes that want no token of a form: a mail program presses this button, and its signed address is the proof."""
NOT_TYPED = frozenset({"csrf_token", "password", "revision"})


@dataclass(frozen=True)
class Link:
    """An item of the menu or the footer, ready to draw."""

    label: Any
    url: str
    icon: str = ""
    area: str = ""
    current: bool = False


class RowNumber(IntegerConverter):
    """``<int:…>`` in an address: a number that no row can have is no page, rather than a fault of the database."""

    def __init__(self, url_map: Map, **options: Any) -> None:
        super().__init__(url_map, **{"max": LARGEST, **options})


class Words(UnicodeConverter):
    """``<slug>`` in an address: without the NUL that PostgreSQL refuses."""

    def __init__(self, url_map: Map, *args: Any, **options: Any) -> None:
        super().__init__(url_map, *args, **options)
        self.regex = self.regex.replace("[^/]", r"[^/\0]")


class Typed(ImmutableMultiDict[str, Any]):
    """What came in by a form or an address, without the NUL that PostgreSQL refuses and that nobody types."""

    def __init__(self, mapping: Any = None) -> None:
        found = ImmutableMultiDict(mapping)
        super().__init__((_no_nul(key), _no_nul(value)) for key, value in found.items(multi=True))

    def get(self, key: str, default: Any = None, type: Any = None) -> Any:  # type: ignore[override]
        # A number that no row can have counts as none, as in an address.
        return super().get(key, default, _row_number if type is int else type)


class CleanRequest(Request):
    """A request as the rest of the house may trust it."""

    parameter_storage_class = Typed

    @property
    def wtforms_translations(self) -> Any:
        """Where Flask-WTF looks for the words of forms."""
        return words_of_forms()


def init_app(app: Flask) -> None:
    """Put frame, headers and error pages on every page of the app."""
    app.request_class = CleanRequest
    app.url_map.converters.update({"default": Words, "string": Words, "int": RowNumber})
    csrf = CSRFProtect(app)
    for view in WITHOUT_TOKEN:
        csrf.exempt(view)
    app.context_processor(_frame)
    headers.init_app(app)
    app.register_error_handler(LmsError, _refusal)
    app.register_error_handler(CSRFError, _stale_form)
    for broken in (ParseException, ClientDisconnected):
        app.register_error_handler(broken, _broken_line)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _fault)


def limit_forms(app: Flask) -> None:
    """Refuse what is too much for a form, before anything reads it: a page that says no gives back what was typed."""
    app.before_request(_limit_form)


def menu() -> list[Link]:
    """The items of the main menu that this person may open; the one that the page belongs to is the current one."""
    person = current_user._get_current_object()
    if not person.is_authenticated:
        return []
    items = sorted(registry().all("nav"), key=lambda item: item.position)
    shown = [(item, url_for(item.endpoint)) for item in items if policies.may(person, item.permission)]
    reach = [max((len(p) for p in (url, *item.under) if _below(p)), default=0) for item, url in shown]
    return [
        Link(item.label, url, item.icon, item.area, current=0 < length == max(reach))
        for (item, url), length in zip(shown, reach, strict=True)
    ]


def lookups(visit: "Visit") -> list[Link]:
    """Where this person may look something up beside their work on an activity."""
    return [
        Link(item.label, url_for(item.endpoint, run_id=visit.run.id, slug=visit.activity.slug), item.icon)
        for item in registry().all("lookups")
        if policies.may(visit.person, item.permission)
    ]


def _below(prefix: str) -> bool:
    return request.path == prefix or request.path.startswith(prefix.rstrip("/") + "/")


def wants_json() -> bool:
    """Does a script of ours ask, rather than a person?"""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def typed() -> dict[str, str]:
    """What somebody typed in a form that was refused, so that a page can give it back."""
    if request.method in SAFE_METHODS or request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return {}  # another site's form must not put its words on our page
    if g.get("unreadable"):
        return {}
    return {name: value for name, value in request.form.items() if name not in NOT_TYPED and len(value) > 40}


def _no_nul(value: Any) -> Any:
    return value.replace("\0", "") if isinstance(value, str) else value


def _row_number(text: str) -> int:
    number = int(text)
    if abs(number) > LARGEST:
        raise ValueError(text[:20])
    return number


def _limit_form() -> None:
    # The reader of plain forms takes everything into memory, whatever MAX_FORM_MEMORY_SIZE says, and any number of
    # fields: hundreds of thousands of them take it seconds, also for who has no account.
    if request.mimetype == "application/x-www-form-urlencoded":
        request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]
        if request.get_data().count(b"&") >= MOST_FIELDS:
            g.unreadable = True  # nor does the page that says so
            raise RequestEntityTooLarge


def _frame() -> dict[str, Any]:
    # Looked up only where a template shows them: the page for a fault leaves them out.
    return {
        "nav_items": LocalProxy(menu),
        "footer_items": [
            Link(_("Over Leerplein"), url_for("core.site.about")),
            Link(_("Privacy"), url_for("core.site.privacy")),
            Link(_("Toegankelijkheid"), url_for("core.site.accessibility")),
        ],
        "demo": LocalProxy(is_demo),
        "site_name": current_app.config["SITE_NAME"],
        "lookups": lookups,
        "may": lambda permission: policies.may(current_user, permission),
    }


def _refusal(error: LmsError, *, bare: bool = False) -> Any:
    response = _page(error.status, str(error), bare=bare)
    if isinstance(error, (TooMany, Unavailable)):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _stale_form(_error: CSRFError) -> Any:
    return _page(400, _("Dit formulier is verlopen. Open de pagina opnieuw en probeer het nog een keer."))


def _broken_line(_error: Exception) -> Any:
    # What came after it on this line cannot be told apart from a next request.
    g.unreadable = True
    response = _http_error(BadRequest())
    response.headers["Connection"] = "close"
    return response


def _http_error(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    if isinstance(error, InternalServerError) and error.original_exception is not None:
        return _fault(error.original_exception)  # raised after the view, where Flask wraps it
    sentences = {
        400: _("De browser stuurde iets wat we niet begrijpen. Ga terug en probeer het nog een keer."),
        401: _("U bent niet aangemeld, of uw sessie is verlopen. Meld u aan en probeer het nog een keer."),
        403: _("Uw account mag dit niet openen. Vraag uw beheerder als u het wel nodig hebt."),
        404: _("Deze pagina staat niet op de plank."),
        405: _("Deze pagina kan dit niet. Ga terug en probeer het via de knop op de pagina."),
        413: _("Dit is te groot om te versturen. Kies kleinere bestanden of minder tekst tegelijk."),
        429: _("Te veel pogingen. Wacht even en probeer het nog een keer."),
    }
    return _page(error.code, sentences.get(error.code) or sentences[400], headers=error.get_headers())


def _fault(error: BaseException) -> Any:
    """A fault of ours: logged with an id that the page shows, so that a helpdesk can find it."""
    only_read()
    refusal = trouble.refusal(error)
    if refusal is not None:
        log.error("%s at %s %s: %s", type(refusal).__name__, request.method, request.path, error)
        return _refusal(refusal, bare=True)
    code = f"L{secrets.randbelow(10)}-{secrets.randbelow(10_000):04d}"
    g.fault = code
    extra = {"lms": {"fault": code}}
    log.error("fault %s at %s %s", code, request.method, request.path, exc_info=error, extra=extra)
    sentence = _("Er ging bij ons iets mis. Probeer het straks nog een keer.")
    return _page(500, sentence, code=code, bare=True)


def _title(status: int) -> str:
    titles = {
        401: _("Meld u aan"),
        403: _("U mag dit niet openen"),
        404: _("Niet gevonden"),
        409: _("Dit kan nu niet"),
        413: _("Te groot"),
        429: _("Even wachten"),
        500: _("Er ging iets mis"),
        503: _("Even wachten"),
        507: _("Er is geen ruimte meer"),
    }
    return titles.get(status) or _("Dat lukt niet")


def _page(status: int, sentence: str, *, code: str = "", headers: Any = (), bare: bool = False) -> Response:
    # What the failed request did to the database must not reach the page, let alone be kept.
    if not g.get("keep"):
        only_read()
    if wants_json():
        response = jsonify(message=sentence)
    else:
        # The bare page, for a fault of ours, asks the database nothing: that may be what is broken.
        template = "errors/500.html" if bare else {404: "errors/404.html"}.get(status, "errors/error.html")
        try:
            frame = {"demo": False, "nav_items": ()} if bare else {}
            if bare and "_login_user" not in g:  # every template is told who is here, which would be asked
                g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]
            html = render_template(template, title=_title(status), text=sentence, code=code, typed=typed(), **frame)
        except Exception:
            log.exception("the error page failed too")
            html = f'<!doctype html><html lang="nl"><title>Fout</title><p>{escape(sentence)}</p></html>'
        response = Response(html, mimetype="text/html")
    response.status_code = status
    for name, value in headers:
        if name.lower() in {"allow", "retry-after"}:
            response.headers[name] = value
    return response
