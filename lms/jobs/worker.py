"""``lms worker``: does the jobs, one after the other, until it is told to stop."""

import signal
import threading

import click
from flask.cli import with_appcontext

from .services import run_due

PAUSE = 2.0  # seconds between two looks at an empty queue


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due now and stop.")
@with_appcontext
def command(once: bool) -> None:
    """Send mails and do other work that waits; runs until it is stopped."""
    stop = threading.Event()
    if not once:
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
    while not stop.is_set():
        done = run_due()
        if once:
            click.echo(f"{done} jobs done")
            return
        stop.wait(PAUSE)
