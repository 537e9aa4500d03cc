"""Figures in the words of Prometheus: requests, how long they take, the jobs, and whether the database answers."""

import os
import time
from collections.abc import Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from ..clock import now
from ..db import db
from ..jobs.models import Job

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # set by gunicorn.conf.py: the files in which processes keep their figures
PLACE = "LMS_WORKER_PLACE"
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds


class Figures:
    """The figures of one app in one process; ``text()`` adds those of the other processes of this server."""

    def __init__(self) -> None:
        if FOLDER in os.environ and PLACE in os.environ:
            # By place and not by process number, so that the files of processes that ended do not pile up.
            values.ValueClass = values.MultiProcessValue(lambda: os.environ[PLACE])
        self._own = CollectorRegistry()
        self._requests = Counter(
            "leerplein_requests", "Requests answered.", ("endpoint", "method", "status"), registry=self._own
        )
        self._seconds = Histogram(
            "leerplein_request_seconds", "How long an answer took.", ("endpoint",), buckets=BUCKETS, registry=self._own
        )

    def note(self, endpoint: str | None, method: str, status: int, seconds: float) -> None:
        """Count one request. Whatever a stranger can make up (a path, a method) is no label."""
        self._requests.labels(endpoint or "none", method if method in METHODS else "other", str(status)).inc()
        self._seconds.labels(endpoint or "none").observe(seconds)

    def text(self) -> bytes:
        """All figures, as Prometheus reads them."""
        registry = CollectorRegistry()
        if FOLDER in os.environ:
            MultiProcessCollector(registry)
        else:
            registry = self._own
        state = CollectorRegistry()
        state.register(_State())
        return generate_latest(registry) + generate_latest(state)


class _State(Collector):
    """What is asked of the database at the moment of asking. One query."""

    def collect(self) -> Iterator[Metric]:
        begun = time.perf_counter()
        up = True
        counts: dict[str, tuple[int, datetime | None]] = {}
        try:
            found = select(Job.state, func.count(), func.min(Job.due_at)).where(Job.state != "done").group_by(Job.state)
            counts = {state: (count, due) for state, count, due in db.session.execute(found)}
        except SQLAlchemyError:
            up = False
        yield GaugeMetricFamily("leerplein_database_up", "Does the database answer (1) or not (0)?", float(up))
        yield GaugeMetricFamily(
            "leerplein_database_seconds", "How long it took over that.", time.perf_counter() - begun
        )
        if not up:
            return
        waiting, due = counts.get("waiting", (0, None))
        failed, _due = counts.get("failed", (0, None))
        late = max(0.0, (now() - due).total_seconds()) if due else 0.0
        yield GaugeMetricFamily("leerplein_jobs_waiting", "Jobs that wait, also for a later moment.", waiting)
        yield GaugeMetricFamily("leerplein_jobs_failed", "Jobs that were given up.", failed)
        yield GaugeMetricFamily("leerplein_jobs_oldest_seconds", "How long the oldest job is due.", late)
