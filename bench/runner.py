"""Starts the servers, sends the load, and puts the figures side by side."""

import contextlib
import gzip
import json
import os
import platform
import re
import secrets
import shlex
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask, session
from flask_wtf.csrf import generate_csrf
from sqlalchemy import event
from werkzeug.test import create_environ

from lms import create_app
from lms.accounts.session import KEY, RENEWED
from lms.db import db

from . import site

ROOT = Path(__file__).resolve().parents[1]
CONNECTIONS = (1, 8)
SPREAD = 20  # so many participants take turns at a page
GUNICORN = f"{sys.executable} -m gunicorn {{app}} --bind 127.0.0.1:{{port}} --log-level warning"
TICKS = os.sysconf("SC_CLK_TCK")


class Bench:
    """One bench: a site in ``folder`` with a run of each of the ``sizes``, and two servers of one kind."""

    def __init__(self, folder: Path, sizes: list[int], seconds: float, only: str = "", server: str = "") -> None:
        self.folder, self.sizes, self.seconds, self.only = folder, sizes, seconds, only
        self.server = server or GUNICORN
        url = os.environ.get("LMS_DATABASE_URL") or f"sqlite:///{folder / 'leerplein.sqlite'}"
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("LMS_")},
            "LMS_INSTANCE": str(folder),
            "LMS_SECRET_KEY": secrets.token_urlsafe(32),
            "LMS_DATABASE_URL": url,
            "LMS_MAIL_URL": "file:" + str(folder / "mails"),
            "WEB_CONCURRENCY": "1",  # one process for one core; the generator of load has the other
            "PYTHONPATH": str(ROOT),
        }
        self.app = self._app()
        self.bare: list[dict[str, Any]] = []
        self._masters: dict[int, int] = {}  # port to the process number of its server

    def run(self, say: Callable[[str], None]) -> dict[str, Any]:
        """Fill, start, measure; returns everything as plain data."""
        site.prepare(self.app)
        filled = []
        for size in self.sizes:
            say(f"Making a run of {size} …")
            filled.append(site.fill(self.app, size))
        pages = []
        with self._generate(), self._serve("wsgi:app") as lms, self._serve("bench.bare:app") as bare:
            bare_request = self._get("/", filled[0].participants[0])
            for port in (lms, bare):  # both warm before anything counts
                self._load(port, self._get("/healthz") if port == lms else bare_request, 1, 0.3)
            for name, make in PAGES.items():
                if self.only not in name:
                    continue
                for one in filled:
                    say(f"{name}, {one.size} …")
                    pages.append(self._page(name, one.size, make(self, one), lms, bare, bare_request))
        return {
            "when": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": machine(),
            "server": self.server.replace(sys.executable, "python"),
            "database": self.env["LMS_DATABASE_URL"].partition(":")[0],
            "seconds": self.seconds,
            "bare": self._bare_figures(),
            "bare_calls": self._calls_of_bare(bare_request[0]),
            "pages": pages,
            "cold": self._cold(filled[0]),
        }

    # --- one page ---

    def _page(
        self, name: str, size: int, requests: list[dict[str, Any]], lms: int, bare: int, yardstick: list[dict[str, Any]]
    ) -> dict[str, Any]:
        self._look(requests[0])  # the first of a process also asks what it then remembers
        row: dict[str, Any] = {"name": name, "size": size, "failed": 0, **self._look(requests[-1])}
        self._load(lms, requests, 1, min(0.2, self.seconds))  # templates are compiled, statements cached
        for connections in CONNECTIONS:
            before = self._bare(bare, yardstick, connections)
            seen = self._load(lms, requests, connections, self.seconds)
            after = self._bare(bare, yardstick, connections)
            rate = (before["per_second"] + after["per_second"]) / 2
            cpu = (before["cpu_ms"] + after["cpu_ms"]) / 2
            row["failed"] += sum(n for status, n in seen["statuses"].items() if int(status) >= 400) + seen["broken"]
            row[str(connections)] = seen | {
                "ratio": seen["per_second"] / rate,
                "cpu_ratio": cpu / seen["cpu_ms"] if seen["cpu_ms"] else 0.0,
            }
        return row

    def _bare(self, port: int, yardstick: list[dict[str, Any]], connections: int) -> dict[str, Any]:
        seen = self._load(port, yardstick, connections, self.seconds / 2)
        self.bare.append({"connections": connections, **seen})
        return seen

    def _bare_figures(self) -> dict[str, Any]:
        figures: dict[str, Any] = {}
        for connections in CONNECTIONS:
            own = [seen for seen in self.bare if seen["connections"] == connections]
            rates = [seen["per_second"] for seen in own]
            if not rates:
                continue
            figures[str(connections)] = {
                "times": len(rates),
                "per_second": statistics.median(rates),
                "lowest": min(rates),
                "highest": max(rates),
                "noise": statistics.pstdev(rates) / statistics.mean(rates),
                "p50": statistics.median(seen["p50"] for seen in own),
                "p95": statistics.median(seen["p95"] for seen in own),
                "cpu_ms": statistics.median(seen["cpu_ms"] for seen in own),
                "bytes": own[0]["bytes"],
            }
        return figures

    def _load(self, port: int, requests: list[dict[str, Any]], connections: int, seconds: float) -> dict[str, Any]:
        plan = {"port": port, "connections": connections, "seconds": seconds, "requests": requests}
        before = self._cpu(port)
        assert self._generator.stdin and self._generator.stdout
        self._generator.stdin.write(json.dumps(plan) + "\n")
        self._generator.stdin.flush()
        seen = json.loads(self._generator.stdout.readline())
        seen["cpu_ms"] = (self._cpu(port) - before) * 1000 / max(1, seen["requests"])
        return seen

    def _look(self, request: dict[str, Any]) -> dict[str, Any]:
        """One request in this process: its queries and bytes."""
        statements: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("BEGIN", "PRAGMA")):
                statements.append(statement)

        client = self.app.test_client(use_cookies=False)
        with self.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            answer = client.open(_environ(request))
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return {
            "status": answer.status_code,
            "queries": len(statements),
            "bytes": len(answer.data),
            "gzip": len(gzip.compress(answer.data, 6)),
            "calls": calls(self.app, request),
        }

    def _calls_of_bare(self, request: dict[str, Any]) -> int:
        os.environ.update({name: self.env[name] for name in ("LMS_SECRET_KEY", "LMS_DATABASE_URL")})
        from .bare import app  # made when it is imported, as a server does

        calls(app, request)  # the first of a process compiles
        return calls(app, request)

    def _cold(self, filled: site.Filled) -> dict[str, Any]:
        """What a browser with an empty cache fetches for one page, in bytes: as it is, and behind a proxy with gzip."""
        client = self.app.test_client(use_cookies=False)
        cookie = self._cookie(filled.participants[0])[0]
        address = f"/runs/{filled.run_id}/{filled.lesson}"
        page = client.get(address, headers={"Cookie": cookie})
        parts = {address: page.data}
        html = page.get_data(as_text=True)
        # Stylesheets for print, and icons of the tab, are fetched too, but hold nothing up: they count all the same.
        for url in re.findall(r'(?:href|src)="(/static/[^"]+)"', html):
            parts.setdefault(url, client.get(url).data)
        for url, data in list(parts.items()):
            if urlsplit(url).path.endswith(".css"):
                for inner in re.findall(r"url\([\"']?([^)\"'#]+\.woff2[^)\"']*)", data.decode()):
                    full = urlsplit(os.path.normpath(os.path.join(os.path.dirname(urlsplit(url).path), inner)))
                    known = {urlsplit(other).path for other in parts}
                    if full.path not in known:
                        parts[full.path] = client.get(full.geturl()).data
            elif urlsplit(url).path.endswith(".js"):
                for inner in re.findall(r"from [\"'](\./[^\"']+)[\"']", data.decode()):
                    path = os.path.normpath(os.path.join(os.path.dirname(urlsplit(url).path), inner))
                    parts.setdefault(path, client.get(path).data)
        small = {url: data if url.endswith(".woff2") else gzip.compress(data, 6) for url, data in parts.items()}
        return {
            "page": address,
            "requests": len(parts),
            "bytes": sum(map(len, parts.values())),
            "gzip": sum(map(len, small.values())),
            "parts": {url: [len(parts[url]), len(small[url])] for url in parts},
        }

    # --- requests ---

    def _get(self, path: str, identity: str = "") -> list[dict[str, Any]]:
        return [{"method": "GET", "path": path, "cookie": self._cookie(identity)[0] if identity else ""}]

    def _gets(self, path: str, identities: list[str]) -> list[dict[str, Any]]:
        return [request for identity in identities for request in self._get(path, identity)]

    def _cookie(self, identity: str) -> tuple[str, str]:
        """The cookie of somebody who is signed in, and a token for their forms."""
        with self.app.test_request_context():
            if identity:
                session["_user_id"], session["_fresh"], session.permanent = identity, True, True
                session[KEY], session[RENEWED] = secrets.token_urlsafe(24), int(time.time())
            token = generate_csrf()
            serializer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
            return f"{self.app.config['SESSION_COOKIE_NAME']}={serializer.dumps(dict(session))}", token

    def _post(self, path: str, identity: str, **form: str) -> dict[str, Any]:
        cookie, token = self._cookie(identity)
        body = urlencode({"csrf_token": token, **form}, safe="{}")
        return {"method": "POST", "path": path, "cookie": cookie, "body": body}

    # --- servers ---

    def _app(self) -> Flask:
        return create_app(
            {
                "INSTANCE": self.folder,
                "SECRET_KEY": self.env["LMS_SECRET_KEY"],
                "SQLALCHEMY_DATABASE_URI": self.env["LMS_DATABASE_URL"],
                "MAIL_URL": self.env["LMS_MAIL_URL"],
            }
        )

    @contextlib.contextmanager
    def _generate(self) -> Iterator[None]:
        """The process that sends the load, for as long as the bench takes."""
        command = [sys.executable, "-m", "bench.load"]
        with subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as self._generator:
            yield
            assert self._generator.stdin
            self._generator.stdin.close()

    @contextlib.contextmanager
    def _serve(self, app: str) -> Iterator[int]:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = shlex.split(self.server.format(app=app, port=port))
        server = subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=subprocess.DEVNULL)
        self._masters[port] = server.pid
        try:
            _wait(port, server)
            yield port
        finally:
            server.terminate()
            server.wait(30)

    def _cpu(self, port: int) -> float:
        """Seconds of processor that this server and its processes have used."""
        master = self._masters[port]
        total = 0.0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                fields = stat.read_text().rpartition(")")[2].split()
                if int(stat.parent.name) == master:
                    total += sum(map(int, fields[11:15])) / TICKS  # with the processes that it saw end
                elif int(fields[1]) == master:
                    total += sum(map(int, fields[11:13])) / TICKS
        return total


def calls(app: Flask, request: dict[str, Any]) -> int:
    """How often one request calls a function, Python's own included: not time, but the same on any machine."""
    count = 0

    def note(_frame: Any, kind: str, _argument: Any) -> None:
        nonlocal count
        count += kind in {"call", "c_call"}

    environ = _environ(request)
    sys.setprofile(note)
    try:
        answer = app.wsgi_app(environ, lambda *_status: None)  # type: ignore[arg-type]
        for _part in answer:
            pass
        answer.close()  # type: ignore[attr-defined]
    finally:
        sys.setprofile(None)
    return count


def _environ(request: dict[str, Any]) -> dict[str, Any]:
    return create_environ(
        request["path"],
        method=request["method"],
        headers={"Cookie": request.get("cookie", "")},
        data=request.get("body", "").replace("{n}", secrets.token_hex(4)) or None,
        content_type="application/x-www-form-urlencoded" if request["method"] == "POST" else None,
    )


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    for _attempt in range(300):
        if server.poll() is not None:
            raise SystemExit("The server stopped by itself; see above.")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise SystemExit("The server did not answer within 30 seconds.")


def machine() -> dict[str, Any]:
    """What this was measured on, and how busy it was with other things."""
    model = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
        model = found[1] if found else model
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 1),
    }


def _first(filled: site.Filled) -> list[str]:
    return filled.participants[:SPREAD]


PAGES: dict[str, Callable[[Bench, site.Filled], list[dict[str, Any]]]] = {
    "sign-in page": lambda b, f: b._get("/login"),
    "«Vandaag»": lambda b, f: b._gets("/vandaag", _first(f)),
    "course page": lambda b, f: b._gets(f"/runs/{f.run_id}/", _first(f)),
    "lesson": lambda b, f: b._gets(f"/runs/{f.run_id}/{f.lesson}", _first(f)),
    "assignment": lambda b, f: b._gets(f"/runs/{f.run_id}/{f.assignment}", _first(f)),
    "«Vandaag» of a trainer": lambda b, f: b._get("/vandaag", f.trainer),
    "trainer's list": lambda b, f: b._get(f"/runs/{f.run_id}/beoordelen", f.trainer),
    "trainer's list of all": lambda b, f: b._get(f"/runs/{f.run_id}/beoordelen?toon=alles", f.trainer),
    "sign in": lambda b, f: [
        b._post("/login", "", email=email, password=site.PASSWORD, next="") for email in f.emails[:SPREAD]
    ],
    "hand in": lambda b, f: [
        b._post(f"/runs/{f.run_id}/{f.assignment}/inleveren", who, revision="1", overwrite="1", text="{n} " + site.TEXT)
        for who in _first(f)
    ],
}
