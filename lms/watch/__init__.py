"""What those who run the site see of it: a line for each request, and figures for Prometheus.

Both are off until they are asked for (LMS_LOG, LMS_METRICS_TOKEN); a request id is always there.
"""

import re
import time
from uuid import uuid4

from flask import Flask, Response, current_app, g, has_request_context, request
from sqlalchemy import event, inspect

from ..db import db
from . import logs
from .metrics import Figures

__all__ = ["init_app", "watch_database"]
HEADER = "X-Request-ID"
# What a proxy may hand us: it ends up in logs, so nothing that could forge a line or break a page that shows them.
_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")


def init_app(app: Flask) -> None:
    """Watch every request from its very beginning to its very end. Call it before anything else hangs on the app."""
    logs.init_app(app)
    if app.config["METRICS_TOKEN"]:
        app.extensions["lms.figures"] = Figures()
    app.before_request(_begin)
    app.after_request(_end)  # the first to be added is the last to be called: after the commit


def watch_database(app: Flask) -> None:
    """Count the queries of each request, if there is a line to put them in. Call it when the database is bound."""
    if app.config["LOG"]:
        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", _count)


def _begin() -> None:
    given = request.headers.get(HEADER, "")
    g.request_id = given if _GIVEN.fullmatch(given) else uuid4().hex
    g.begun = time.perf_counter()
    g.queries = 0


def _end(response: Response) -> Response:
    response.headers[HEADER] = g.request_id
    seconds = time.perf_counter() - g.begun
    figures: Figures | None = current_app.extensions.get("lms.figures")
    if figures is not None:
        figures.note(request.endpoint, request.method, response.status_code, seconds)
    if current_app.config["LOG"]:
        logs.request_line(response.status_code, seconds, _person_id())
    return response


def _person_id() -> int | None:
    """Who asked, by number. Read from the object's identity: its columns may need a query after the commit."""
    state = inspect(g.get("_login_user"), raiseerr=False)
    return state.identity[0] if state is not None and state.identity else None


def _count(*_args: object) -> None:
    if has_request_context() and "queries" in g:
        g.queries += 1
