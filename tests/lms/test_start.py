"""The app starts, answers, and its tables equal its models."""

import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from lms import config, migrate
from lms.cli import main
from lms.registry import registry


def test_health_and_readiness(client):
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").json == {"status": "ok"}


def test_models_equal_migrations(app):
    for plugin in registry().plugins:
        if plugin.migrations is not None:
            assert migrate.differences(plugin).is_empty(), plugin.name


WRONG = [
    ("LMS_DATABASE_URL", "leerplein"),
    ("LMS_DATABASE_URL", "mysql://leerplein:geheim@db.example/leerplein"),
    ("LMS_DATABASE_URL", "postgresql://leerplein:geheim@db.example:poort/leerplein"),
    ("LMS_DATABASE_URL", "postgresql+asyncpg://leerplein:geheim@db.example/leerplein"),
    ("LMS_DATABASE_URL", "sqlite:///hier.sqlite"),
    ("LMS_BASE_URL", "leren.example"),
    ("LMS_BASE_URL", "https://leren.example/cursus"),
    ("LMS_JOB_LEASE", "tien"),
    ("LMS_TRUSTED_PROXIES", "-1"),
    ("LMS_UPLOAD_TOTAL", "0.5"),
]


@pytest.mark.one_database
@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_setting_that_we_cannot_use_is_refused_with_a_sentence(tmp_path, monkeypatch, name, value):
    monkeypatch.setenv("LMS_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv(name, value)
    said = CliRunner().invoke(main, ["init"])
    assert said.exit_code == 1
    assert said.output.startswith(f"Error: {name} "), said.output
    assert said.output.count("\n") == 1
    assert "geheim" not in said.output


@pytest.mark.one_database
@pytest.mark.parametrize("command", ["init", "status", "worker"])
def test_a_folder_that_cannot_be_used_is_named(tmp_path, monkeypatch, command):
    taken = tmp_path / "instance"
    taken.write_text("a file")
    monkeypatch.setenv("LMS_INSTANCE", str(taken))
    monkeypatch.delenv("LMS_SECRET_KEY", raising=False)  # with it only the database is looked for in there
    said = CliRunner().invoke(main, [command])
    assert said.exit_code == 1
    assert said.output.startswith(f"Error: The folder of this site (LMS_INSTANCE) is {taken}"), said.output


@pytest.mark.one_database
@pytest.mark.parametrize("command", ["init", "status", "upgrade", "jobs"])
def test_a_command_says_why_the_database_is_away(tmp_path, monkeypatch, command):
    monkeypatch.setenv("LMS_INSTANCE", str(tmp_path))
    monkeypatch.setenv("LMS_SECRET_KEY", "geheim" * 8)
    monkeypatch.setenv("LMS_DATABASE_URL", "postgresql://postgres@127.0.0.1:1/none")
    said = CliRunner().invoke(main, [command])
    assert said.exit_code == 1
    assert said.output.startswith("Error: The database cannot be reached: "), said.output
    assert "Connection refused" in said.output
    assert said.output.count("\n") == 1


@pytest.mark.one_database
def test_a_disk_that_is_full_at_the_first_start_leaves_no_empty_secret(tmp_path):
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)); from lms.cli import main; main(['init'])"
    )
    env = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    env |= {"LMS_INSTANCE": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    said = subprocess.run(
        [sys.executable, "-c", code], env=env, cwd=config.ROOT, capture_output=True, text=True, check=False
    )
    assert said.returncode == 1
    assert said.stderr.startswith("Error: The folder of this site"), said.stderr
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "secret").touch()  # and as a killed process leaves it
    config.ensure_instance({"LMS_INSTANCE": str(tmp_path)})
    assert len((tmp_path / "secret").read_text()) >= 40


@pytest.mark.one_database
def test_addresses_that_hosts_hand_out(tmp_path):
    for prefix in ("postgres", "postgresql", "postgresql+psycopg"):
        assert config.database_url(f"{prefix}://a:b%40@h:5/d?sslmode=require", tmp_path) == (
            "postgresql+psycopg://a:b%40@h:5/d?sslmode=require"
        )
    assert config.database_url("sqlite:////srv/x.sqlite", tmp_path) == "sqlite:////srv/x.sqlite"
    assert config.database_url(None, tmp_path) == f"sqlite:///{tmp_path}/leerplein.sqlite"
