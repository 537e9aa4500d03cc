"""The pages of the communities. Each module adds its own to the one blueprint."""

from . import calendar, network, programmes, records, steps
from .blueprint import bp

__all__ = ["bp", "calendar", "network", "programmes", "records", "steps"]
