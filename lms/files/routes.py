"""Files come out as a download, never as a page: nothing that somebody added runs or shows in this site."""

import unicodedata
from urllib.parse import quote

from flask import Blueprint, Response
from flask_login import current_user

from ..policies import requires
from . import names, services, store

bp = Blueprint("files", __name__)
bp.add_app_template_filter(names.in_words, "filesize")

# The characters that RFC 5987 allows as they are.
_SAFE = "!#$&+-.^_`|~"


@bp.get("/bestanden/<int:file_id>/<name>")
@requires("core.use")
def download(file_id: int, name: str) -> Response:
    """One file, under the name that its owner gave it; ``name`` in the address is only for people."""
    stored = services.load_file(current_user, file_id)
    response = Response(store.read(stored.key), mimetype=stored.media_type)
    as_attachment(response, stored.name)
    response.content_length = stored.size
    return response


def as_attachment(response: Response, name: str) -> None:
    """Have a browser save the response under this name (RFC 6266)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    full = {} if plain == name else {"filename*": f"UTF-8''{quote(name, safe=_SAFE)}"}
    response.headers.set("Content-Disposition", "attachment", filename=plain.strip() or "bestand", **full)
