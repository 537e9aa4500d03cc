"""The files of deploy/, as those read them for whom they are: systemd, nginx and Caddy."""

import contextlib
import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
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


class Site(BaseHTTPRequestHandler):
    """Stands where gunicorn does, and answers with where it thinks that a request comes from."""

    def do_GET(self):
        text = self.headers["X-Forwarded-For"].encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_args):
        pass


@pytest.fixture
def site():
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.skipif(not (shutil.which("nginx") and shutil.which("openssl")), reason="nginx is not installed")
def test_nginx_takes_its_file_and_tells_where_a_request_comes_from(certificate, site):
    """Debian 12 has 1.22: what only a newer nginx knows would stop the proxy of the whole machine."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    text = (DEPLOY / "nginx.conf").read_text().replace("/etc/letsencrypt/live/leren.example", str(certificate))
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{site}").replace("listen 443", f"listen 127.0.0.1:{port}")
    text = text.replace("listen 80;", f"listen unix:{certificate}/80;")
    text = re.sub(r"listen \[::\].*", "", text)
    (certificate / "site.conf").write_text(text)
    temporary = "".join(
        f"{name}_temp_path {certificate}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (certificate / "nginx.conf").write_text(
        f"pid {certificate}/pid; daemon off; events {{}} "
        f"http {{ access_log off; {temporary} include {certificate}/site.conf; }}"
    )
    command = ["nginx", "-c", str(certificate / "nginx.conf"), "-e", str(certificate / "errors.log")]
    found = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    process = subprocess.Popen(command)
    try:
        give_up = time.monotonic() + 20
        while time.monotonic() < give_up:
            with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.05)
        trusting = ssl._create_unverified_context()
        line = http.client.HTTPSConnection("127.0.0.1", port, context=trusting, timeout=20)
        # The last is who nginx sees, and LMS_TRUSTED_PROXIES=1 believes that one; behind a load balancer it is the
        # balancer, and the one before it, which the balancer put there, is the visitor.
        line.request("GET", "/", headers={"Host": "leren.example", "X-Forwarded-For": "192.0.2.7"})
        assert line.getresponse().read() == b"192.0.2.7, 127.0.0.1"
        line.close()
    finally:
        process.terminate()
        process.wait(20)


@pytest.mark.skipif(shutil.which("caddy") is None, reason="Caddy is not installed")
def test_caddy_takes_its_file(tmp_path):
    command = ["caddy", "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")]
    env = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    found = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    assert found.returncode == 0, found.stderr
