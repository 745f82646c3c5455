"""Whatever happens in the middle of a training, it goes on from its last checkpoint as if nothing had been."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from gesso.app import App
from gesso.errors import InputError
from gesso.jobs.job import JobOrder
from gesso.settings import Settings, load
from gesso.storage.durable import UNFINISHED
from gesso.training.course import Course
from gesso.training.training import Training
from tests.conftest import SHARED_HOME
from tests.journeys.test_a_full_disk_loses_nothing import fill
from tests.storage.conftest import small_disk
from tests.training.program import serving, start
from tests.training.trainers import TEXT, boxed, ended, order, until_step

__all__ = ["small_disk"]

SLOW = {"step_s": 0.03, "max_steps": 60}


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    with boxed(tmp_path / "trainers", monkeypatch) as folder:
        return folder


async def straight(app: App) -> list[Any]:
    """Return the losses of a training that nothing happens to."""
    dataset = await app.trainings.datasets.make([("snow.txt", TEXT.encode())])
    training = await app.trainings.start(order(dataset.name, name="straight", max_steps=SLOW["max_steps"]))
    assert (await ended(app, training)).status == "succeeded"
    return await losses(app, "straight")


async def losses(app: App, name: str) -> list[Any]:
    points = await app.trainings.curve(name)
    return [(point.step, point.loss) for point in points if point.loss is not None]


async def begin(home: Path, **options: Any) -> Training:
    """Leave a training in the queue of a home, for whoever starts next."""
    async with App(load(), report=lambda _: None) as app:
        await app.open_jobs()
        app.jobs._is_open = True  # it takes orders, and runs nothing
        dataset = await app.trainings.datasets.make([("snow.txt", TEXT.encode())])
        made = await app.trainings.start(order(dataset.name, **options))
        app.jobs._is_open = False
        return made


def wait_for_step(home: Path, training: Training, step: int) -> None:
    """Wait until a training of another process has kept a checkpoint of a step."""
    course, end = Course(home / "training" / training.id), time.monotonic() + 60
    while not any(each.step >= step for each in course.checkpoints()):
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.usefixtures("nothing_left")
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM], ids=["kill -9", "a signal to end"])
async def test_a_server_that_ends_in_the_middle_goes_on_at_the_next_start(
    warm_home: Path, box: Path, ending: signal.Signals
) -> None:
    broken = await begin(warm_home, name="broken", **SLOW)
    with serving(box, warm_home) as served:
        await asyncio.to_thread(wait_for_step, warm_home, broken, 10)
        served.process.send_signal(ending)
        await asyncio.to_thread(served.process.wait, 60)
    kept = Course(warm_home / "training" / broken.id)
    step = kept.checkpoints()[-1].step
    if ending == signal.SIGTERM:  # it had the time to keep one more
        assert step == max(point.step for point in kept.curve())
    async with App(load(), report=lambda _: None) as app:
        await app.start_jobs()
        job = await ended(app, broken)
        assert job.status == "succeeded", job.error
        assert any(line.text == f"Going on from step {step}" for line in job.logs), job.logs
        assert await losses(app, "broken") == await straight(app)
        assert (await app.trainings.get("broken")).model == "broken"


async def test_one_that_pauses_does_so_until_somebody_resumes_it(warm_home: Path, box: Path) -> None:
    paused = await begin(warm_home, name="broken", **SLOW)
    async with App(load(), report=lambda _: None) as app:
        await app.start_jobs()
        await until_step(app, paused, 5)
        assert (await app.trainings.pause("broken")).status == "paused"
    with serving(box, warm_home) as served:
        served.process.kill()
    async with App(load(), report=lambda _: None) as app:
        await app.start_jobs()
        await asyncio.sleep(0.3)
        assert (await app.trainings.get("broken")).status == "paused"
        await app.trainings.resume("broken")
        assert (await ended(app, paused)).status == "succeeded"
        assert await losses(app, "broken") == await straight(app)


async def test_a_full_disk_stops_it_with_a_word_and_keeps_what_it_has(small_disk: Path, box: Path) -> None:
    home = small_disk / "home"
    home.mkdir()
    (home / "environments").symlink_to(SHARED_HOME / "environments", target_is_directory=True)
    async with App(Settings(home=home), report=lambda _: None) as app:
        await app.start_jobs()
        dataset = await app.trainings.datasets.make([("snow.txt", TEXT.encode())])
        training = await app.trainings.start(order(dataset.name, name="poet", **SLOW))
        await until_step(app, training, 12)
        filler = fill(small_disk)
        job = await ended(app, training)
        assert job.status == "failed"
        assert job.error is not None
        assert "space" in job.error.message or "room" in job.error.message
        kept = await app.trainings.checkpoints(training.id)
        assert kept
        filler.unlink()
        again = await app.trainings.resume("poet")
        job = await ended(app, again)
        assert job.status == "succeeded", job.error
        assert any(line.text == f"Going on from step {kept[-1].step}" for line in job.logs)
        assert len(await losses(app, "poet")) == 60


async def test_one_that_is_canceled_leaves_no_model_and_can_be_taken_up(warm_home: Path, box: Path) -> None:
    async with App(load(), report=lambda _: None) as app:
        await app.start_jobs()
        dataset = await app.trainings.datasets.make([("snow.txt", TEXT.encode())])
        training = await app.trainings.start(order(dataset.name, name="poet", **SLOW))
        await until_step(app, training, 12)
        assert (await app.trainings.cancel("poet")).status == "canceled"
        assert "poet" not in {listed.name for listed in app.registry.models()}
        again = await app.trainings.resume("poet")
        assert (await ended(app, again)).status == "succeeded"
        assert await losses(app, again.id) == await straight(app)
        for each in (training, again):
            await app.trainings.delete(each.id)
        assert [path.name for path in (warm_home / "training").iterdir()] == [(await app.trainings.get("straight")).id]
        assert (await app.open("poet")).spec.name == "poet"


async def test_a_training_keeps_nobody_waiting(warm_home: Path, box: Path, tmp_path: Path) -> None:
    folder = tmp_path / "echo"
    folder.mkdir()
    code = "from gesso import Model\nclass Echo(Model):\n    def run(self, text: str) -> str:\n        return text\n"
    (folder / "model.py").write_text(code)
    async with App(load(), report=lambda _: None) as app:
        await app.start_jobs()
        app.trust.trust(app.registry.add(str(folder)))
        dataset = await app.trainings.datasets.make([("snow.txt", TEXT.encode())])
        training = await app.trainings.start(order(dataset.name, name="poet", step_s=0.05, max_steps=5000))
        second = await app.trainings.start(order(dataset.name, name="second", max_steps=5))
        await until_step(app, training, 2)
        job = await app.jobs.submit(JobOrder(model="echo", inputs={"text": "a fox"}))
        async with asyncio.timeout(60):
            async for _ in app.jobs.events(job.id):
                pass
        assert (await app.jobs.get(job.id)).outputs[0].value == "a fox"
        assert (await app.trainings.get("poet")).status == "processing"
        assert (await app.trainings.get("second")).status == "queued"  # one at a time
        await app.trainings.cancel("poet")
        assert (await ended(app, second)).status == "succeeded"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 5000,
        b"\x89PNG\r\n\x1a\n" + bytes(5000),
        b"snow " * 20,
        ("same words again. " * 9 + "\n\n").encode() * 99,
    ],
    ids=["empty", "zeros", "a picture", "too little", "the same over and over"],
)
async def test_bad_data_is_refused_and_leaves_nothing(warm_home: Path, box: Path, data: bytes) -> None:
    async with App(load(), report=lambda _: None) as app:
        await app.start_jobs()
        with pytest.raises(InputError):
            await app.trainings.datasets.make([("snow.txt", data)])
        assert await app.trainings.datasets.all() == []
        assert not list(app.blobs.digests())
        assert not list((warm_home / "blobs").glob(f"{UNFINISHED}*"))


async def test_ctrl_c_at_any_moment_leaves_a_training_that_can_be_resumed(
    warm_home: Path, box: Path, tmp_path: Path
) -> None:
    (tmp_path / "snow.txt").write_text(TEXT)
    for number, wait_s in enumerate((0.4, 1.2, 2.5)):
        words = ("train", "bigrams", str(tmp_path / "snow.txt"), "--name", f"poet-{number}", "--step-s", "0.03")
        process = start(box, warm_home, *words)
        await asyncio.sleep(wait_s)
        process.send_signal(signal.SIGINT)
        told, _ = await asyncio.to_thread(process.communicate)
        assert process.returncode in {0, 130}, told
        assert "fault in Gesso" not in told
    async with App(load(), report=lambda _: None) as app:
        await app.start_jobs()
        for training in await app.trainings.all():
            with contextlib.suppress(Exception):
                await app.trainings.resume(training.id)
            assert (await ended(app, training)).status == "succeeded"
