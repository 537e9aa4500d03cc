"""The page that Prometheus asks."""

import hmac

from flask import Blueprint, Response, abort, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST

from ..policies import public

bp = Blueprint("watch", __name__)


@bp.get("/metrics")
@public
def metrics() -> Response:
    """The figures, for who has the token. Without a token in the settings there is no such page."""
    token = current_app.config["METRICS_TOKEN"]
    if not token:
        abort(404)
    kind, _space, given = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), token.encode()):
        # Plain words: a page with a frame would ask the database who is here.
        return Response("Unauthorized\n", 401, {"WWW-Authenticate": "Bearer"}, mimetype="text/plain")
    return Response(current_app.extensions["lms.figures"].text(), content_type=CONTENT_TYPE_LATEST)
