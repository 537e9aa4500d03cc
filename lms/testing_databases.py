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


class PostgresDatabases:
    """Databases on one server, named after this process, whose connection tells others that they are in use."""

    def __init__(self, address: str) -> None:
        self._url = make_url(address).set(drivername="postgresql")
        self._mark = f"{PREFIX}{secrets.token_hex(4)}"
        self._made: set[str] = set()
        self._numbers = itertools.count(1)
        plain = self._url.render_as_string(hide_password=False)
        self._connection = psycopg.connect(plain, autocommit=True, application_name=self._mark)
        self._sweep()

    def empty(self, folder: Path) -> str:
        # From template0: a server's own template may hold anything, with any collation.
        return self._create("template0")

    def copy(self, address: str, folder: Path) -> str:
        return self._create(str(make_url(address).database))

    def drop(self, address: str) -> None:
        name = str(make_url(address).database)
        self._made.discard(name)
        self._do(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def close(self) -> None:
        for name in [*self._made]:
            self.drop(self._address(name))
        self._connection.close()

    def _create(self, template: str) -> str:
        name = f"{self._mark}_{next(self._numbers)}"
        # By file and not by log: half the time for a database as small as ours (measured: 23 and 55 ms).
        self._do(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        self._made.add(name)
        return self._address(name)

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
