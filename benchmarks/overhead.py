"""What one run through a worker costs, against calling the same function in this process.

The model returns what it is given. The limit of each line is the same work without a worker: for the JPEG, decoding it
and coding the answer as JPEG; for the raw frame, checking the input and the output.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, time_awaited, time_called
from benchmarks.pictures import jpeg, photo
from gesso import Image, Json, Model, command
from gesso.app import App
from gesso.runtime.host.model import WorkerModel
from gesso.sdk.declaration import bind
from gesso.settings import Settings
from gesso.spec.runnable import Request, Result

MODEL = '''"""Returns what it is given."""
from gesso import Image, Json, Model, command

class Identity(Model):
    @command
    def picture(self, value: Image) -> Image:
        return value

    @command
    def data(self, value: Json) -> Json:
        return value
'''


class Identity(Model):
    """The same model in this process."""

    @command
    def picture(self, value: Image) -> Image:
        """Return the picture."""
        return value

    @command
    def data(self, value: Json) -> Json:
        """Return the data."""
        return value


async def result_of(model: WorkerModel, command_name: str, *, value: object) -> Any:
    """Run once through the worker and return the output."""
    async for event in model.run(Request(command=command_name, inputs={"value": value}, seed=0)):
        if isinstance(event, Result):
            return event.outputs["output"]
    raise AssertionError("a run ends with a result")


async def measure(*, times: int = 300) -> list[Figure]:
    """Measure small JSON, a 512x512 JPEG, and raw frames of 640x480 and 1080p."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "identity"
        folder.mkdir()
        (folder / "model.py").write_text(MODEL, encoding="utf-8")
        async with App(Settings(home=Path(name) / "home"), report=lambda _: None) as app:
            app.trust.trust(app.registry.find(str(folder)))
            model = await app.open(str(folder))
            return [
                await _json(model, times),
                await _jpeg(model, times),
                await _frame(model, (640, 480), times=times),
                await _frame(model, (1920, 1080), times=times),
            ]


async def _json(model: WorkerModel, times: int) -> Figure:
    value = {"prompt": "a small sentence", "numbers": [1, 2, 3]}
    here = time_called(_in_process("data", value), times=times)
    through = await time_awaited(lambda: result_of(model, "data", value=value), times=times)
    return Figure("small JSON", through, limit_ms=sorted(here)[len(here) // 2], aim_ms=1)


async def _jpeg(model: WorkerModel, times: int) -> Figure:
    coded = jpeg(photo(512, 512))
    call = _in_process("picture", coded)
    here = time_called(lambda: jpeg(call().pixels), times=times)

    async def through_worker() -> bytes:
        answer = await result_of(model, "picture", value=coded)
        return jpeg(answer.pixels)

    through = await time_awaited(through_worker, times=times)
    return Figure("512x512 JPEG in, JPEG out", through, limit_ms=sorted(here)[len(here) // 2])


async def _frame(model: WorkerModel, size: tuple[int, int], *, times: int) -> Figure:
    pixels = photo(*size)
    here = time_called(_in_process("picture", pixels), times=times)
    through = await time_awaited(lambda: result_of(model, "picture", value=pixels), times=times)
    what = f"raw {size[0]}x{size[1]} RGB frame"
    return Figure(what, through, limit_ms=sorted(here)[len(here) // 2], aim_ms=3)


def _in_process(command_name: str, value: object) -> Callable[[], Any]:
    model = Identity()
    spec = bind(Identity)[command_name].command

    def call() -> Any:
        return model.commands[command_name](model, **spec.coerce({"value": value}))

    return call


def main() -> list[Figure]:
    """Measure."""
    return asyncio.run(measure())
