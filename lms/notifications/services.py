"""Telling people."""

from typing import Any


def deliver(payload: dict[str, Any]) -> None:
    """Send one mail."""
