"""What every answer tells the browser: which scripts may run, who may frame or read it, and how long to keep it.

Scripts run by nonce alone. ``strict-dynamic`` is left out on purpose: it would also let a script run that one of ours
puts into the page by accident, such as text that somebody wrote. ``'self'`` is not needed: in Chromium, Firefox and
WebKit a module hands its nonce on to what it imports.
"""

import hashlib
import re
import secrets
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, make_response, request
from flask.typing import ResponseReturnValue

POLICY = (
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "manifest-src 'self'",
)
# A download that a browser shows after all may do nothing: it is not of this site, whatever its address says.
DOWNLOAD_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# Without includeSubDomains: of the other sites under a library's domain we know nothing.
HSTS = "max-age=31536000"
FOREVER = "public, max-age=31536000, immutable"
_STAMP = re.compile(r"v-([0-9a-f]{12})/(.+)", re.DOTALL)


def init_app(app: Flask) -> None:
    """Put the headers on every answer, and a stamp of their content in the addresses of static files."""
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    app.url_defaults(_add_stamp)
    app.url_value_preprocessor(_take_stamp)
    app.after_request(_send)


def csp_nonce() -> str:
    """The nonce of this answer, for the attribute ``nonce`` of a script. A page that asks for none runs no script."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(18)
    return g.csp_nonce


def keep_address(answer: ResponseReturnValue) -> Response:
    """The answer of a page whose address is a key: no page that one goes to from there hears of it."""
    response = make_response(answer)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def is_static() -> bool:
    """Does the request ask for a file of ours that is the same for everybody?"""
    return _folder(request.endpoint or "") is not None


def _send(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", _policy(response))
    location = response.headers.get("Location", "")
    if location.startswith(request.host_url):
        # By its path alone: what stands before it comes from the request, which can claim any host.
        response.headers["Location"] = "/" + location.removeprefix(request.host_url).lstrip("/")
        response.set_data(b"")  # which names the host too
    if request.is_secure or current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    if is_static() and response.status_code < 400:
        if g.get("static_stamp") == _stamp(request.endpoint or ""):
            response.headers["Cache-Control"] = FOREVER
        # Otherwise it is Flask's no-cache: kept, and asked for each time whether it changed.
    else:
        # Nothing of a person stays behind in the cache of a shared computer or of a proxy: no error page either.
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _policy(response: Response) -> str:
    if response.headers.get("Content-Disposition", "").startswith("attachment"):
        return DOWNLOAD_POLICY
    scripts = f"script-src 'nonce-{g.csp_nonce}'" if "csp_nonce" in g else "script-src 'none'"
    return "; ".join((*POLICY[:1], scripts, *POLICY[1:]))


def _add_stamp(endpoint: str, values: dict[str, Any]) -> None:
    # In the path and not in the query: what a style sheet or a module names beside itself then has the stamp too.
    if "filename" in values and _folder(endpoint) is not None:
        values["filename"] = f"v-{_stamp(endpoint)}/{values['filename']}"


def _take_stamp(endpoint: str | None, values: dict[str, Any] | None) -> None:
    found = _STAMP.fullmatch(values.get("filename", "")) if values and _folder(endpoint or "") is not None else None
    if values and found:
        g.static_stamp, values["filename"] = found.groups()


def _folder(endpoint: str) -> str | None:
    """The static folder behind an endpoint: the app's or a blueprint's."""
    name, _dot, last = endpoint.rpartition(".")
    if last != "static":
        return None
    owner = current_app.blueprints.get(name) if name else current_app
    return owner.static_folder if owner else None


def _stamp(endpoint: str) -> str:
    """A hash of all files in the folder. Made once for each process; while debugging each time."""
    known: dict[str, str] = current_app.extensions.setdefault("lms.stamps", {})
    folder = _folder(endpoint) or ""
    if folder not in known or current_app.debug:
        seen = hashlib.sha256()
        for path in sorted(path for path in Path(folder).rglob("*") if path.is_file()):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            seen.update(f"{path.relative_to(folder).as_posix()} {content}\n".encode())
        known[folder] = seen.hexdigest()[:12]
    return known[folder]
