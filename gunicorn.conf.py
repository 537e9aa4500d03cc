"""How gunicorn serves Leerplein; it finds this file by itself when it is started in the checkout.

What differs between sites comes from the environment: LMS_BIND or PORT, WEB_CONCURRENCY (processes), LMS_THREADS
(threads in each), LMS_LOG and LMS_METRICS_TOKEN. See docs/operate.md.
"""

import gc
import os
import shutil
import tempfile
from pathlib import Path

bind = os.environ.get("LMS_BIND") or f"127.0.0.1:{os.environ.get('PORT') or '5000'}"
# Why gthread and these numbers: docs/decisions/0003-wsgi-server.md.
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
threads = int(os.environ.get("LMS_THREADS") or 4)
# Each process makes its own app and its own connections: a connection must not be shared over a fork.
preload_app = False
graceful_timeout = 30  # seconds to finish what was begun when the server stops or is reloaded
timeout = 60  # a process whose main loop stands still for that long is replaced
keepalive = 20  # longer than a proxy keeps a line unused, so that the proxy and not we hang up
max_requests = 20_000  # a fresh process now and then, so that a leak in whatever library stays small
max_requests_jitter = 5_000
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 (a heartbeat must not wait for a disk)
control_socket_disable = True  # it lies in the home folder, where two sites would share it
# Which headers of a proxy count is said once, by LMS_TRUSTED_PROXIES. Left alone, gunicorn takes SCRIPT_NAME and the
# scheme from whoever speaks to it on this machine, also when a proxy only passes on what a stranger sent.
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}
accesslog = None  # the app writes a line for each request itself, with LMS_LOG

if os.environ.get("LMS_LOG") == "json":
    logconfig_dict = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "lms.watch.logs.JsonFormatter"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"level": "WARNING", "handlers": []},  # the app adds its own
        "loggers": {"gunicorn.error": {"level": "INFO", "handlers": ["stderr"], "propagate": False}},
    }


def post_worker_init(worker):
    # What was made so far is there for good. Python would go through all of it now and then, in the midst of somebody's
    # page, which then takes 0.2 s longer (docs/bench.md).
    gc.collect()
    gc.freeze()


# --- figures of several processes -----------------------------------------------------------------
# Each process keeps its figures in a file, and whichever is asked adds them up. The files go by places (1, 2, …) and
# not by process numbers: a new process takes over the place, the file and the counts of one that ended.

FIGURES = "PROMETHEUS_MULTIPROC_DIR"
if os.environ.get("LMS_METRICS_TOKEN") and not os.environ.get(FIGURES):
    os.environ[FIGURES] = tempfile.mkdtemp(prefix="leerplein-figures-")
_places: dict[int, int] = {}  # place to the worker's age, which gunicorn gives once


def pre_fork(server, worker):
    place = next(number for number in range(1, 1000) if number not in _places)
    _places[place] = worker.age
    os.environ["LMS_WORKER_PLACE"] = str(place)


def child_exit(server, worker):
    for place, age in list(_places.items()):
        if age == worker.age:
            del _places[place]


def on_exit(server):
    if FIGURES in os.environ:
        shutil.rmtree(os.environ[FIGURES], ignore_errors=True)
