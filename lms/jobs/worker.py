"""``lms worker``: does the jobs, one after the other, until it is told to stop."""

import logging
import signal
import time

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from ..db import db
from . import routines, services

log = logging.getLogger(__name__)
PAUSE = 1.0  # seconds between two looks at an empty queue
BETWEEN_ROUTINES = 30.0  # seconds between two looks at what comes back by itself
PAUSE_AFTER_FAULT = 5.0  # seconds before the next look at a database that was away


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due now and stop.")
@with_appcontext
def command(once: bool) -> None:
    """Send mails and do other work that waits; runs until it is stopped."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if once:
        routines.run_due()
        done = 0
        while _step(app):
            done += 1
        click.echo(f"{done} jobs done")
        return
    # A list and not an Event: the handler runs in this very thread, where a lock could wait for itself.
    stop: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _frame: stop.append(number))
    next_round = time.monotonic()
    while not stop:
        if time.monotonic() >= next_round:
            _routines(app)
            next_round = time.monotonic() + BETWEEN_ROUTINES
        pause = _careful_step(app)
        if pause and not stop:
            time.sleep(pause)


@click.command("jobs")
@click.option("--retry", is_flag=True, help="Let the worker try them again.")
@with_appcontext
def jobs_command(retry: bool) -> None:
    """List the work that failed and was given up."""
    failed = services.failed_jobs()
    for job in failed:
        click.echo(f"{job.id}  {job.kind}  {job.payload}  {job.error}")
    if retry:
        services.retry_failed()
        db.session.commit()
    click.echo(f"{len(failed)} jobs {'will be tried again' if retry else 'failed'}")


def _step(app: Flask) -> bool:
    # A context for each job: its own session, and no role or setting remembered from the one before.
    with app.app_context():
        return services.run_one()


def _routines(app: Flask) -> None:
    """Do what comes back by itself; a database that is away is back at the next look."""
    try:
        with app.app_context():
            routines.run_due()
    except (SQLAlchemyError, OSError):
        log.exception("the routines cannot be read")


def _careful_step(app: Flask) -> float:
    """Do one job and return how long to wait before the next look, in seconds."""
    try:
        return 0.0 if _step(app) else PAUSE
    except (SQLAlchemyError, OSError):
        log.exception("the queue cannot be read; trying again in %s seconds", PAUSE_AFTER_FAULT)
        return PAUSE_AFTER_FAULT
