"""dev.py: its pure parts, what it refuses, and that `run` leaves no process behind."""

import contextlib
import importlib.util
import os
import re
import signal
import socket
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]

SERVER = """
import http.server, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print("grandchild", child.pid, flush=True)
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *arguments): pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""

SITE = """
import sys
sys.path.insert(0, sys.argv[1])
import dev
python, port, server, worker = sys.executable, *sys.argv[2:]
commands = {"The web server": [python, "-c", server, port], "The worker": [python, "-c", worker]}
dev.VERBS["run"] = lambda arguments: dev.serve(commands, None, f"http://127.0.0.1:{port}")
sys.exit(dev.main(["run"]))
"""


@pytest.fixture
def dev():
    """A fresh copy of the module, which a test may change."""
    spec = importlib.util.spec_from_file_location("dev_under_test", ROOT / "dev.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def checkout(dev, tmp_path):
    """An empty checkout with locks and a finished `.venv`, as far as dev.py looks at it."""
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n[tool.ruff]\nline-length = 100\n')
    dev.VENV = tmp_path / ".venv"
    dev.BIN, dev.STAMP = dev.VENV / "bin", dev.VENV / "setup.stamp"
    dev.RUNTIME_LOCK, dev.DEV_LOCK = tmp_path / "requirements.lock", tmp_path / "requirements-dev.lock"
    dev.RUNTIME_LOCK.write_text("flask==3.1.3\n")
    dev.DEV_LOCK.write_text("flask==3.1.3\npytest==9.2.0\n")
    dev.BIN.mkdir(parents=True)
    (dev.BIN / "python").touch()
    return tmp_path


def ask(*arguments, **env):
    """Run dev.py and return the finished process."""
    command = [sys.executable, str(ROOT / "dev.py"), *arguments]
    return subprocess.run(command, env={**os.environ, **env}, capture_output=True, text=True, timeout=30, check=False)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_alive(pid):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat")
        return not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


# --- what it refuses ------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 4), (4, 0, 0)])
def test_new_enough_python(dev, version):
    assert dev.old_python(version) is None


@pytest.mark.parametrize("version", [(3, 10, 14), (2, 7, 18)])
def test_too_old_python_gets_one_sentence(dev, version):
    sentence = "Leerplein needs Python 3.11 or newer; this is {}.{}."
    assert dev.old_python(version) == sentence.format(*version[:2])


def test_a_too_old_python_can_read_the_file_far_enough_to_be_refused(tmp_path):
    """The refusal stands before imports that an old Python does not have."""
    source = (ROOT / "dev.py").read_text(encoding="utf-8")
    assert source.index("sys.exit(old_python") < source.index("import tomllib")
    as_if_old = source.replace("if old_python(sys.version_info)", "if old_python((3, 7))").replace(
        "sys.exit(old_python(sys.version_info))", "sys.exit(old_python((3, 7)))"
    )
    copy = tmp_path / "dev.py"
    copy.write_text(as_if_old, encoding="utf-8")
    done = subprocess.run([sys.executable, str(copy), "run"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "Leerplein needs Python 3.11 or newer; this is 3.7.\n")


def test_port_in_use_is_told_at_once():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = ask("run", PORT=str(port))
    assert done.returncode == 1
    assert done.stderr == f"Port {port} is in use; choose another, e.g. PORT=8000.\n"
    assert done.stdout == ""


@pytest.mark.parametrize("port", ["", "abc", "0", "65536", "-1", "80.5", "٣"])
def test_a_port_is_a_number(dev, port):
    with pytest.raises(dev.RefusalError, match="PORT must be a number from 1 to 65535"):
        dev.read_port(port)


def test_a_free_port_is_fine(dev):
    dev.refuse_busy_port(dev.read_port(str(free_port())))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["run", "--fast"], "'run' takes no arguments"),
        (["check", "lms"], "'check' takes no arguments"),
        (["lock", "--newest"], "'lock' takes only --upgrade"),
    ],
)
def test_arguments_it_does_not_know(arguments, sentence):
    done = ask(*arguments)
    assert done.returncode == 1
    assert sentence in done.stderr


@pytest.mark.parametrize("arguments", [[], ["start"]])
def test_unknown_verb_shows_the_verbs(arguments):
    done = ask(*arguments)
    assert done.returncode == 2
    assert "python3 dev.py run" in done.stderr


def test_no_way_to_make_a_venv_is_one_sentence(dev, checkout):
    dev.LOG = dev.VENV / "setup.log"
    dev.base_python = lambda: str(checkout / "no-python")
    dev.os.environ = {**os.environ, "PATH": ""}
    with (
        dev.only_one_set_up() as guard,
        pytest.raises(dev.RefusalError, match=r"'apt install python3-venv'") as refusal,
    ):
        dev.make_venv(guard)
    assert "\n" not in str(refusal.value)


# --- when set-up has work -------------------------------------------------------------------------


def test_fingerprint_follows_what_is_installed_and_nothing_else(dev, checkout):
    project = checkout / "pyproject.toml"
    before = dev.fingerprint(dev.RUNTIME_LOCK, project)
    project.write_text('[project]\nname = "x"\n[tool.ruff]\nline-length = 110\n')
    assert dev.fingerprint(dev.RUNTIME_LOCK, project) == before, "a lint rule installs nothing"
    project.write_text('[project]\nname = "y"\n')
    assert dev.fingerprint(dev.RUNTIME_LOCK, project) != before
    project.write_text('[project]\nname = "x"\n')
    assert dev.fingerprint(dev.RUNTIME_LOCK, project) == before
    dev.RUNTIME_LOCK.write_text("flask==3.1.4\n")
    assert dev.fingerprint(dev.RUNTIME_LOCK, project) != before


def test_tools_serve_where_only_the_runtime_is_asked_for(dev, checkout):
    dev.STAMP.write_text(dev.fingerprint(dev.DEV_LOCK) + "\n")
    assert dev.is_ready(dev=True)
    assert dev.is_ready(dev=False)
    dev.STAMP.write_text(dev.fingerprint(dev.RUNTIME_LOCK) + "\n")
    assert not dev.is_ready(dev=True)
    assert dev.is_ready(dev=False)


def test_no_stamp_or_no_python_means_set_up(dev, checkout):
    assert not dev.is_ready(dev=False), "no stamp: killed half-way"
    dev.STAMP.write_text(dev.fingerprint(dev.RUNTIME_LOCK) + "\n")
    (dev.BIN / "python").unlink()
    assert not dev.is_ready(dev=False), "its Python was removed"


def test_set_up_asks_nothing_of_a_finished_venv(dev, checkout, capsys):
    dev.STAMP.write_text(dev.fingerprint(dev.DEV_LOCK) + "\n")
    dev.set_up(dev=True)
    assert capsys.readouterr().out == ""


def test_a_failed_step_shows_the_end_of_its_log(dev, checkout):
    dev.LOG = checkout / "setup.log"
    command = [sys.executable, "-c", "print('no such version'); raise SystemExit(3)"]
    with (
        dev.only_one_set_up() as guard,
        pytest.raises(dev.RefusalError, match="no such version\nSet-up failed"),
    ):
        dev.logged(command, guard)
    assert "no such version" in dev.LOG.read_text()


# --- run ------------------------------------------------------------------------------------------


@pytest.fixture
def site():
    """Start a stub site with the given worker; end whatever is left of it."""
    with contextlib.ExitStack() as started:

        def start(worker):
            port = free_port()
            command = [sys.executable, "-c", SITE, str(ROOT), str(port), SERVER, worker]
            process = started.enter_context(
                subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            )
            started.callback(process.kill)
            return process, port

        yield start


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_both_and_leaves_no_orphan(site, number):
    process, port = site("import time; time.sleep(60)")
    lines = [process.stdout.readline(), process.stdout.readline()]
    grandchild = int(next(line for line in lines if line.startswith("grandchild")).split()[1])
    assert f"Leerplein: http://127.0.0.1:{port}\n" in lines
    process.send_signal(number)
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert out == "Leerplein has stopped.\n"
    assert not is_alive(grandchild)


def test_when_one_dies_the_other_is_stopped_too(site):
    process, _ = site("import time; time.sleep(1); raise SystemExit(7)")
    out, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert err == "The worker stopped by itself (exit code 7), so Leerplein stops.\n"
    grandchild = int(re.search(r"grandchild (\d+)", out)[1])
    assert not is_alive(grandchild)


def test_who_does_not_listen_to_a_stop_is_ended(dev):
    dev.STOP_SECONDS = 0.2
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    command = [sys.executable, "-c", deaf]
    with subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE, text=True) as child:
        child.stdout.readline()
        begin = time.monotonic()
        dev.stop([child])
        assert child.returncode == -signal.SIGKILL
        assert time.monotonic() - begin < 5


# --- test, check, lock ----------------------------------------------------------------------------


def test_arguments_go_to_pytest_but_for_two(dev):
    command, env = dev.pytest_command(["-k", "forms", "--postgresql", "-x"])
    assert command[1:] == ["-m", "pytest", "-n", "2", "--dist", "worksteal", "-k", "forms", "-x"]
    assert env == {"LMS_TEST_BACKEND": "postgresql"}
    assert dev.pytest_command([])[1] == {}


@pytest.mark.parametrize(("options", "both"), [([], False), (["--all"], True), (["--all", "-m", "not slow"], False)])
def test_all_means_the_slow_ones_too(dev, tmp_path, options, both):
    """With the addopts of pyproject.toml; who names marks gets those."""
    (tmp_path / "test_two.py").write_text(
        "import pytest\n\n@pytest.mark.slow\ndef test_a(): pass\n\ndef test_b(): pass\n"
    )
    command, _env = dev.pytest_command(options)
    place = ["-n", "0", "-q", "-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml"), str(tmp_path)]
    done = subprocess.run([*command, *place], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert ("2 passed" if both else "1 passed, 1 deselected") in done.stdout


@pytest.mark.parametrize("options", [[], ["--all"]])
def test_on_postgresql_only_what_meets_the_database(dev, tmp_path, options):
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["lms.testing"]\n')
    (tmp_path / "test_three.py").write_text(
        "import pytest\n\n"
        "def test_pure(): pass\n\n"
        "def test_stored(client): pass\n\n"
        "@pytest.mark.one_database\ndef test_looks(client): pass\n"
    )
    command, env = dev.pytest_command(["--postgresql", *options])
    place = ["-n", "0", "-q", "--collect-only", "-c", str(ROOT / "pyproject.toml"), str(tmp_path)]
    env = {**os.environ, **env, "TEST_DATABASE_URL": "postgresql://nobody-asks"}
    done = subprocess.run([*command, *place], cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert "test_three.py::test_stored" in done.stdout
    assert "1/3 tests collected (2 deselected)" in done.stdout


def test_check_looks_at_every_folder_of_templates(dev, checkout):
    dev.ROOT = checkout
    for folder in ("templates", "plugins/one/templates", "plugins/two"):
        (checkout / folder).mkdir(parents=True)
    assert dev.checks()["djlint"][-2:] == ["templates", "plugins/one/templates"]


def locked(name):
    """The versions of a lock, by name of the package."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9.-]+)==([^ ;]+)", text, re.MULTILINE))


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_has_hashes_and_no_address(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text and "--find-links" not in text
    entries = re.split(r"^(?=[a-z0-9.-]+==)", text, flags=re.MULTILINE)[1:]
    assert entries
    assert all("--hash=sha256:" in entry for entry in entries)


def test_the_locks_hold_what_pyproject_asks_for_and_agree():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    runtime, everything = locked("requirements.lock"), locked("requirements-dev.lock")
    for versions, wanted in (
        (runtime, project["dependencies"] + extras["setup"]),
        (everything, extras["dev"]),
    ):
        for requirement in map(Requirement, wanted):
            version = versions.get(requirement.name.lower())
            assert version and version in requirement.specifier, f"{requirement} is not locked: dev.py lock"
    assert runtime.items() <= everything.items(), "tests run other versions than servers: dev.py lock"
    assert not {"pytest", "uv", "playwright"} & runtime.keys()
