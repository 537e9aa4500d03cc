"""«Beheer»: the runs of the site, their people, and everybody's roles."""

from . import group_pages as group_pages
from . import people_pages as people_pages
from . import run_pages as run_pages
from .blueprint import bp as bp
