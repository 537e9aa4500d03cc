"""The blueprint of «Beheer». It has no prefix: what trainers do too stands under ``/runs/``."""

from flask import Blueprint

bp = Blueprint("admin", __name__)
