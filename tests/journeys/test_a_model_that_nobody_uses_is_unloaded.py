"""A worker that nobody has used for a while ends and gives its memory back; the next run starts another."""

from __future__ import annotations

import asyncio

import pytest

from gesso.app import App
from gesso.settings import Settings, load
from tests.journeys.conftest import Studio, run, worker_of

PID = """
class Pid(Model):
    def run(self) -> int:
        return os.getpid()
"""


async def test_it_ends_and_comes_back(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = studio.write(PID)
    monkeypatch.setenv("GESSO_IDLE_UNLOAD_S", "0.2")
    settings: Settings = load()
    async with App(settings, report=studio.news.append) as app:
        model = await app.open(str(folder))
        first, _ = await run(model)
        again, _ = await run(model)
        assert again.outputs == first.outputs
        assert first.versions["python"]
        assert first.versions["numpy"]
        is_running = worker_of(first.outputs["output"])
        for _ in range(100):
            if not is_running():
                break
            await asyncio.sleep(0.05)
        assert not is_running()
        later, _ = await run(model)
        assert later.outputs != first.outputs
