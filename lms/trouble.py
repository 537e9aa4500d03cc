"""When the database cannot go on although nobody did anything wrong: which refusal of ours that is, and its words."""

import errno
import re
import sqlite3

import psycopg
from flask_babel import gettext as _
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm.exc import ObjectDeletedError

from .errors import Conflict, Full, LmsError, Unavailable

_BUSY_SQLITE = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
# The second: a process that starts on a full disk finds no room for the memory that it shares with the others.
_FULL_SQLITE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE}
_BUSY_POSTGRES = (
    psycopg.errors.LockNotAvailable,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
    psycopg.errors.TooManyConnections,
)
_AWAY_SQLITE = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR}
_CODE_OF_S3 = re.compile(r"<Code>(\w+)</Code>")  # the one word that tells, and its XML begins on the first line
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


def refusal(error: BaseException) -> LmsError | None:
    """The refusal to show for an error of database or disk; None when the error is something else."""
    original = error.orig if isinstance(error, DBAPIError) else error
    if _is_full(original):
        return Full(_("Er is geen ruimte meer om iets te bewaren. Vraag uw beheerder om ruimte te maken."))
    if _is_busy(original):
        return Unavailable(_("Het is nu te druk om te bewaren. Wacht even en probeer het nog een keer."), 5)
    if (isinstance(error, DBAPIError) and error.connection_invalidated) or _is_away(original):
        return Unavailable(_("De database antwoordt niet. Wacht even en probeer het nog een keer."), 15)
    if isinstance(error, ObjectDeletedError):
        return Conflict(_("Iemand heeft dit net verwijderd. Ga terug en laad de pagina opnieuw."))
    return None


def first_line(error: BaseException) -> str:
    """What the database or the store said, without the statement."""
    said = str(getattr(error, "orig", None) or error).strip()
    line = said.partition("\n")[0].rstrip(".")
    code = _CODE_OF_S3.search(said)
    return line.partition("<")[0] + code[1] if code else line


def _is_full(error: BaseException | None) -> bool:
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) in _FULL_SQLITE
    return isinstance(error, psycopg.errors.DiskFull) or (isinstance(error, OSError) and error.errno in _NO_ROOM)


def _is_busy(error: BaseException | None) -> bool:
    if isinstance(error, sqlite3.Error):
        # The lowest byte of the code; the others tell where it happened.
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in _BUSY_SQLITE
    return isinstance(error, (*_BUSY_POSTGRES, PoolTimeoutError))


def _is_away(error: BaseException | None) -> bool:
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in _AWAY_SQLITE
    # No code: there was no server to give one, or it let nobody in.
    return isinstance(error, psycopg.OperationalError) and error.sqlstate is None
