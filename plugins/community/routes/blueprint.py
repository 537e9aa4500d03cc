"""The blueprint, with the words that its templates use."""

from typing import Any

from flask import Blueprint

from .. import gates, words
from ..kinds import KINDS
from ..models import Community

bp = Blueprint("community", __name__, url_prefix="/community", template_folder="../templates")


@bp.context_processor
def _words() -> dict[str, Any]:
    return {"words": words, "record_kinds": KINDS, "needed": _needed}


def _needed(community: Community) -> str:
    """What the next step needs, in one sentence: it stands on each page of a community."""
    return gates.in_one_sentence(community, gates.missing(community))
