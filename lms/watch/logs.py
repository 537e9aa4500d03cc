"""One line for each request and for each thing that went wrong; as JSON, a line is an object that tools can search.

A person is a number here and never a name, an address or what they typed.
"""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

from flask import Flask, g, has_request_context, request

from ..errors import ConfigError

log = logging.getLogger("lms.request")
FORMS = ("", "text", "json")
EXTRA = "lms"
"""``log.error("…", extra={EXTRA: {"fault": "L3-0042"}})`` adds fields to the line."""


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON: time (UTC), level, logger, message, request id, what was added, the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_request_context() and "request_id" in g:
            line["request_id"] = g.request_id
        line |= getattr(record, EXTRA, {})
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class _Handler(logging.StreamHandler):
    """Ours, to be found again: a second app in this process adds no second one."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)


def init_app(app: Flask) -> None:
    """Write to standard error as LMS_LOG says. Without it nothing changes: errors only, as Python writes them.

    Raises ConfigError for a word that we do not know.
    """
    form = app.config["LOG"]
    if form not in FORMS:
        raise ConfigError(f"LMS_LOG must be text or json, not {form!r}.")
    everything = logging.getLogger()  # what libraries have to say is a line of the same form
    for handler in [one for one in everything.handlers if isinstance(one, _Handler)]:
        everything.removeHandler(handler)
    if not form:
        return
    handler = _Handler()
    handler.setFormatter(
        JsonFormatter() if form == "json" else logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    )
    everything.addHandler(handler)
    logging.getLogger("lms").setLevel(logging.INFO)


def request_line(status: int, seconds: float, person: int | None) -> None:
    """The line of one request. The path stays out: it may hold a key (a reset, an invitation)."""
    fields = {
        "method": request.method,
        "endpoint": request.endpoint or "",
        "status": status,
        "ms": round(seconds * 1000, 1),
        "queries": g.queries,
        "person": person,
    }
    if "fault" in g:
        fields["fault"] = g.fault
    words = " ".join(f"{name}={value}" for name, value in fields.items() if value not in ("", None))
    log.info("%s id=%s", words, g.request_id, extra={EXTRA: fields})
