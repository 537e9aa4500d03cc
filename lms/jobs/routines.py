"""Work that comes back by itself: each routine is done once a period, by whichever worker is first."""

import logging
from datetime import timedelta

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from ..clock import now
from ..db import db
from ..plugins import Routine
from ..registry import registry
from .models import RoutineTurn

log = logging.getLogger(__name__)
AGAIN = timedelta(minutes=5)
"""How soon a routine that failed, or whose worker was killed, is tried again."""


def run_due() -> int:
    """Do the routines that are due; returns how many were done. One that fails holds up no other."""
    return sum(_run(routine) for routine in registry().all("routines"))


def _run(routine: Routine) -> bool:
    began = now()
    if not _claim(routine):
        return False
    try:
        routine.run()
        # Gone if a restore ran meanwhile: then it is simply due again.
        turn = db.session.get(RoutineTurn, routine.key)
        if turn is not None:
            turn.due_at = began + routine.every
        db.session.commit()
    except Exception:
        log.exception("routine %s failed", routine.key)
        db.session.rollback()
        return False
    return True


def _claim(routine: Routine) -> bool:
    """Take the turn if it is there to take. A short transaction of its own, so that others go on meanwhile."""
    found = select(RoutineTurn).where(RoutineTurn.key == routine.key)
    turn = db.session.scalar(found.with_for_update(skip_locked=True))
    if turn is not None and turn.due_at <= now():
        turn.due_at = now() + min(AGAIN, routine.every)
        db.session.commit()
        return True
    db.session.rollback()
    return turn is None and _claim_first(routine)


def _claim_first(routine: Routine) -> bool:
    try:
        db.session.execute(insert(RoutineTurn).values(key=routine.key, due_at=now() + min(AGAIN, routine.every)))
        db.session.commit()
    except IntegrityError:  # it has a row, which another worker holds, or has made just now
        db.session.rollback()
        return False
    return True
