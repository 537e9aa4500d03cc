#!/usr/bin/env python3
"""Set up, run, test and check Leerplein. Needs only Python 3.11+ with pip.

    python3 dev.py run                  start the site with its worker on http://127.0.0.1:5000
    python3 dev.py test [ARGUMENTS]     run the tests; ARGUMENTS go to pytest, e.g. -k forms
    python3 dev.py test --all           the slow ones too: crawls, storms, kills
    python3 dev.py test --postgresql    those that meet a database on PostgreSQL; goes with --all
    python3 dev.py check                lint, formatting, import rules, templates and types
    python3 dev.py bench [--quick]      measure the pages beside a bare Flask page; --json FILE keeps all figures
    python3 dev.py lock [--upgrade]     remake the lock files; --upgrade takes newer versions

Every verb first makes `.venv` if it is missing or out of date. `run` listens to PORT, LMS_INSTANCE (folder of
the site's data), LMS_DATABASE_URL and LMS_BASE_URL.
"""

import sys

OLDEST_PYTHON = (3, 11)


def old_python(version):
    """Return the sentence that refuses a too old Python, or None."""
    if tuple(version[:2]) >= OLDEST_PYTHON:
        return None
    return "Leerplein needs Python {}.{} or newer; this is {}.{}.".format(*OLDEST_PYTHON, *version[:2])


if old_python(sys.version_info):  # before the imports below, of which some are not in an older Python
    sys.exit(old_python(sys.version_info))

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import tomllib
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
STAMP = VENV / "setup.stamp"
LOG = VENV / "setup.log"
RUNTIME_LOCK = ROOT / "requirements.lock"  # what a server needs
DEV_LOCK = ROOT / "requirements-dev.lock"  # the same and the tools for test and check
START_SECONDS = 60  # how long the site may take until /healthz answers
STOP_SECONDS = 15  # how long gunicorn and the worker get to finish what they are doing


class RefusalError(Exception):
    """Something that the person at the keyboard can put right; its text is one clear sentence."""


# --- set-up ---------------------------------------------------------------------------------------


def fingerprint(lock, pyproject=ROOT / "pyproject.toml"):
    """Return a hash of all that an installed `.venv` depends on.

    Of pyproject.toml only what is installed counts, so that a changed lint rule installs nothing. The folder
    counts because scripts in a `.venv` name it.
    """
    tables = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    installed = [tables.get("build-system"), tables.get("project"), tables.get("tool", {}).get("setuptools")]
    parts = [lock.read_text(encoding="utf-8"), installed, list(sys.version_info[:2]), str(lock.parent)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def read_stamp():
    """Return the fingerprint of the last finished set-up, or "" when there is none that works."""
    if not (BIN / "python").exists():  # the Python that it was made with is gone
        return ""
    try:
        return STAMP.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""


def is_ready(dev):
    """Tell whether `.venv` is up to date: one with the tools will do where only the runtime is asked for."""
    good = {fingerprint(DEV_LOCK)} if dev else {fingerprint(DEV_LOCK), fingerprint(RUNTIME_LOCK)}
    return read_stamp() in good


def set_up(dev):
    """Make `.venv` from the lock, if it isn't there yet.

    The stamp goes first and comes last: a set-up that was killed half-way has none, so the next one starts
    afresh. A finished runtime only gets the tools added, so that a running site is left alone.
    """
    if is_ready(dev):
        return
    with only_one_set_up() as guard:
        if is_ready(dev):  # somebody else did it while we waited
            return
        add_tools = dev and read_stamp() == fingerprint(RUNTIME_LOCK)
        STAMP.unlink(missing_ok=True)
        if add_tools:
            pip = find_pip()
        else:
            say("1/3 Making the virtual environment .venv …")
            pip = make_venv(guard)
        lock = DEV_LOCK if dev else RUNTIME_LOCK
        say(f"2/3 Installing the libraries of {lock.name} …")
        logged([*pip, "install", "--require-hashes", "-r", str(lock)], guard)
        say("3/3 Installing Leerplein itself …")
        logged([*pip, "install", "--no-deps", "--no-index", "--no-build-isolation", "-e", str(ROOT)], guard)
        unfinished = STAMP.with_suffix(".part")
        unfinished.write_text(fingerprint(lock) + "\n", encoding="utf-8")
        unfinished.replace(STAMP)


@contextlib.contextmanager
def only_one_set_up():
    """Let one process at a time change `.venv`, by a lock on this very file; yields the lock's file.

    pip gets the open file too: if this script is killed and its pip lives on, the next set-up waits for it.
    """
    with open(__file__, "rb") as guard:
        try:
            fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another dev.py is setting up .venv; waiting for it …")
            fcntl.flock(guard, fcntl.LOCK_EX)
        yield guard


def base_python():
    """Return the Python that makes `.venv`: this one, or the one behind it when this is `.venv`'s own."""
    return sys._base_executable if Path(sys.prefix) == VENV else sys.executable


def make_venv(guard):
    """Make a fresh `.venv` and return the pip command that installs into it.

    Debian's python3 may lack ensurepip (package python3-venv); then pip from outside does it, or virtualenv.
    """
    shutil.rmtree(VENV, ignore_errors=True)
    VENV.mkdir(exist_ok=True)
    python = base_python()
    ways = (
        [python, "-m", "venv", str(VENV)],
        [python, "-m", "venv", "--without-pip", str(VENV)],
        ["virtualenv", "--python", python, str(VENV)],
    )
    for way in ways:
        try:
            logged(way, guard)
            return find_pip()
        except RefusalError:
            continue
    raise RefusalError(
        "Cannot make .venv: this Python has neither venv with ensurepip nor pip 22.3 or newer; "
        f"on Debian or Ubuntu, 'apt install python3-venv' puts that right (details in {LOG})."
    )


def find_pip():
    """Return the first pip command that can install into `.venv`: its own, or the one from outside."""
    inside = str(BIN / "python")
    for command in ([inside, "-m", "pip"], [base_python(), "-m", "pip", "--python", inside]):
        if subprocess.run([*command, "--version"], capture_output=True, check=False).returncode == 0:
            return [*command, "--disable-pip-version-check", "--no-input"]
    raise RefusalError("There is no pip that can install into .venv.")


def logged(command, guard):
    """Run a step of the set-up; what it prints goes to the log, whose end is shown when the step fails."""
    with LOG.open("ab") as log:
        log.write(f"\n$ {' '.join(command)}\n".encode())
        log.flush()
        start = log.tell()
        streams = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
        try:
            done = subprocess.run(command, cwd=ROOT, **streams, pass_fds=[guard.fileno()], check=False)
            failed = done.returncode != 0
        except FileNotFoundError:
            failed = True
    if failed:
        printed = LOG.read_bytes()[start:].decode(errors="replace").splitlines()[-30:]
        printed.append(f"Set-up failed; the whole story is in {LOG}.")
        raise RefusalError("\n".join(printed))


# --- run ------------------------------------------------------------------------------------------


def run(arguments):
    """Start the site and its worker, after set-up and with an up-to-date database."""
    if arguments:
        raise RefusalError("'run' takes no arguments; choose the port with PORT=8000 python3 dev.py run.")
    port = read_port(os.environ.get("PORT") or "5000")
    refuse_busy_port(port)
    set_up(dev=False)
    url = f"http://127.0.0.1:{port}"
    env = {"LMS_BASE_URL": url, **os.environ, "PORT": str(port)}
    if env.get("LMS_INSTANCE"):  # the site runs in the checkout, but you mean a folder from where you stand
        env["LMS_INSTANCE"] = str(Path(env["LMS_INSTANCE"]).absolute())
    prepare_database(env)
    # The rest is in gunicorn.conf.py, which gunicorn finds in the checkout.
    gunicorn = [str(BIN / "gunicorn"), "wsgi:app", "--bind", f"127.0.0.1:{port}"]
    gunicorn += ["--graceful-timeout", "10", "--log-level", "warning"]
    return serve({"The web server": gunicorn, "The worker": [str(BIN / "lms"), "worker"]}, env, url)


def read_port(text):
    """Return a port as a number."""
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise RefusalError(f"PORT must be a number from 1 to 65535, not '{text}'.")
    return int(text)


def refuse_busy_port(port):
    """Refuse when we cannot listen to the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise RefusalError(f"Port {port} is for root only; choose another, e.g. PORT=8000.") from None
        except OSError:
            raise RefusalError(f"Port {port} is in use; choose another, e.g. PORT=8000.") from None


def prepare_database(env):
    """Make a new database with demo data, or bring an existing one up to date."""
    lms = str(BIN / "lms")
    question = [lms, "status", "--new"]  # 0: there is no database yet; 1: there is one
    state = subprocess.run(question, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, check=False).returncode
    if state not in (0, 1):
        raise RefusalError("The site was not started, because 'lms status' failed.")
    step = "demo" if state == 0 else "upgrade"
    if subprocess.run([lms, step], cwd=ROOT, env=env, check=False).returncode:
        raise RefusalError(f"The site was not started, because 'lms {step}' failed.")


def serve(commands, env, url):
    """Keep the named commands running until a signal comes or one of them ends; then stop them all."""
    signals = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, frame: signals.append(number))
    children = {}
    try:
        for name, command in commands.items():
            # Each in a group of its own, so that Ctrl-C in a terminal reaches us alone and we stop them.
            children[name] = subprocess.Popen(command, cwd=ROOT, env=env, start_new_session=True)
        watch(children, signals, url)
    finally:
        stop(children.values())
    say("Leerplein has stopped.")
    return 0


def watch(children, signals, url):
    """Tell when the site answers; return when a signal has come, and refuse to go on without a child."""
    answered, give_up = False, time.monotonic() + START_SECONDS
    while not signals:
        for name, child in children.items():
            code = child.poll()
            if code is not None:
                raise RefusalError(f"{name} stopped by itself (exit code {code}), so Leerplein stops.")
        if not answered:
            answered = answers(f"{url}/healthz")
            if answered:
                say(f"Leerplein: {url}")
            elif time.monotonic() > give_up:
                raise RefusalError(f"{url}/healthz did not answer within {START_SECONDS} seconds.")
        time.sleep(0.2)


def answers(url):
    """Tell whether a page answers with success; never by way of a proxy."""
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def stop(children):
    """Ask the process groups of the children to stop, and end what is left of them when time is up."""
    for child in children:
        signal_group(child, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(max(0.0, deadline - time.monotonic()))
    for child in children:
        signal_group(child, signal.SIGKILL)
        child.wait()


def signal_group(child, number):
    """Send a signal to a child and all that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, number)


# --- test, check, bench, lock ---------------------------------------------------------------------


def test(arguments):
    """Run pytest in this process's place, on two cores."""
    set_up(dev=True)
    command, env = pytest_command(arguments)
    # The tests start a hundred processes, each of which would compile all that none may write down.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    os.chdir(ROOT)
    os.execve(command[0], command, {**kept, **env})


def pytest_command(arguments):
    """Return pytest's command and what to add to the environment; all but our own two options is for pytest."""
    rest = [argument for argument in arguments if argument not in ("--all", "--postgresql")]
    env = {"LMS_TEST_BACKEND": "postgresql"} if "--postgresql" in arguments else {}
    everything = ["-m", ""] if "--all" in arguments else []  # in place of "not slow" in pyproject.toml
    # Each core begins with half of the list, so what tests of one file share is made once, and takes from the other
    # when it is done.
    cores = ["-n", "2", "--dist", "worksteal"]
    return [str(BIN / "python"), "-m", "pytest", *cores, *everything, *rest], env


def checks():
    """Return the commands of `check`, by name."""
    folders = [ROOT / "templates", *sorted(ROOT.glob("plugins/*/templates"))]
    templates = [str(folder.relative_to(ROOT)) for folder in folders if folder.is_dir()]
    return {
        "ruff check": ["ruff", "check", "."],
        "ruff format": ["ruff", "format", "--check", "."],
        "lint-imports": ["lint-imports", "--no-logo"],
        "djlint": ["djlint", "--lint", "--quiet", *templates],
        "mypy": ["mypy"],
    }


def check(arguments):
    """Run every check, also after one has failed, and name the failed ones."""
    if arguments:
        raise RefusalError("'check' takes no arguments.")
    set_up(dev=True)
    failed = []
    for name, (program, *options) in checks().items():
        say(f"--- {name}")
        if subprocess.run([str(BIN / program), *options], cwd=ROOT, check=False).returncode:
            failed.append(name)
    if failed:
        raise RefusalError(f"Not in order: {', '.join(failed)}.")
    say("All checks passed.")
    return 0


def bench(arguments):
    """Run the bench in this process's place; it needs no more than what a server has."""
    set_up(dev=False)
    python = str(BIN / "python")
    os.chdir(ROOT)
    os.execv(python, [python, "-m", "bench", *arguments])


LOCK_OPTIONS = (
    *("--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--no-config"),
    *("--custom-compile-command", "python3 dev.py lock", "--quiet"),
)


def lock(arguments):
    """Remake both locks with uv: versions and hashes for every platform, and no registry's address."""
    if arguments not in ([], ["--upgrade"]):
        raise RefusalError("'lock' takes only --upgrade.")
    if not (BIN / "uv").exists():
        set_up(dev=True)
    # The second lock is bound to the first, so that tests run what servers run.
    make_lock(RUNTIME_LOCK, ["--extra", "setup", *arguments])
    make_lock(DEV_LOCK, ["--extra", "setup", "--extra", "dev", "--constraint", RUNTIME_LOCK.name, *arguments])
    return 0


def make_lock(path, options):
    """Let uv write one lock; versions that are in it already stay, unless the options say otherwise."""
    say(f"Writing {path.name} …")
    command = [str(BIN / "uv"), "pip", "compile", "pyproject.toml", "--output-file", path.name, *LOCK_OPTIONS]
    if subprocess.run([*command, *options], cwd=ROOT, check=False).returncode:
        raise RefusalError(f"{path.name} was not remade; see above.")
    if "://" in path.read_text(encoding="utf-8"):
        raise RefusalError(f"{path.name} names an address; it may hold only names, versions and hashes.")


# --- the command line -----------------------------------------------------------------------------

VERBS = {"run": run, "test": test, "check": check, "bench": bench, "lock": lock}


def say(text):
    """Print a line at once, also into a pipe."""
    print(text, flush=True)


def interrupt(number, frame):
    """Treat a request to end like Ctrl-C, so that no half-done step stays behind."""
    raise KeyboardInterrupt


def main(arguments):
    """Do one verb and return the exit code."""
    if arguments and arguments[0] in ("-h", "--help", "help"):
        say(__doc__.strip())
        return 0
    if not arguments or arguments[0] not in VERBS:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGHUP, interrupt)
    try:
        return VERBS[arguments[0]](arguments[1:])
    except RefusalError as refusal:
        print(refusal, file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("Interrupted; the next start takes up what is left to do.", file=sys.stderr, flush=True)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
