"""The data that a site needs before its first visitor: vocabularies, what plugins bring, courses."""

from .courses.loader import load_folder
from .db import db
from .registry import registry
from .vocabularies import editing, loading


def load_reference_data() -> list[str]:
    """Load what is not there yet, in one transaction that the caller commits; returns a line for each thing."""
    lines = []
    for source in registry().all("vocabularies"):
        added, corrected = loading.load(source.file)
        lines.append(f"vocabularies of {source.file.name}: {added} new terms, {corrected} corrected")
    for setup in registry().all("setup"):
        setup.load()
        lines.append(str(setup.label))
    for content in registry().all("courses"):
        lines.append(load_folder(content.folder).summary())
    db.session.flush()
    editing.follow_all()  # also for what the plugins have just brought
    return lines
