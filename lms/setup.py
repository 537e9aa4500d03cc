"""The data that a site needs before its first visitor: vocabularies, what plugins bring, courses."""

from .courses.loader import load_folder
from .registry import registry
from .vocabularies import services as vocabularies


def load_reference_data() -> list[str]:
    """Load what is not there yet, in one transaction that the caller commits; returns a line for each thing."""
    lines = []
    for source in registry().all("vocabularies"):
        added = vocabularies.load(source.file)
        lines.append(f"vocabularies of {source.file.name}: {added} new terms")
    for setup in registry().all("setup"):
        setup.load()
        lines.append(str(setup.label))
    for content in registry().all("courses"):
        lines.append(load_folder(content.folder).summary())
    return lines
