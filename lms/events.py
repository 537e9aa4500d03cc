"""Events are heard inside the transaction of what caused them, so both are kept or neither is.

A listener may write rows or jobs and nothing else: what leaves the house is a job.
"""

from typing import Any

from blinker import Namespace
from flask import Flask, current_app

from .plugins import Listener

_signals = Namespace()


def send(name: str, **carried: Any) -> None:
    """Tell the listeners of this app that something happened."""
    _signals.signal(name).send(current_app._get_current_object(), **carried)  # type: ignore[attr-defined]


def connect(app: Flask, listener: Listener) -> None:
    """Let a listener hear its event in this app only."""

    def receive(_sender: Flask, **carried: Any) -> None:
        listener.handle(**carried)

    # Kept on the app: blinker holds it weakly, so it dies with the app and two apps never hear each other.
    app.extensions.setdefault("lms.receivers", []).append(receive)
    _signals.signal(listener.event).connect(receive, sender=app)
