"""Where tests get their databases: copies of one that the migrations made, on SQLite or on PostgreSQL.

``LMS_TEST_BACKEND=postgresql`` chooses the second, at ``TEST_DATABASE_URL`` or else on a server from a wheel
(:mod:`lms.testing_server`). Databases of runs that were killed are removed by the next run.
"""

import itertools
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Protocol

import psycopg
from sqlalchemy import make_url

from . import testing_server

BACKEND = "LMS_TEST_BACKEND"
ADDRESS = "TEST_DATABASE_URL"
PREFIX = "leerplein_test_"


class Databases(Protocol):
    """Makes databases, each with an address for ``SQLALCHEMY_DATABASE_URI``."""

    def empty(self, folder: Path) -> str:
        """A new database without tables; ``folder`` is the instance that it is for."""
        ...

    def copy(self, address: str, folder: Path) -> str:
        """A new database with all that is in another one, to which nobody may be connected."""
        ...

    def drop(self, address: str) -> None:
        """Remove a database, also when somebody is still connected."""
        ...

    def close(self) -> None:
        """Remove all that is left."""
        ...


class SqliteDatabases:
    """Files, in the instance folder of the app as always; pytest removes them with the folder."""

    def empty(self, folder: Path) -> str:
        return f"sqlite:///{folder / 'leerplein.sqlite'}"

    def copy(self, address: str, folder: Path) -> str:
        shutil.copy(str(make_url(address).database), folder / "leerplein.sqlite")
        return self.empty(folder)

    def drop(self, address: str) -> None:
        pass

    def close(self) -> None:
        pass


# Kept in a schema of its own in each copy: what was there at first, and a function that puts it back. A table is
# unchanged while it has as many rows as at first and none that was written since (xmin tells which transaction did).
RESTORABLE = """
CREATE SCHEMA pristine;
CREATE TABLE pristine.mark (name name PRIMARY KEY, rows bigint, newest bigint, columns text);
CREATE TABLE pristine.sequence (name regclass PRIMARY KEY, value bigint, called boolean);
CREATE TABLE pristine.shape AS SELECT NULL::text AS shape;
CREATE FUNCTION pristine.shape() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', c.oid, attname, atttypid, atttypmod, attnotnull), ',' ORDER BY c.oid, attnum)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE relnamespace = 'public'::regnamespace AND attnum > 0
$$;
CREATE FUNCTION pristine.note() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    t record;
BEGIN
    UPDATE pristine.shape SET shape = pristine.shape();
    INSERT INTO pristine.sequence
        SELECT format('%I.%I', schemaname, sequencename)::regclass, coalesce(last_value, start_value),
            last_value IS NOT NULL
        FROM pg_sequences WHERE schemaname = 'public';
    FOR t IN SELECT c.oid, relname FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' LOOP
        EXECUTE format('CREATE TABLE pristine.%I AS TABLE public.%1$I', t.relname);
        EXECUTE format(
            'INSERT INTO pristine.mark SELECT %L, count(*), max(xmin::text::bigint), $1 FROM public.%1$I', t.relname
        ) USING (
            SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
            WHERE attrelid = t.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
        );
    END LOOP;
END $$;
CREATE FUNCTION pristine.restore() RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    m record;
    changed boolean;
BEGIN
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    IF pristine.shape() IS DISTINCT FROM (SELECT shape FROM pristine.shape) THEN
        RETURN false;
    END IF;
    SET LOCAL session_replication_role = replica;  -- no foreign key is looked at, so no order of tables is needed
    FOR m IN SELECT * FROM pristine.mark LOOP
        EXECUTE format(
            'SELECT (count(*), max(xmin::text::bigint)) IS DISTINCT FROM ($1, $2) FROM public.%I', m.name
        ) INTO changed USING m.rows, m.newest;
        IF changed THEN
            EXECUTE format('DELETE FROM public.%I', m.name);
            EXECUTE format(
                'INSERT INTO public.%I (%s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM pristine.%1$I', m.name, m.columns
            );
            EXECUTE format(
                'UPDATE pristine.mark SET newest = (SELECT max(xmin::text::bigint) FROM public.%I) WHERE name = $1',
                m.name
            ) USING m.name;
        END IF;
    END LOOP;
    PERFORM setval(name, value, called) FROM pristine.sequence;
    RETURN true;
END $$;
"""


class PostgresDatabases:
    """Databases on one server, named after this process, whose connection tells others that they are in use.

    A copy that is dropped is put back in its first state and used again, which costs a tenth of making one. That
    takes a superuser; others get a new database each time.
    """

    def __init__(self, address: str) -> None:
        self._url = make_url(address).set(drivername="postgresql")
        self._mark = f"{PREFIX}{secrets.token_hex(4)}"
        self._numbers = itertools.count(1)
        self._made: set[str] = set()
        self._templates: dict[str, list[str]] = {}  # with the clean copies of each
        self._copies: dict[str, tuple[str, psycopg.Connection]] = {}
        self._connection = self._connect(None)
        row = self._connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = CURRENT_USER").fetchone()
        self._restores = bool(row and row[0])
        self._sweep()

    def empty(self, folder: Path) -> str:
        # From template0: a server's own template may hold anything.
        return self._address(self._create("template0"))

    def copy(self, address: str, folder: Path) -> str:
        template = str(make_url(address).database)
        if not self._restores:
            return self._address(self._create(template))
        if template not in self._templates:
            with self._connect(template) as connection:
                connection.execute(RESTORABLE.encode())
                connection.execute("SELECT pristine.note()")
            self._templates[template] = []
        clean = self._templates[template]
        if not clean:
            made = self._create(template)
            self._copies[made] = template, self._connect(made)
            clean.append(made)
        return self._address(clean.pop())

    def drop(self, address: str) -> None:
        name = str(make_url(address).database)
        if name in self._copies:
            template, connection = self._copies[name]
            (restored,) = connection.execute("SELECT pristine.restore()").fetchone() or (False,)
            if restored:
                self._templates[template].append(name)
                return
            connection.close()
            del self._copies[name]
        self._remove(name)

    def close(self) -> None:
        for _template, connection in self._copies.values():
            connection.close()
        for name in [*self._made]:
            self._remove(name)
        self._connection.close()

    def _connect(self, database: str | None) -> psycopg.Connection:
        url = self._url if database is None else self._url.set(database=database)
        plain = url.render_as_string(hide_password=False)
        return psycopg.connect(plain, autocommit=True, application_name=self._mark)

    def _create(self, template: str) -> str:
        name = f"{self._mark}_{next(self._numbers)}"
        self._made.add(name)
        # By file and not by log: half the time for a database as small as ours.
        self._do(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        # No test outlives a power cut, and of so few rows it takes less to ask than to compile the question.
        self._do(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
        self._do(f'ALTER DATABASE "{name}" SET jit = off')
        return name

    def _remove(self, name: str) -> None:
        self._made.discard(name)
        self._do(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _address(self, name: str) -> str:
        return self._url.set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)

    def _do(self, statement: str) -> None:
        self._connection.execute(statement.encode())

    def _sweep(self) -> None:
        rows = self._connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
        present = self._connection.execute("SELECT application_name FROM pg_stat_activity WHERE usename = CURRENT_USER")
        alive = {mark for (mark,) in present}
        for (name,) in rows.fetchall():
            if name.rpartition("_")[0] not in alive:
                self._do(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def connect() -> Databases:
    """The databases that the environment asks for."""
    return PostgresDatabases(os.environ[ADDRESS]) if on_postgres() else SqliteDatabases()


def on_postgres() -> bool:
    """Do these tests run on PostgreSQL? Raises ValueError for a backend that we do not have."""
    backend = os.environ.get(BACKEND) or "sqlite"
    if backend not in {"sqlite", "postgresql"}:
        raise ValueError(f"{BACKEND} must be sqlite or postgresql, not {backend!r}.")
    return backend == "postgresql"


def start_server() -> "subprocess.Popen[str]":
    """A server from the wheel, its address put in the environment. It stops when its standard input closes."""
    # -I: with our own folder on the path, lms/html.py would be taken for Python's html.
    command = [sys.executable, "-I", str(testing_server.__file__)]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert server.stdout is not None
    address = server.stdout.readline().strip()
    if not address:
        raise RuntimeError("The PostgreSQL of the tests did not start; see above, or set TEST_DATABASE_URL.")
    os.environ[ADDRESS] = address
    return server
