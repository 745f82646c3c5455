"""Figures for Prometheus: requests, jobs, workers and the disk, and how long things take."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Final, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Scope

from gesso.jobs.job import ENDS, Job, Status
from gesso.runtime.host.pool import PoolFigures
from gesso.server.layer import Call, Layer

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
"""The form in which Prometheus reads figures."""
_OPEN: Final = tuple(status for status in get_args(Status) if status not in ENDS)
_JOB_BUCKETS_S: Final = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000)
_OF_WORKERS: Final = (
    ("workers", "workers", "Processes with a model in them."),
    ("busy", "workers_busy", "Those of them that run something now."),
    ("starting", "workers_starting", "Those that get ready."),
    ("waiting", "runs_waiting", "Runs that wait for one of them."),
    ("failures", "worker_failures", "Workers that died, or could not get ready, since the start."),
    ("memory_bytes", "worker_memory_bytes", "The memory that they hold."),
)
"""What is told of a model's workers: the word of `PoolFigures`, the figure's name, what it means."""


class Metrics:
    """The figures of one server."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "gesso_http_requests", "Requests answered.", ["operation", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "gesso_http_request_seconds",
            "From a request to the end of its answer.",
            ["operation"],
            registry=self._registry,
        )
        self._jobs = Gauge("gesso_jobs", "Jobs that wait or run.", ["status"], registry=self._registry)
        self._model_jobs = Gauge(
            "gesso_model_jobs", "The same of each model that has any.", ["status", "model"], registry=self._registry
        )
        self._ended = Counter(
            "gesso_jobs_ended", "Jobs that have ended since the start.", ["status", "model"], registry=self._registry
        )
        self._job_seconds = Histogram(
            "gesso_job_seconds",
            "Where the time of jobs went: waiting (queue), getting a worker ready (setup), in the model (run), total.",
            ["phase", "model"],
            buckets=_JOB_BUCKETS_S,
            registry=self._registry,
        )
        self._pools = {
            figure: Gauge(f"gesso_{name}", words, ["model"], registry=self._registry)
            for figure, name, words in _OF_WORKERS
        }
        self._disk_free = Gauge(
            "gesso_disk_free_bytes", "Room on the disk where the home lies.", registry=self._registry
        )
        self._runs = Counter(
            "gesso_direct_runs", "Direct runs that have ended.", ["model", "outcome"], registry=self._registry
        )
        self._frames = Counter(
            "gesso_live_frames", "Frames of live streams.", ["model", "outcome"], registry=self._registry
        )
        self._run_seconds = Counter(
            "gesso_direct_run_seconds",
            "Time of models in direct runs and live streams.",
            ["model"],
            registry=self._registry,
        )

    def count(self, operation: str, status: int, *, seconds: float) -> None:
        """Count a request. `operation` is one of a few names, never an address that somebody made up."""
        self._requests.labels(operation, str(status)).inc()
        self._seconds.labels(operation).observe(seconds)

    def count_job(self, job: Job) -> None:
        """Count a job that has ended, and where its time went."""
        self._ended.labels(job.status, job.model).inc()
        for phase, seconds in asdict(job.metrics).items():
            if seconds is not None:
                self._job_seconds.labels(phase.removesuffix("_s"), job.model).observe(seconds)

    def set_jobs(self, counts: Mapping[tuple[str, str], int]) -> None:
        """Say how many jobs wait or run, by status and model."""
        self._model_jobs.clear()
        for status in _OPEN:
            self._jobs.labels(status).set(sum(count for (found, _), count in counts.items() if found == status))
        for labels, count in counts.items():
            self._model_jobs.labels(*labels).set(count)

    def set_workers(self, pools: Sequence[PoolFigures]) -> None:
        """Say how the workers of each model stand."""
        for figure, gauge in self._pools.items():
            gauge.clear()
            for pool in pools:  # a model may have several: by its versions and options
                gauge.labels(pool.model).inc(getattr(pool, figure))

    def set_disk_free(self, free_bytes: int) -> None:
        """Say how much room there is."""
        self._disk_free.set(free_bytes)

    def count_run(self, model: str, outcome: str, *, run_s: float) -> None:
        """Count a direct run of a model that there is: "succeeded", "failed" or "canceled"."""
        self._runs.labels(model, outcome).inc()
        self._run_seconds.labels(model).inc(run_s)

    def count_frames(self, model: str, outcome: str, *, frames: int = 1, run_s: float = 0.0) -> None:
        """Count live frames of a model: "answered", "failed" or "dropped"."""
        self._frames.labels(model, outcome).inc(frames)
        self._run_seconds.labels(model).inc(run_s)

    def text(self) -> bytes:
        """Return the figures as Prometheus reads them."""
        return generate_latest(self._registry)


class Counting(Layer):
    """Counts requests."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        super().__init__(app)
        self._metrics = metrics

    async def meet(self, call: Call) -> None:
        """Hand a call on, and count it when it has been answered. A WebSocket is none."""
        if not call.is_request:
            await call.to(self.app)
            return
        status, began = 500, time.perf_counter()

        async def send_counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await call.send(message)

        try:
            await call.sending(send_counted).to(self.app)
        finally:
            self._metrics.count(_operation(call.scope), status, seconds=time.perf_counter() - began)


def _operation(scope: Scope) -> str:
    """Return the name of the handler that was found: one of a few, whatever the address was."""
    return getattr(scope.get("endpoint"), "__name__", "other")
