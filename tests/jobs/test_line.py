"""Jobs that go on: they pause, are finished early, and are taken up again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from gesso.errors import CanceledError, ConflictError
from gesso.jobs.history import History
from gesso.jobs.job import JobOrder
from gesso.spec.runnable import Event, Log, Progress, Request, Result
from tests.jobs.fakes import Queue, open_queue


def going_on(**more: object) -> JobOrder:
    return JobOrder(model="dream", inputs={"words": "a fox"}, kind="training", **more)  # type: ignore[arg-type]  # each test its own


def obedient(queue: Queue) -> None:
    """Have the model do what the file `wanted` in its folder says, as a trainer does."""

    async def obey(request: Request) -> AsyncGenerator[Event, None]:
        assert request.checkpoints is not None
        request.checkpoints.mkdir(parents=True, exist_ok=True)
        told = request.checkpoints / "wanted"
        queue.dream.requests.append(request)
        yield Progress(0.5, "half")
        yield Log("at work")
        queue.dream.begun.set()
        while not queue.dream.gate.is_set():
            await asyncio.sleep(0.01)
            if told.exists() and told.read_text() == "pause":
                (request.checkpoints / "checkpoint").touch()
                raise CanceledError("It pauses.")
            if told.exists() and told.read_text() == "finish":
                break
        yield Result({"told": "done"}, request.seed or 0)

    queue.dream.run = obey  # type: ignore[method-assign]  # this one listens
    queue.dream.gate.clear()


async def test_a_job_that_goes_on_pauses_and_is_resumed(queue: Queue) -> None:
    obedient(queue)
    job = await queue.jobs.submit(going_on(priority="batch"))
    await queue.dream.begun.wait()
    paused = await queue.jobs.pause(job.id)
    assert (paused.status, paused.wanted, paused.progress) == ("paused", "pause", 0.5)
    assert (queue.jobs.kept.path(job.id) / "checkpoint").exists()
    queue.dream.begun.clear()
    assert (await queue.jobs.resume(job.id)).wanted == "go on"
    await queue.dream.begun.wait()
    assert not (queue.jobs.kept.path(job.id) / "wanted").exists()
    queue.dream.gate.set()
    ended = await queue.ended(job.id)
    assert (ended.status, [line.text for line in ended.logs]) == ("succeeded", ["at work", "at work"])
    assert queue.jobs.kept.path(job.id).exists()
    await queue.jobs.delete(job.id)
    assert not queue.jobs.kept.path(job.id).exists()


async def test_a_job_that_waits_can_pause_too_and_be_canceled(queue: Queue) -> None:
    obedient(queue)
    first, second = [await queue.jobs.submit(going_on()) for _ in range(2)]
    await queue.dream.begun.wait()
    assert (await queue.jobs.get(second.id)).status == "queued"
    assert (await queue.jobs.pause(second.id)).status == "paused"
    queue.dream.gate.set()
    assert (await queue.ended(first.id)).status == "succeeded"
    await asyncio.sleep(0.05)
    assert (await queue.jobs.get(second.id)).status == "paused"
    assert (await queue.jobs.cancel(second.id)).status == "canceled"
    for act in (queue.jobs.pause, queue.jobs.resume, queue.jobs.finish):
        with pytest.raises(ConflictError, match="canceled already"):
            await act(second.id)


async def test_one_that_is_finished_early_takes_what_it_has(queue: Queue) -> None:
    obedient(queue)
    job = await queue.jobs.submit(going_on())
    await queue.dream.begun.wait()
    assert (await queue.jobs.finish(job.id)).wanted == "finish"
    assert (await queue.ended(job.id)).status == "succeeded"
    queue.dream.begun.clear()
    job = await queue.jobs.submit(going_on())
    await queue.dream.begun.wait()
    await queue.jobs.pause(job.id)
    await queue.jobs.finish(job.id)
    assert (await queue.ended(job.id)).status == "succeeded"


async def test_what_does_not_go_on_does_not_pause(queue: Queue) -> None:
    queue.dream.gate.clear()
    job = await queue.jobs.submit(JobOrder(model="dream"))
    for act in (queue.jobs.pause, queue.jobs.resume, queue.jobs.finish):
        with pytest.raises(ConflictError, match="A prediction cannot pause"):
            await act(job.id)


async def test_a_training_keeps_nobody_from_their_predictions_and_is_not_run_again(queue: Queue) -> None:
    obedient(queue)
    training = await queue.jobs.submit(going_on())
    await queue.dream.begun.wait()
    others = [await queue.jobs.submit(JobOrder(model=name)) for name in ("second", "third")]
    for other in others:
        assert (await queue.ended(other.id)).status == "succeeded"
    assert (await queue.jobs.get(training.id)).status == "processing"
    await queue.jobs.cancel(training.id)
    with pytest.raises(ConflictError, match="taken up"):
        await queue.jobs.retry(training.id)


async def test_one_that_pauses_does_so_over_restarts_and_what_ran_goes_on(tmp_path: Path) -> None:
    async with open_queue(tmp_path / "home") as queue:
        obedient(queue)
        job = await queue.jobs.submit(going_on())
        await queue.dream.begun.wait()
        await queue.jobs.pause(job.id)
        queue.dream.begun.clear()
        second = await queue.jobs.submit(going_on())
        await queue.dream.begun.wait()
        strange = queue.jobs.kept.path("01m81sdzeqdas2y39yhq1776xg")
        strange.mkdir()
        await queue.jobs.stop(5)
        assert (await queue.jobs.get(second.id)).status == "queued"
        assert (queue.jobs.kept.path(second.id) / "checkpoint").exists()
    async with open_queue(tmp_path / "home") as queue:
        obedient(queue)
        await queue.dream.begun.wait()
        assert (await queue.jobs.get(job.id)).status == "paused"
        assert (await queue.jobs.get(second.id)).status == "processing"
        assert not strange.exists()
        assert queue.jobs.kept.path(job.id).exists()
        queue.dream.gate.set()
        assert (await queue.ended(second.id)).status == "succeeded"


async def test_a_crash_in_the_middle_of_pausing_leaves_it_paused(tmp_path: Path) -> None:
    async with open_queue(tmp_path / "home") as queue:
        obedient(queue)
        job = await queue.jobs.submit(going_on())
        await queue.dream.begun.wait()
        history = History(queue.home.database)
        now = (await history.get(job.id))[0]
        crashed = replace(now, wanted="pause")
        await queue.jobs.stop(0)
        await history.change(replace(crashed, status="processing"), only_from=("queued",))
    async with open_queue(tmp_path / "home") as queue:
        assert (await queue.jobs.get(job.id)).status == "paused"


async def test_one_that_does_not_listen_is_stopped(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gesso.jobs.line._PATIENCE_S", 0.05)
    queue.dream.gate.clear()
    job = await queue.jobs.submit(going_on())
    await queue.dream.begun.wait()
    assert (await queue.jobs.pause(job.id)).status == "paused"
