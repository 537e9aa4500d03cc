"""Files come out as a download, never as a page: nothing that somebody added runs or shows in this site.

Only pictures show within a page: those have been drawn anew by us (pictures.py).
"""

import logging
import unicodedata
from urllib.parse import quote

from flask import Blueprint, Response
from flask_babel import gettext as _
from flask_login import current_user

from ..errors import LmsError, NotFound
from ..headers import DOWNLOAD_POLICY
from ..policies import requires
from . import names, services, store
from .models import StoredFile

log = logging.getLogger(__name__)

bp = Blueprint("files", __name__)
bp.add_app_template_filter(names.in_words, "filesize")

# The characters that RFC 5987 allows as they are.
_SAFE = "!#$&+-.^_`|~"


class LostError(LmsError):
    """The row is there and the bytes are not: somebody or something removed them behind our back."""

    status = 410


@bp.get("/bestanden/<int:file_id>/<name>")
@requires("core.use")
def download(file_id: int, name: str) -> Response:
    """One file, under the name that its owner gave it; ``name`` in the address is only for people."""
    stored = services.load_file(current_user, file_id)
    response = _bytes_of(stored)
    as_attachment(response, stored.name)
    return response


@bp.get("/bestanden/<int:file_id>/beeld")
@requires("core.use")
def picture(file_id: int) -> Response:
    """A picture to show within a page, for whoever gets the file. Other kinds of files are not here."""
    stored = services.load_file(current_user, file_id)
    if not stored.is_picture:
        raise NotFound(_("Dit bestand is geen foto."))
    response = _bytes_of(stored)
    response.headers["Content-Security-Policy"] = DOWNLOAD_POLICY
    _under_name(response, "inline", stored.name)
    return response


def as_attachment(response: Response, name: str) -> None:
    """Have a browser save the response under this name (RFC 6266)."""
    _under_name(response, "attachment", name)


def _bytes_of(stored: StoredFile) -> Response:
    try:
        pieces = store.read(stored.key)
    except FileNotFoundError as error:
        log.error("the bytes of file %s are not under %s in %s", stored.id, stored.key, store.place())
        raise LostError(_("De inhoud van dit bestand is er niet meer. Vraag uw beheerder ernaar.")) from error
    response = Response(pieces, mimetype=stored.media_type)
    response.content_length = stored.size
    return response


def _under_name(response: Response, disposition: str, name: str) -> None:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    full = {} if plain == name else {"filename*": f"UTF-8''{quote(name, safe=_SAFE)}"}
    response.headers.set("Content-Disposition", disposition, filename=plain.strip() or "bestand", **full)
