"""The selection as a file."""

from collections.abc import Iterator
from typing import IO

from flask import Response, request
from flask.typing import ResponseReturnValue

from lms.api import NotFound, current_user, public, today
from lms.api import gettext as _

from .facets import Selection, Words
from .routes import bp
from .search.finding import Search
from .transfer import exporting


@bp.get("/bestand.<kind>")
@public
def export(kind: str) -> ResponseReturnValue:
    """What the filters and words of this address select, as CSV, XLSX or JSON."""
    if kind not in exporting.KINDS:
        raise NotFound(_("Kies csv, xlsx of json."))
    words = Words()
    selection = Selection.read(request.args.get("q", ""), request.args.getlist, words)
    file = exporting.write(Search(selection, words, current_user), kind)
    answer = Response(_pieces(file), content_type=exporting.TYPES[kind])
    answer.call_on_close(file.close)  # also when nobody reads it to the end, or asks for the head alone
    answer.headers["Content-Disposition"] = f"attachment; filename=kennisbank-{today().isoformat()}.{kind}"
    return answer


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(64 * 1024):
            yield piece
