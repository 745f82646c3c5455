"""Several workers for one model, models that make room for each other, and whose turn it is."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from gesso.app import App
from gesso.errors import QueueFullError, WorkerDiedError
from gesso.runtime.host import budget, pool
from gesso.runtime.host.model import WorkerModel
from gesso.settings import load
from gesso.spec.runnable import Progress, Request, Result
from tests.journeys.conftest import Studio, run, worker_of

WORK = """
class Work(Model):
    @command
    def pid(self, seconds: float = 0) -> int:
        time.sleep(seconds)
        return os.getpid()

    @command
    def meet(self, folder: str) -> int:
        (Path(folder) / str(os.getpid())).touch()
        while len(os.listdir(folder)) < 2:
            time.sleep(0.01)
        return os.getpid()

    @command
    def die(self) -> int:
        os.kill(os.getpid(), 9)

    @command
    def threads(self) -> int:
        return int(os.environ["OMP_NUM_THREADS"])
"""


async def _pid(model: WorkerModel, *, seconds: float = 0, is_background: bool = False) -> int:
    request = Request(command="pid", inputs={"seconds": seconds}, is_background=is_background)
    events = [event async for event in model.run(request)]
    assert isinstance(events[-1], Result)
    return int(events[-1].outputs["output"])


async def _meet(model: WorkerModel, folder: Path) -> set[int]:
    """Have two runs wait for each other, which takes two workers. Returns their processes."""
    folder.mkdir()
    results = await asyncio.gather(*(run(model, "meet", folder=str(folder)) for _ in range(2)))
    return {result.outputs["output"] for result, _ in results}


async def test_as_many_workers_as_are_allowed_and_needed(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = studio.write(WORK)
    monkeypatch.setenv("GESSO_POOLS", '{"story": {"max": 2}}')
    monkeypatch.setenv("GESSO_THREADS", "4")
    monkeypatch.delenv("OMP_NUM_THREADS")  # what a person says goes first
    async with App(load(), report=studio.news.append) as app:
        model = await app.open(str(folder))
        assert await _pid(model) == await _pid(model)  # one is enough where nobody waits
        met = asyncio.create_task(_meet(model, tmp_path / "met"))
        pids = await asyncio.gather(*(_pid(model, seconds=0.1) for _ in range(6)))
        assert len(await met) == 2
        assert set(pids) <= await met
        result, _ = await run(model, "threads")
        assert result.outputs["output"] == 2  # they share the processors


async def test_some_are_kept_ready_and_replaced(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = studio.write(WORK)
    monkeypatch.setenv("GESSO_POOLS", '{"story": {"min": 1, "max": 1}}')
    monkeypatch.setenv("GESSO_IDLE_UNLOAD_S", "0.05")
    async with App(load(), report=studio.news.append) as app:
        model = await app.open(str(folder))
        model.keep_ready()
        first = await _pid(model)
        await asyncio.sleep(0.3)
        assert await _pid(model) == first
        before = list(model.workers)
        os.kill(first, signal.SIGKILL)
        while not model.workers or model.workers == before:
            await asyncio.sleep(0.02)
        result, _ = await run(model, "pid")
        assert result.setup_s == 0


async def test_a_person_at_the_screen_goes_before_work_in_the_background(studio: Studio) -> None:
    model = await studio.open(WORK)
    await _pid(model)
    ended: list[str] = []

    async def follow(name: str, *, is_background: bool) -> None:
        await _pid(model, seconds=0.1, is_background=is_background)
        ended.append(name)

    async with asyncio.TaskGroup() as group:
        group.create_task(follow("first", is_background=True))
        await asyncio.sleep(0.05)
        for name in ("batch 1", "batch 2"):
            group.create_task(follow(name, is_background=True))
        await asyncio.sleep(0.02)
        group.create_task(follow("person", is_background=False))
    assert ended == ["first", "person", "batch 1", "batch 2"]


async def test_the_model_that_nobody_uses_makes_room(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = studio.write(WORK, name="one"), studio.write(WORK, name="other")
    monkeypatch.setenv("GESSO_MEMORY_BUDGET_MB", "120")  # less than two workers take as they say
    async with App(load(), report=studio.news.append) as app:
        first, second = await app.open(str(one)), await app.open(str(other))
        before = await _pid(first)
        await _pid(second)
        assert not worker_of(before)()
        assert first.workers == []
        at_work = asyncio.create_task(_pid(second, seconds=0.5))
        await asyncio.sleep(0.1)
        result, events = await run(first, "pid")  # waits until the other rests
        assert any(isinstance(event, Progress) and "memory" in event.text for event in events)
        assert result.setup_s > 0
        await at_work


async def test_models_that_make_room_for_each_other_both_get_on(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [studio.write(WORK, name=name) for name in ("one", "other")]
    monkeypatch.setenv("GESSO_MEMORY_BUDGET_MB", "120")  # for one of them
    monkeypatch.setattr(budget, "_PATIENCE_S", 0.05)  # less than a worker takes to get ready
    async with App(load(), report=studio.news.append) as app:
        models = [await app.open(str(folder)) for folder in folders]
        await asyncio.gather(*(_pid(model, seconds=0.1) for model in models for _ in range(3)))


async def test_workers_that_are_always_kept_hinder_no_other_model(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, other = studio.write(WORK, name="kept"), studio.write(WORK, name="other")
    monkeypatch.setenv("GESSO_MEMORY_BUDGET_MB", "120")
    monkeypatch.setenv("GESSO_POOLS", '{"kept": {"min": 1}}')
    async with App(load(), report=studio.news.append) as app:
        first, second = await app.open(str(kept)), await app.open(str(other))
        first.keep_ready()
        await _pid(first)
        await _pid(second)
        assert first.workers


async def test_a_worker_that_dies_again_and_again_is_not_started_at_once(studio: Studio) -> None:
    model = await studio.open(WORK)
    for _ in range(3):
        with pytest.raises(WorkerDiedError):
            await run(model, "die")
    result, events = await run(model, "pid")
    assert any(isinstance(event, Progress) and "again and again" in event.text for event in events)
    assert result.setup_s >= 1
    assert model.figures().failures == 3


async def test_too_long_a_line_is_refused(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_LONGEST_LINE", 3)
    model = await studio.open(WORK)
    await _pid(model)
    first = asyncio.create_task(_pid(model, seconds=0.5))
    await asyncio.sleep(0.1)
    waiting = [asyncio.create_task(_pid(model)) for _ in range(3)]
    await asyncio.sleep(0.1)
    with pytest.raises(QueueFullError, match="3 runs"):
        await _pid(model)
    assert model.figures().waiting == 3
    await asyncio.gather(first, *waiting)
    assert model.figures().waiting == 0


async def test_frames_of_one_session_stay_with_one_worker(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = studio.write(WORK)
    monkeypatch.setenv("GESSO_POOLS", '{"story": {"max": 2}}')
    async with App(load(), report=studio.news.append) as app:
        model = await app.open(str(folder))

        async def frame(session: str) -> int:
            request = Request(command="pid", inputs={"seconds": 0.1}, session=session)
            result = [event async for event in model.run(request)][-1]
            assert isinstance(result, Result)
            return int(result.outputs["output"])

        await _meet(model, tmp_path / "met")
        firsts = await asyncio.gather(frame("a"), frame("b"), frame("a"), frame("b"))
        again = await asyncio.gather(frame("b"), frame("b"), frame("a"))
        assert len(set(firsts)) == 2
        assert list(again) == [firsts[1], firsts[1], firsts[0]]


async def test_everybody_hears_why_no_worker_gets_ready(studio: Studio) -> None:
    from gesso.errors import SetupError

    model = await studio.open(
        """
        class Broken(Model):
            def setup(self) -> None:
                raise OSError("no such file: weights.bin")

            def run(self) -> int:
                return 1
        """
    )
    ended = await asyncio.gather(*(run(model) for _ in range(3)), return_exceptions=True)
    assert all(isinstance(error, SetupError) and "weights.bin" in str(error) for error in ended)
