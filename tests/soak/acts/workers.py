"""What happens to workers: they are killed, their guards are, they stand still for a while."""

from __future__ import annotations

import asyncio
import contextlib
import time

import psutil

from tests.soak.server import Worker, workers_of
from tests.soak.stage import Stage


async def kill_one(stage: Stage) -> None:
    """Kill a worker, as a system that runs out of memory does."""
    _kill(stage, is_guard=False)


async def kill_a_guard(stage: Stage) -> None:
    """Kill the guard beside a worker: the worker must not outlive it."""
    _kill(stage, is_guard=True)


async def stop_one(stage: Stage) -> None:
    """Have a worker stand still for a while, as in a computer that sleeps."""
    if worker := _choose(stage, is_guard=False):
        with contextlib.suppress(psutil.Error):
            worker.process.suspend()
            try:
                await asyncio.sleep(stage.chance.choice((0.1, 1, 3)))
            finally:
                worker.process.resume()  # psutil looks whether it is still the same


def _kill(stage: Stage, *, is_guard: bool) -> None:
    if worker := _choose(stage, is_guard=is_guard):
        stage.server.worker_kills.append((time.time(), worker.model))
        with contextlib.suppress(psutil.Error):
            worker.process.kill()


def _choose(stage: Stage, *, is_guard: bool) -> Worker | None:
    found = [worker for worker in workers_of(stage.server) if worker.is_guard == is_guard]
    return stage.chance.choice(found) if found else None
