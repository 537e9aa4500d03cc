"""The lock of an upgrade on PostgreSQL, and what may happen to it."""

import pytest
from sqlalchemy import text

from lms import migrate
from lms.db import db

HOLDERS = text(
    "SELECT state FROM pg_stat_activity JOIN pg_locks USING (pid) "
    "WHERE locktype = 'advisory' AND datname = current_database()"
)
END_THEM = text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = :database")


@pytest.fixture(autouse=True)
def postgres(app):
    if db.engine.dialect.name == "sqlite":
        pytest.skip("there the folder is locked")


def test_it_goes_with_its_transaction():
    """PgBouncer gives a connection to whoever asks next, and what is of the session and not of a transaction stays."""
    with migrate.alone():
        assert db.session.scalars(HOLDERS).all() == ["idle in transaction"]
    assert db.session.scalars(HOLDERS).all() == []


def end_them():
    ours = db.session.scalar(text("SELECT oid FROM pg_database WHERE datname = current_database()"))
    assert db.session.scalars(END_THEM, {"database": ours}).all() == [True]


def test_a_lock_that_is_lost_spoils_nothing():
    """The server was started anew, say, when the work was done already."""
    with migrate.alone():
        end_them()
    with pytest.raises(migrate.MigrationError, match="which one"), migrate.alone():
        end_them()
        raise migrate.MigrationError("which one")
