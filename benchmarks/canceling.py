"""How soon a worker is free after a cancel, and answers again after it was killed.

"Free" is measured to the answer of a next run that was waiting already, so that nothing that is hidden behind the
cancel goes uncounted.
"""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
import time
from pathlib import Path

from benchmarks.figures import Figure
from gesso.app import App
from gesso.runtime.host.model import WorkerModel
from gesso.settings import Settings
from gesso.spec.runnable import Log, Request, Result

WAYS = """
    @command
    def sleeps(self) -> int:
        print("begun")
        time.sleep(600)
        return 1

    @command
    def loops(self) -> int:
        print("begun")
        while True:
            pass
"""
"""Commands of a model that listen to nobody by themselves, whom a cancel stops all the same."""
MODEL = f'''"""Works on and on, in several ways."""
import os
import subprocess
import time
from gesso import Model, command, progress

class Busy(Model):
    @command
    def asks(self) -> int:
        print("begun")
        while True:
            time.sleep(0.001)
            progress(0.5)

{WAYS}
    @command
    def stuck(self) -> int:
        subprocess.Popen(["sh", "-c", "sleep 0.05; echo begun >&2"])
        return sum(range(10**15))

    @command
    def pid(self) -> int:
        return os.getpid()
'''


async def _pid(model: WorkerModel) -> int:
    async for event in model.run(Request(command="pid", seed=0)):
        if isinstance(event, Result):
            return int(event.outputs["output"])
    raise AssertionError("a run ends with a result")


async def _cancel(model: WorkerModel, command: str) -> float:
    """Start a run, cancel it when it has begun, and return when the next one has its answer, in ms since the cancel."""
    begun = asyncio.Event()

    async def follow() -> None:
        async for event in model.run(Request(command=command)):
            if isinstance(event, Log):
                begun.set()

    task = asyncio.create_task(follow())
    await begun.wait()
    await asyncio.sleep(0.02)
    waiting = asyncio.create_task(_pid(model))
    await asyncio.sleep(0.005)
    asked = time.perf_counter()
    task.cancel()
    await waiting
    return (time.perf_counter() - asked) * 1000


async def _kill(model: WorkerModel) -> float:
    """Kill the worker while nothing runs, and return how long the next answer takes, in ms."""
    os.kill(await _pid(model), signal.SIGKILL)
    began = time.perf_counter()
    while True:
        try:
            await _pid(model)
        except Exception:  # noqa: BLE001 - whatever the dying worker says, it is asked again
            continue
        return (time.perf_counter() - began) * 1000


async def measure(*, times: int = 20) -> list[Figure]:
    """Measure each way of working, and a kill."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "busy"
        folder.mkdir()
        (folder / "model.py").write_text(MODEL, encoding="utf-8")
        async with App(Settings(home=Path(name) / "home"), report=lambda _: None) as app:
            app.trust.trust(app.registry.find(str(folder)))
            model = await app.open(str(folder))
            await _pid(model)
            ways = {
                "asks": ("cancel of a model that reports its progress, to the next answer", 100),
                "sleeps": ("cancel of a model that sleeps, to the next answer", 100),
                "loops": ("cancel of a model that computes in Python, to the next answer", 100),
                "stuck": ("cancel of a model that is stuck in C code, to the next answer of a new worker", 1000),
            }
            figures = [
                Figure(what, [await _cancel(model, way) for _ in range(times)], aim_ms=aim)
                for way, (what, aim) in ways.items()
            ]
            return [
                *figures,
                Figure("kill of a worker, to the next answer", [await _kill(model) for _ in range(times)]),
            ]


def main() -> list[Figure]:
    """Measure."""
    return asyncio.run(measure())
