from __future__ import annotations

import asyncio
import time
from collections.abc import Collection
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from gesso.errors import (
    ConflictError,
    DamagedError,
    DiskFullError,
    InputError,
    ModelError,
    NotFoundError,
    QueueFullError,
)
from gesso.jobs import identity
from gesso.jobs.events import JobChanged, JobEvent, Logged, PartAdded, PreviewChanged, ProgressChanged
from gesso.jobs.history import History
from gesso.jobs.history import Log as JobLog
from gesso.jobs.job import Job, JobOrder
from gesso.jobs.marks import read_recipe
from gesso.spec.runnable import Log, Part, Preview, Progress
from gesso.storage.tables import JOBS
from gesso.types.image import Image
from tests.jobs.fakes import Queue, open_queue


def order(words: str = "a fox", **more: object) -> JobOrder:
    return JobOrder(model="dream", inputs={"words": words}, **more)  # type: ignore[arg-type]  # each test its own


async def test_a_job_runs_and_keeps_what_came_of_it(queue: Queue) -> None:
    queue.dream.answer = lambda inputs: {"picture": Image(255 - inputs["photo"].pixels), "facts": {"foxes": 1}}
    photo = np.zeros((4, 6, 3), np.uint8)
    job = await queue.jobs.submit(JobOrder(model="dream", inputs={"photo": photo}, seed=7))
    assert job.status in {"queued", "starting", "processing"}  # it may have begun by the time that it is answered
    job = await queue.ended(job.id)
    assert job.status == "succeeded"
    assert [output.name for output in job.outputs] == ["picture", "facts"]
    assert job.outputs[1].value == {"foxes": 1}
    assert job.recipe is not None
    assert (job.recipe.seed, job.recipe.model_digest) == (7, "digest of dream")
    assert read_recipe(queue.blobs.path(job.outputs[0].files[0].blob)) == job.recipe
    assert job.metrics.run_s == 0.5
    assert job.metrics.total_s is not None
    assert not list((queue.home.path / "runs").glob("*"))


async def test_what_is_wrong_is_refused_before_it_is_accepted(queue: Queue) -> None:
    for wrong, inputs in (
        ({}, {"photo": "no picture"}),
        ({}, {"unknown": 1}),
        ({"seed": -1}, {}),
        ({"kind": "laundry"}, {}),
        ({"deadline_s": 0}, {}),
        ({"options": {"strength": "high"}}, {}),
        ({"options": {"unknown": 1}}, {}),
    ):
        with pytest.raises(InputError):
            await queue.jobs.submit(JobOrder(model="dream", inputs=inputs, **wrong))
    for missing in (JobOrder(model="nobody"), JobOrder(model="dream", command="fly")):
        with pytest.raises(NotFoundError):
            await queue.jobs.submit(missing)
    with pytest.raises(NotFoundError):
        await queue.jobs.submit(JobOrder(model="dream", inputs={"photo": {"blob": "0" * 64}}))
    assert await queue.jobs.list() == ()


async def test_a_failed_job_says_why(queue: Queue) -> None:
    queue.dream.error = ModelError("The model failed.", hint="Try another.", detail="x" * 50_000)
    job = await queue.ended((await queue.jobs.submit(order())).id)
    assert job.status == "failed"
    assert job.error is not None
    assert (job.error.code, job.error.message, len(job.error.detail)) == ("model", "The model failed.", 20_000)
    assert isinstance(job.error.as_error(), ModelError)


async def test_a_fault_of_ours_fails_the_job_and_not_the_queue(queue: Queue) -> None:
    queue.dream.error = ZeroDivisionError("oh")
    job = await queue.ended((await queue.jobs.submit(order())).id)
    assert job.error is not None
    assert (job.status, job.error.code) == ("failed", "run")
    queue.dream.error = None
    assert (await queue.ended((await queue.jobs.submit(order())).id)).status == "succeeded"


async def test_interactive_work_comes_before_batches_and_each_in_its_order(queue: Queue) -> None:
    queue.dream.gate.clear()
    first = await queue.jobs.submit(order("0"))
    await queue.dream.begun.wait()
    batch = [await queue.jobs.submit(order(f"b{number}", priority="batch")) for number in range(2)]
    person = [await queue.jobs.submit(order(f"p{number}")) for number in range(2)]
    places = [(await queue.jobs.get(job.id)).queue_position for job in (first, *batch, *person)]
    assert places == [None, 3, 4, 1, 2]
    queue.dream.gate.set()
    for job in (*batch, *person):
        await queue.ended(job.id)
    assert [request.inputs["words"] for request in queue.dream.requests] == ["0", "p0", "p1", "b0", "b1"]
    assert queue.dream.most_running == 1


async def test_different_models_run_side_by_side_up_to_the_limit(queue: Queue) -> None:
    for fake in queue.models.fakes.values():
        fake.gate.clear()
    made = [await queue.jobs.submit(JobOrder(model=name)) for name in ("dream", "second", "third")]
    async with asyncio.timeout(10):
        await queue.models.fakes["second"].begun.wait()
    await asyncio.sleep(0.05)
    assert [fake.running for fake in queue.models.fakes.values()] == [1, 1, 0]
    for fake in queue.models.fakes.values():
        fake.gate.set()
    assert {(await queue.ended(job.id)).status for job in made} == {"succeeded"}


async def test_the_same_key_makes_one_job_also_at_once(queue: Queue) -> None:
    made = await asyncio.gather(*(queue.jobs.submit(order(idempotency_key="k")) for _ in range(20)))
    assert len({job.id for job in made}) == 1
    with pytest.raises(ConflictError):
        await queue.jobs.submit(order("something else", idempotency_key="k"))
    await queue.ended(made[0].id)
    assert len(queue.dream.requests) == 1


async def test_a_full_queue_refuses(tmp_path: Path) -> None:
    async with open_queue(tmp_path, max_queued=2) as queue:
        queue.dream.gate.clear()
        await queue.jobs.submit(order())
        await queue.dream.begun.wait()
        for _ in range(2):
            await queue.jobs.submit(order())
        with pytest.raises(QueueFullError):
            await queue.jobs.submit(order())


async def test_a_waiting_and_a_running_job_are_canceled(queue: Queue) -> None:
    queue.dream.gate.clear()
    running = await queue.jobs.submit(order())
    await queue.dream.begun.wait()
    waiting = await queue.jobs.submit(order())
    assert (await queue.jobs.cancel(waiting.id)).status == "canceled"
    assert (await queue.jobs.cancel(running.id)).status == "canceled"
    assert queue.dream.running == 0
    assert (await queue.jobs.cancel(running.id)).status == "canceled"
    queue.dream.gate.set()
    assert (await queue.ended((await queue.jobs.submit(order())).id)).status == "succeeded"


async def test_a_retry_is_a_new_job_with_the_same_seed(queue: Queue) -> None:
    queue.dream.error = ModelError("no")
    first = await queue.ended((await queue.jobs.submit(order())).id)
    queue.dream.error = None
    second = await queue.jobs.retry(first.id)
    assert (second.retry_of, second.seed, second.inputs) == (first.id, first.seed, first.inputs)
    assert (await queue.ended(second.id)).status == "succeeded"
    queue.dream.gate.clear()
    third = await queue.jobs.retry(first.id)
    with pytest.raises(ConflictError):
        await queue.jobs.retry(third.id)


@pytest.mark.parametrize("state", ["running", "waiting"])
async def test_a_deadline_ends_a_job(state: str, queue: Queue) -> None:
    queue.dream.gate.clear()
    if state == "waiting":
        await queue.jobs.submit(order())
        await queue.dream.begun.wait()
    job = await queue.ended((await queue.jobs.submit(order(deadline_s=0.05))).id)
    assert job.error is not None
    assert (job.status, job.error.code) == ("failed", "deadline")


async def test_deleting_a_job_removes_its_files_unless_another_needs_them(queue: Queue) -> None:
    queue.dream.answer = lambda inputs: {"picture": inputs["photo"]}
    photo = np.zeros((4, 6, 3), np.uint8)
    first = await queue.ended((await queue.jobs.submit(JobOrder(model="dream", inputs={"photo": photo}, seed=1))).id)
    second = await queue.ended((await queue.jobs.submit(JobOrder(model="dream", inputs={"photo": photo}, seed=2))).id)
    await queue.jobs.delete(first.id)
    with pytest.raises(NotFoundError):
        await queue.jobs.get(first.id)
    assert len(list(queue.blobs.digests())) == 2
    await queue.jobs.delete(second.id)
    assert list(queue.blobs.digests()) == []


async def test_deleting_a_running_job_cancels_it_and_ends_the_listening(queue: Queue) -> None:
    queue.dream.gate.clear()
    job = await queue.jobs.submit(order())
    await queue.dream.begun.wait()
    listening = asyncio.create_task(_all(queue, job.id))
    await asyncio.sleep(0.01)
    await queue.jobs.delete(job.id)
    async with asyncio.timeout(5):
        await listening
    assert queue.dream.running == 0


async def test_jobs_are_listed_searched_and_paged(queue: Queue) -> None:
    made = [await queue.jobs.submit(order(f"a fox 100% number {number}")) for number in range(5)]
    for job in made:
        await queue.ended(job.id)
    second = await queue.ended((await queue.jobs.submit(JobOrder(model="second"))).id)
    newest_first = [second.id, *(job.id for job in reversed(made))]
    assert [job.id for job in await queue.jobs.list()] == newest_first
    page = await queue.jobs.list(limit=2)
    assert [job.id for job in await queue.jobs.list(before=page[-1].id, limit=2)] == newest_first[2:4]
    assert [job.id for job in await queue.jobs.list(search="FOX 3")] == [made[3].id]
    assert len(await queue.jobs.list(search="100% FOX")) == 5
    assert await queue.jobs.list(search="1_0") == ()
    assert [job.id for job in await queue.jobs.list(model="second")] == [second.id]
    assert await queue.jobs.list(status=("failed", "queued")) == ()
    assert len(await queue.jobs.list(status=("succeeded",))) == 6


async def test_the_newest_job_is_the_newest_also_after_the_clock_was_set_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_queue(tmp_path) as queue:
        first = await queue.ended((await queue.jobs.submit(order())).id)
    monkeypatch.setattr(identity, "_last", 0)
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    async with open_queue(tmp_path) as queue:
        second = await queue.ended((await queue.jobs.submit(order())).id)
        assert [job.id for job in await queue.jobs.list()] == [second.id, first.id]


async def test_a_job_that_cannot_be_read_is_said_in_words(queue: Queue) -> None:
    job = await queue.ended((await queue.jobs.submit(order())).id)
    queue.home.database.call(lambda connection: connection.execute(sa.update(JOBS).values(document='{"id": 5}')))
    for look in (queue.jobs.list(), queue.jobs.get(job.id)):
        with pytest.raises(DamagedError, match="cannot be read"):
            await look


async def test_what_waits_and_runs_is_counted_and_ends_are_told(queue: Queue) -> None:
    ends: list[tuple[str, str]] = []
    queue.jobs.on_end(lambda job: ends.append((job.model, job.status)))
    queue.dream.gate.clear()
    made = [await queue.jobs.submit(order()) for _ in range(3)]
    await queue.dream.begun.wait()
    await queue.ended((await queue.jobs.submit(JobOrder(model="second"))).id)
    counts = await queue.jobs.open_counts()
    assert counts["queued", "dream"] == 2
    assert sum(counts[status, "dream"] for status in ("starting", "processing") if (status, "dream") in counts) == 1
    while ("second", "succeeded") not in ends:  # told a moment after whoever listens to the job alone
        await asyncio.sleep(0.001)
    await queue.jobs.cancel(made[2].id)
    await queue.jobs.cancel(made[0].id)
    assert ends.count(("dream", "canceled")) == 2
    queue.dream.gate.set()
    await queue.ended(made[1].id)
    assert await queue.jobs.open_counts() == {}
    while ends.count(("dream", "succeeded")) != 1:
        await asyncio.sleep(0.001)


async def test_an_id_that_is_none_is_not_found(queue: Queue) -> None:
    for wrong in ("", "x", "../../etc/passwd", "0" * 26, "%" * 26):
        with pytest.raises(NotFoundError):
            await queue.jobs.get(wrong)
        with pytest.raises(NotFoundError):
            await _all(queue, wrong)


# -- events -----------------------------------------------------------------------------------------------------------


async def _all(queue: Queue, job_id: str) -> list[JobEvent]:
    return [event async for event in queue.jobs.events(job_id)]


async def test_a_listener_hears_everything_in_order(queue: Queue) -> None:
    preview = Image(np.zeros((4, 6, 3), np.uint8))
    queue.dream.events = [Log("hello"), Progress(0.5, "half"), Part("told", "a "), Preview("picture", "image", preview)]
    queue.dream.gate.clear()
    job = await queue.jobs.submit(order())
    listening = asyncio.create_task(_all(queue, job.id))
    async with asyncio.timeout(10):
        while not (await queue.jobs.get(job.id)).previews:
            await asyncio.sleep(0.01)
    queue.dream.gate.set()
    events = await listening
    assert isinstance(events[0], JobChanged)
    assert isinstance(events[-1], JobChanged)
    assert events[-1].job.status == "succeeded"
    begun = events[0].job  # whatever had happened already stands in it
    lines = [*begun.logs, *(event.line for event in events if isinstance(event, Logged))]
    assert [line.text for line in lines] == ["hello"]
    assert begun.progress == 0.5 or ProgressChanged(0.5, "half") in events
    assert PartAdded("told", "a ") in events
    (shown,) = [*begun.previews, *(event.preview for event in events if isinstance(event, PreviewChanged))]
    assert shown.value.startswith("data:image/png")
    late = await _all(queue, job.id)
    assert [type(event) for event in late] == [JobChanged]
    assert isinstance(late[0], JobChanged)
    assert [line.text for line in late[0].job.logs] == ["hello"]


async def test_a_slow_listener_gets_the_latest_and_the_whole_text(queue: Queue) -> None:
    queue.dream.gate.clear()
    job = await queue.jobs.submit(order())
    await queue.dream.begun.wait()
    slow = queue.jobs.events(job.id)
    await anext(slow)
    queue.dream.gate.set()
    queue.dream.begun.clear()
    await queue.ended(job.id)
    queue.dream.events = [step for n in range(3000) for step in (Progress(n / 3000), Log(str(n)), Part("told", "x"))]
    again = await queue.jobs.submit(order())
    slow = queue.jobs.events(again.id)
    await anext(slow)
    await queue.dream.begun.wait()
    await queue.ended(again.id)
    rest = [event async for event in slow]
    assert sum(isinstance(event, ProgressChanged) for event in rest) == 1
    assert [event.value for event in rest if isinstance(event, PartAdded)] == ["x" * 3000]
    assert len([event for event in rest if isinstance(event, Logged)]) == 1000
    kept = await queue.jobs.get(again.id)
    assert (len(kept.logs), kept.logs_left_out, kept.logs[-1].text) == (1000, 2000, "2999")


async def test_waiting_jobs_hear_how_the_queue_moves(queue: Queue) -> None:
    queue.dream.gate.clear()
    first = await queue.jobs.submit(order())
    await queue.dream.begun.wait()
    second, third = await queue.jobs.submit(order()), await queue.jobs.submit(order())
    listening = asyncio.create_task(_all(queue, third.id))
    await asyncio.sleep(0.02)
    await queue.jobs.cancel(second.id)
    await asyncio.sleep(0.05)
    queue.dream.gate.set()
    places = [event.job.queue_position for event in await listening if isinstance(event, JobChanged)]
    assert places[:2] == [2, 1]
    await queue.ended(first.id)


async def test_nothing_is_remembered_of_jobs_that_have_ended(queue: Queue) -> None:
    for _ in range(3):
        await queue.ended((await queue.jobs.submit(order())).id)
    await asyncio.sleep(0.05)
    assert queue.jobs._lives == {}


# -- begin and end ----------------------------------------------------------------------------------------------------


async def test_a_graceful_stop_lets_runs_finish_and_puts_the_others_back(tmp_path: Path) -> None:
    async with open_queue(tmp_path) as queue:
        queue.dream.gate.clear()
        short = await queue.jobs.submit(order("short"))
        queue.models.fakes["second"].gate.clear()
        long = await queue.jobs.submit(JobOrder(model="second"))
        waiting = await queue.jobs.submit(order("waiting"))
        await queue.models.fakes["second"].begun.wait()
        listening = asyncio.create_task(_all(queue, waiting.id))
        await asyncio.sleep(0.01)
        asyncio.get_running_loop().call_later(0.05, queue.dream.gate.set)
        await queue.jobs.stop(0.3)
        assert not listening.cancelled()
        await asyncio.wait_for(listening, 1)
        statuses = [(await queue.jobs.get(job.id)).status for job in (short, long, waiting)]
        assert statuses == ["succeeded", "queued", "queued"]
        with pytest.raises(QueueFullError):
            await queue.jobs.submit(order())
    async with open_queue(tmp_path) as queue:
        assert {(await queue.ended(job.id)).status for job in (long, waiting)} == {"succeeded"}


async def test_listening_after_the_end_tells_how_it_stands_and_ends(queue: Queue) -> None:
    queue.dream.gate.clear()
    await queue.jobs.submit(order())
    waiting = await queue.jobs.submit(order())
    await queue.jobs.stop(0)
    async with asyncio.timeout(5):
        (event,) = await _all(queue, waiting.id)
    assert isinstance(event, JobChanged)
    assert event.job.status == "queued"


async def test_a_private_recipe_has_no_words_in_the_file_but_in_the_history(tmp_path: Path) -> None:
    private = [False]
    async with open_queue(tmp_path, is_private=lambda: private[0]) as queue:
        private[0] = True  # a person changes it while Gesso runs
        queue.dream.answer = lambda inputs: {"picture": Image(np.zeros((4, 6, 3), np.uint8))}
        job = await queue.ended((await queue.jobs.submit(order("a secret fox"))).id)
        assert job.recipe is not None
        assert job.recipe.inputs == {"words": "a secret fox"}
        path = queue.blobs.path(job.outputs[0].files[0].blob)
        assert b"secret" not in path.read_bytes()
        assert read_recipe(path).inputs_left_out == ("words",)


async def test_whoever_goes_away_while_submitting_has_submitted(queue: Queue) -> None:
    task = asyncio.create_task(queue.jobs.submit(order()))
    while not (kept := await queue.jobs.list()):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    assert (await queue.ended(kept[0].id)).status == "succeeded"


async def test_a_damaged_input_fails_its_job_in_words(queue: Queue) -> None:
    kept = queue.blobs.put(b"GIF89a" + bytes(100), "film.gif")
    queue.dream.gate.clear()
    await queue.jobs.submit(order())
    await queue.dream.begun.wait()
    job = await queue.jobs.submit(JobOrder(model="dream", inputs={"film": kept}))
    path = queue.blobs.path(kept.blob)
    path.chmod(0o600)
    path.write_bytes(b"GIF89a" + bytes(99) + b"!")
    queue.dream.gate.set()
    job = await queue.ended(job.id)
    assert job.error is not None
    assert job.error.code == "damaged"
    assert isinstance(job.error.as_error(), DamagedError)


async def test_an_end_that_the_database_could_not_take_is_kept_as_soon_as_it_can(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    change, is_full = History.change, True

    async def fails(self: History, job: Job, *, only_from: Collection[str], log: JobLog | None = None) -> bool:
        if is_full and job.has_ended:
            raise DiskFullError("There is no room left.")
        return await change(self, job, only_from=only_from, log=log)

    monkeypatch.setattr(History, "change", fails)
    monkeypatch.setattr("gesso.jobs.line._RETRY_S", 0.01)
    job = await queue.jobs.submit(order())
    events = await _all(queue, job.id)
    assert isinstance(events[-1], JobChanged)
    assert events[-1].job.status == "failed"
    assert events[-1].job.error is not None
    assert events[-1].job.error.code == "disk_full"
    is_full = False
    async with asyncio.timeout(10):
        while (await queue.jobs.get(job.id)).status != "failed":
            await asyncio.sleep(0.01)
