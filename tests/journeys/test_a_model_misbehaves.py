"""Models that do what no model should: they lose their own run at most, and nothing leaks."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os

import numpy as np
import pytest

from gesso.errors import ModelError, RunError, WorkerDiedError
from gesso.spec.runnable import Log, Preview, Request
from tests.journeys.conftest import Studio, run

WILD = """
import multiprocessing, signal, threading

class Mute(Exception):
    def __str__(self):
        raise RuntimeError("no words")

def double(number):
    return number * 2

class Wild(Model):
    def setup(self):
        self.kept = []

    @command
    def keep(self, one: Image, two: Image) -> list[int]:
        self.kept = [one, two]
        child = multiprocessing.get_context("fork").Process(target=print, args=("from a fork",))
        child.start()
        child.join()
        return [int(picture.pixels.mean()) for picture in self.kept]

    @command
    def garbage(self) -> int:
        for descriptor in range(3, 30):
            try:
                os.write(descriptor, os.urandom(2_000_000))
            except OSError:
                pass
        return 1

    @command
    def cut(self, photo: Image) -> int:
        for descriptor in range(3, 30):
            try:
                os.ftruncate(descriptor, 0)
            except OSError:
                pass
        return int(photo.pixels.mean())

    @command
    def say(self, what: str) -> int:
        if what == "surrogate":
            print("bad \\udcff name")
            log("bad \\udcff name")
            raise ValueError("bad \\udcff name")
        if what == "mute":
            raise Mute
        if what == "long":
            print("x" * 3_000_000)
            raise ValueError("y" * 70_000_000)
        if what == "odd":
            progress(float("nan"), 3)
            log(7, None)
        if what == "interrupt":
            raise KeyboardInterrupt
        return 1

    @command
    def spawn(self) -> list[int]:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            return pool.map(double, [1, 2, 3])

    @command
    def flood(self, photo: Image) -> Image:
        for _ in range(2000):
            preview(photo)
        return photo

    @command
    def litter(self) -> int:
        (scratch() / "big.bin").write_bytes(bytes(100_000))
        return 1

    @command
    def many(self) -> list[Image]:
        return [np.full((150, 150), number % 251, np.uint8) for number in range(1500)]

    @command
    def stray(self) -> int:
        child = subprocess.Popen(["sleep", "20"], start_new_session=True)
        print(os.getppid(), child.pid)
        time.sleep(20)
        return 1
"""


def picture(value: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.full((300, 300), value, np.uint8)


async def test_a_forked_child_that_prints_changes_nothing(studio: Studio) -> None:
    model = await studio.open(WILD)
    for number in range(0, 40, 2):
        result, _ = await run(model, "keep", one=picture(number), two=picture(number + 1))
        assert result.outputs["output"] == [number, number + 1]


async def test_garbage_on_every_descriptor_ends_the_run_and_not_gesso(studio: Studio) -> None:
    model = await studio.open(WILD)
    with pytest.raises(WorkerDiedError):
        async with asyncio.timeout(20):
            await run(model, "garbage")
    await run(model, "say", what="nothing")


async def test_shared_memory_cannot_be_cut_off(studio: Studio) -> None:
    model = await studio.open(WILD)
    for value in (3, 4):
        result, _ = await run(model, "cut", photo=picture(value))
        assert result.outputs["output"] == value


@pytest.mark.parametrize("what", ["surrogate", "mute", "long", "interrupt"])
async def test_whatever_it_raises_is_told(what: str, studio: Studio) -> None:
    model = await studio.open(WILD)
    with pytest.raises(ModelError):
        await run(model, "say", what=what)
    result, _ = await run(model, "say", what="odd")
    assert result.setup_s == 0


async def test_an_asynchronous_model_is_told_too(studio: Studio) -> None:
    model = await studio.open(
        """
        import asyncio

        class Odd(Model):
            async def run(self, what: str) -> int:
                if what == "cancel":
                    raise asyncio.CancelledError
                raise ValueError("bad \\udcff name")
        """
    )
    for what in ("cancel", "surrogate"):
        with pytest.raises(ModelError):
            async with asyncio.timeout(20):
                await run(model, what=what)


async def test_it_may_start_processes_of_its_own(studio: Studio) -> None:
    model = await studio.open(WILD)
    async with asyncio.timeout(60):
        result, _ = await run(model, "spawn")
    assert result.outputs["output"] == [2, 4, 6]


async def test_canceled_runs_leave_no_memory_lent(studio: Studio) -> None:
    model = await studio.open(WILD)
    await run(model, "say", what="nothing")
    for _ in range(5):
        async with contextlib.aclosing(model.run(Request(command="flood", inputs={"photo": picture(1)}))) as events:
            async for _event in events:
                break
    await run(model, "say", what="nothing")
    gc.collect()
    await run(model, "say", what="nothing")
    (worker,) = model.workers
    assert worker.slots.lent_bytes == 0


async def test_a_slow_reader_slows_the_model(studio: Studio) -> None:
    model = await studio.open(WILD)
    photo = np.zeros((1000, 1000), np.uint8)
    async with contextlib.aclosing(model.run(Request(command="flood", inputs={"photo": photo}))) as events:
        async for event in events:
            if isinstance(event, Preview):
                await asyncio.sleep(0.5)
                break
        (worker,) = model.workers
        file = worker._launched.to_host
        assert os.fstat(file).st_blocks * 512 < 1_000_000_000


async def test_what_a_run_leaves_in_its_folder_goes(studio: Studio) -> None:
    model = await studio.open(WILD)
    for _ in range(3):
        await run(model, "litter")
    left = list(model.settings.scratch.rglob("big.bin"))
    assert left == []


async def test_many_pictures_at_once(studio: Studio) -> None:
    model = await studio.open(WILD)
    result, _ = await run(model, "many")
    assert [int(one.pixels[0, 0]) for one in result.outputs["output"]] == [number % 251 for number in range(1500)]


async def test_a_dead_guard_and_a_stray_process_do_not_hold_up_gesso(studio: Studio) -> None:
    import signal

    model = await studio.open(WILD)
    stray = 0
    with pytest.raises(RunError):
        async with asyncio.timeout(15), contextlib.aclosing(model.run(Request(command="stray"))) as events:
            async for event in events:
                if isinstance(event, Log) and event.level == "info":
                    guard, stray = map(int, event.text.split())
                    os.kill(guard, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.kill(stray, signal.SIGKILL)
