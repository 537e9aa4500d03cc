"""Settings: from the environment, or generated into the instance. No default secret exists."""

import os
import re
import secrets
import stat
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from .errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent
MEGABYTE = 1024 * 1024
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
UNFINISHED_DEMO = "demo-unfinished"
"""The file in the instance that marks a demo whose making was cut short: such a site still counts as new."""


def instance_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder with all that belongs to this site: database, files, secret."""
    return Path(environ.get("LMS_INSTANCE") or ROOT / "instance").resolve()


def ensure_instance(environ: Mapping[str, str] = os.environ) -> Path:
    """Make the instance folder and, unless ``LMS_SECRET_KEY`` is set, a generated secret in it."""
    folder = instance_folder(environ)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _shield(folder)
        _make_secret(folder, environ)
    except OSError as error:
        raise _unusable(folder, error) from error
    return folder


def _make_secret(folder: Path, environ: Mapping[str, str]) -> None:
    if environ.get("LMS_SECRET_KEY") or _read_secret(folder):
        return
    secret = folder / "secret"
    if secret.exists():  # an empty one, of a process that was killed before it wrote
        secret.unlink(missing_ok=True)
    # O_EXCL: of two processes that start together, one writes and the other reads.
    try:
        handle = os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    try:
        with os.fdopen(handle, "w") as out:
            out.write(secrets.token_urlsafe(48))
    except OSError:  # a full disk
        secret.unlink()
        raise


def keep_private() -> None:
    """Let nobody else on this computer read the files that this process makes: they hold what people wrote."""
    os.umask(0o077)


def _shield(folder: Path) -> None:
    """Close a folder that is open to everybody on this computer; rights that are narrower were chosen, and stay."""
    mode = stat.S_IMODE(folder.stat().st_mode)
    # One with the sticky bit, such as /tmp, is not ours alone; of one that is not ours the owner decides.
    if mode & 0o007 and not mode & stat.S_ISVTX:
        with suppress(PermissionError):
            folder.chmod(0o700)


def configure(app: Flask, overrides: Mapping[str, Any] | None = None, environ: Mapping[str, str] = os.environ) -> None:
    """Fill ``app.config`` from the environment; ``overrides`` (tests) win."""
    overrides = dict(overrides or {})
    folder = Path(overrides.pop("INSTANCE", None) or instance_folder(environ))
    plugins = environ.get("LMS_PLUGINS")
    app.config.from_mapping(
        INSTANCE=folder,
        SITE_NAME="Leerplein",
        SECRET_KEY=environ.get("LMS_SECRET_KEY") or _read_secret(folder),
        SQLALCHEMY_DATABASE_URI=database_url(environ.get("LMS_DATABASE_URL"), folder),
        FILES_URL=files_url(environ.get("LMS_FILES_URL"), folder),
        BASE_URL=_base_url(environ),
        MAIL_URL=environ.get("LMS_MAIL_URL", ""),
        LOG=environ.get("LMS_LOG", ""),
        METRICS_TOKEN=environ.get("LMS_METRICS_TOKEN", ""),
        CONTACT=environ.get("LMS_CONTACT", "").strip(),
        SECURITY_CONTACT=environ.get("LMS_SECURITY_CONTACT", ""),
        SECURITY_EXPIRES=environ.get("LMS_SECURITY_EXPIRES", ""),
        MAIL_FROM=environ.get("LMS_MAIL_FROM", ""),
        JOB_LEASE=_number(environ, "LMS_JOB_LEASE", 600),
        PLUGINS=None if plugins is None else tuple(p.strip() for p in plugins.split(",") if p.strip()),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        SESSION_REFRESH_EACH_REQUEST=False,  # accounts/session.py renews it, once an hour
        TRUSTED_PROXIES=_number(environ, "LMS_TRUSTED_PROXIES", 0),
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session: a long writing session must not fail
        WTF_CSRF_SSL_STRICT=False,  # it wants a referrer, and pages whose address is a key send none
        MAX_CONTENT_LENGTH=128 * MEGABYTE,  # all the files that one may send at once, and room for the sentence
        MAX_FORM_MEMORY_SIZE=4 * MEGABYTE,
        UPLOAD_MAX_BYTES=20 * MEGABYTE,
        UPLOAD_MAX_FILES=5,
        UPLOAD_MAX_TOTAL=_number(environ, "LMS_UPLOAD_TOTAL", 500) * MEGABYTE,  # of one person, in all their work
    )
    app.config.from_mapping(overrides)
    _name_cookie(app)
    if not app.config["SECRET_KEY"]:
        raise ConfigError("This site has no secret yet: run `lms init`, or set LMS_SECRET_KEY.")


def _name_cookie(app: Flask) -> None:
    secure = app.config["BASE_URL"].startswith("https://")
    # A browser takes a cookie of such a name from this very host and over https only: no neighbour can plant one.
    app.config.update(SESSION_COOKIE_SECURE=secure, SESSION_COOKIE_NAME="__Host-leerplein" if secure else "leerplein")


def _number(environ: Mapping[str, str], name: str, without: int) -> int:
    written = environ.get(name) or str(without)
    if not (written.isascii() and written.isdigit()):
        raise ConfigError(f"{name} must be a whole number, not {written!r}.")
    return int(written)


def _base_url(environ: Mapping[str, str]) -> str:
    url = (environ.get("LMS_BASE_URL") or f"http://127.0.0.1:{environ.get('PORT', '5000')}").rstrip("/")
    parts = urlsplit(url)
    # Every link in every mail begins with it.
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query or parts.fragment:
        raise ConfigError(f"LMS_BASE_URL must be the address of the site, such as https://leren.example, not {url!r}.")
    return url


def database_url(url: str | None, folder: Path) -> str:
    """The address of the database: SQLite in the instance folder unless ``LMS_DATABASE_URL`` says otherwise.

    Raises ConfigError for one that we cannot use.
    """
    if not url:
        return f"sqlite:///{folder / 'leerplein.sqlite'}"
    # Hosts hand out postgres:// and postgresql://; SQLAlchemy wants to know the driver too.
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            url = "postgresql+psycopg://" + url.removeprefix(prefix)
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError):  # the second for a port that is no number
        parts = None
    is_file = parts is not None and parts.drivername == "sqlite" and Path(parts.database or "").is_absolute()
    if parts is None or not (is_file or parts.drivername == "postgresql+psycopg"):
        # The address itself is not repeated: it may hold a password.
        raise ConfigError(
            "LMS_DATABASE_URL is no database that we can use: write postgresql://name:password@host:5432/database, "
            "with %40 for an @ in the password, or sqlite:////folder/file, or leave it empty: SQLite in the instance."
        )
    return url


def files_url(url: str | None, folder: Path) -> str:
    """Where the bytes of files lie: the instance folder unless ``LMS_FILES_URL`` names another folder or a bucket.

    Raises ConfigError for anything else. Keys to a bucket come from the usual variables, never from this address.
    """
    if not url:
        return (folder / "files").as_uri()
    parts = urlsplit(url)
    is_folder = parts.scheme == "file" and not parts.netloc and parts.path.startswith("/") and parts.path != "/"
    is_bucket = parts.scheme == "s3" and _BUCKET.fullmatch(parts.netloc)
    if not (is_folder or is_bucket) or parts.query or parts.fragment:
        raise ConfigError(
            "LMS_FILES_URL is no place for files: write s3://BUCKET/FOLDER or file:///FOLDER. The keys of a bucket go "
            "into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, its address into AWS_ENDPOINT_URL."
        )
    return url.rstrip("/")


def _read_secret(folder: Path) -> str | None:
    try:
        return (folder / "secret").read_text().strip() or None
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unusable(folder, error) from error


def _unusable(folder: Path, error: OSError) -> ConfigError:
    return ConfigError(f"The folder of this site (LMS_INSTANCE) is {folder}, and it cannot be used: {error.strerror}.")
