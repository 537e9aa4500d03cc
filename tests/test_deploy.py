"""The files of deploy/, as those read them for whom they are: systemd, nginx and Caddy."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[1] / "deploy"
INSTALLED = "/opt/leerplein/.venv"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_takes_the_units(tmp_path):
    for unit in [*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")]:
        # It wants to see the programs: ours are those of the tests.
        (tmp_path / unit.name).write_text(unit.read_text().replace(INSTALLED, sys.prefix))
    units = sorted(path.name for path in tmp_path.iterdir())
    assert units == [
        "leerplein-backup.service", "leerplein-backup.timer", "leerplein-web.service", "leerplein-worker.service"
    ]  # fmt: skip
    command = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *units]
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout + found.stderr) == (0, "")


def test_the_example_names_settings_that_exist():
    """A setting that nothing reads would be believed to work."""
    text = (DEPLOY / "leerplein.env.example").read_text()
    names = [line.lstrip("# ").partition("=")[0] for line in text.splitlines() if "=" in line and " " not in line[2:]]
    root = DEPLOY.parent
    read = "".join(path.read_text() for path in [root / "lms/config.py", root / "gunicorn.conf.py"])
    assert len(names) >= 10
    assert [name for name in names if f'"{name}"' not in read] == []


@pytest.fixture
def certificate(tmp_path):
    """A certificate of our own, where the example names one of Let's Encrypt."""
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=leren.example"]
    make += ["-keyout", str(tmp_path / "privkey.pem"), "-out", str(tmp_path / "fullchain.pem")]
    subprocess.run(make, capture_output=True, check=True)
    return tmp_path


@pytest.mark.skipif(not (shutil.which("nginx") and shutil.which("openssl")), reason="nginx is not installed")
def test_nginx_takes_its_file(certificate):
    """Debian 12 has 1.22: what only a newer nginx knows would stop the proxy of the whole machine."""
    site = (DEPLOY / "nginx.conf").read_text().replace("/etc/letsencrypt/live/leren.example", str(certificate))
    (certificate / "site.conf").write_text(re.sub(r"(listen (?:\[::\]:)?)(80|443)", r"\g<1>1\2", site))
    temporary = "".join(
        f"{name}_temp_path {certificate}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (certificate / "nginx.conf").write_text(
        f"pid {certificate}/pid; events {{}} http {{ access_log off; {temporary} include {certificate}/site.conf; }}"
    )
    command = ["nginx", "-t", "-c", str(certificate / "nginx.conf"), "-e", str(certificate / "errors.log")]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr


@pytest.mark.skipif(shutil.which("caddy") is None, reason="Caddy is not installed")
def test_caddy_takes_its_file(tmp_path):
    command = ["caddy", "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")]
    env = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    found = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    assert found.returncode == 0, found.stderr
