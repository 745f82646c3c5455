"""Figures for Prometheus: requests by what they ask for, how long they take, and how the jobs stand."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Scope

from gesso.jobs.job import Status
from gesso.server.layer import Call, Layer

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
"""The form in which Prometheus reads figures."""


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
        self._jobs = Gauge("gesso_jobs", "Jobs that have not ended.", ["status"], registry=self._registry)

    def count(self, operation: str, status: int, *, seconds: float) -> None:
        """Count a request. `operation` is one of a few names, never an address that somebody made up."""
        self._requests.labels(operation, str(status)).inc()
        self._seconds.labels(operation).observe(seconds)

    def count_run(self, model: str, outcome: str, *, run_s: float) -> None:
        """Count a direct run of a model that there is: "succeeded", "failed" or "canceled"."""
        self._runs.labels(model, outcome).inc()
        self._run_seconds.labels(model).inc(run_s)

    def count_frames(self, model: str, outcome: str, *, frames: int = 1, run_s: float = 0.0) -> None:
        """Count live frames of a model: "answered", "failed" or "dropped"."""
        self._frames.labels(model, outcome).inc(frames)
        self._run_seconds.labels(model).inc(run_s)

    def set_jobs(self, counts: Mapping[Status, int]) -> None:
        """Say how many jobs are in each of these statuses."""
        for status, count in counts.items():
            self._jobs.labels(status).set(count)

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
