"""The pages of the communities. Each module adds its own to the one blueprint."""

from . import calendar as calendar
from . import network as network
from . import programmes as programmes
from . import records as records
from . import steps as steps
from .blueprint import bp

__all__ = ["bp"]
