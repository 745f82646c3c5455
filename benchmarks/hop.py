"""How long a raw frame is under way from one worker to another, beside copying it once.

From the moment the first model returns it to the moment the second one's code begins: out of one process, through
Gesso's own, into the other. The clock is the system's, which all processes share.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.figures import Figure, time_called
from benchmarks.pictures import photo
from gesso.app import App
from gesso.runtime.host.model import WorkerModel
from gesso.settings import Settings
from gesso.spec.runnable import Request, Result

MODEL = '''"""Says when a frame has left, and when it has come."""
import time
from dataclasses import dataclass
from gesso import Image, Model, command

@dataclass
class Sent:
    frame: Image
    left: float

class Hop(Model):
    @command
    def send(self, frame: Image) -> Sent:
        return Sent(frame, time.monotonic())

    @command
    def receive(self, frame: Image) -> float:
        return time.monotonic()
'''


async def _outputs(model: WorkerModel, command_name: str, *, frame: object) -> Mapping[str, Any]:
    async for event in model.run(Request(command=command_name, inputs={"frame": frame}, seed=0)):
        if isinstance(event, Result):
            return event.outputs
    raise AssertionError("a run ends with a result")


async def measure(*, times: int = 300) -> list[Figure]:
    """Measure 640x480 and 1080p RGB."""
    with tempfile.TemporaryDirectory() as name:
        async with App(Settings(home=Path(name) / "home"), report=lambda _: None) as app:
            models = []
            for word in ("one", "other"):
                folder = Path(name) / word
                folder.mkdir()
                (folder / "model.py").write_text(MODEL, encoding="utf-8")
                app.trust.trust(app.registry.find(str(folder)))
                models.append(await app.open(str(folder)))
            return [await _hops(models, (640, 480), times=times), await _hops(models, (1920, 1080), times=times)]


async def _hops(models: list[WorkerModel], size: tuple[int, int], *, times: int) -> Figure:
    one, other = models
    pixels = photo(*size)
    target = np.empty_like(pixels)
    limit = time_called(lambda: np.copyto(target, pixels), times=times)
    taken = []
    for number in range(times + times // 10):
        sent = await _outputs(one, "send", frame=pixels)
        came = (await _outputs(other, "receive", frame=sent["frame"]))["output"]
        if number >= times // 10:
            taken.append((came - sent["left"]) * 1000)
    aim_ms = 0.5 if size == (1920, 1080) else None
    what = f"a {size[0]}x{size[1]} RGB frame, from one worker to another"
    figure = Figure(what, taken, limit_ms=sorted(limit)[len(limit) // 2])
    return Figure(what, taken, limit_ms=figure.limit_ms, aim_ms=None if aim_ms is None else aim_ms - figure.limit_ms)


def main() -> list[Figure]:
    """Measure."""
    return asyncio.run(measure())
