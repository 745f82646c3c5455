"""A cancel is cooperative first; a model that does not listen loses its process, and the next run finds a fresh one."""

from __future__ import annotations

import asyncio
import time

import pytest

from benchmarks.canceling import WAYS
from gesso.errors import CanceledError
from gesso.runtime.host.model import WorkerModel
from gesso.spec.runnable import Event, Log, Request
from tests.journeys.conftest import Studio, run

PATIENT = f"""
class Patient(Model):
    @command
    def polite(self) -> int:
        print("begun")
        while True:
            time.sleep(0.005)
            progress(0.5)

    @command
    def tidy(self) -> int:
        print("begun")
        while not is_canceled():
            time.sleep(0.005)
        print("tidying up")
        raise CanceledError("The run was canceled.")

{WAYS}
    @command
    def stubborn(self) -> int:
        while True:
            try:
                print("begun")
                time.sleep(600)
            except CanceledError:
                pass

    @command
    def deaf(self) -> int:
        subprocess.Popen(["sh", "-c", "sleep 0.3; echo begun >&2; sleep 600"])
        return sum(range(10**15))  # months in C code, which holds the lock of Python all the time

    @command
    def pid(self) -> int:
        return os.getpid()
"""


async def cancel_after_the_first_word(model: WorkerModel, command: str) -> float:
    """Start a run, cancel it as soon as it prints, and return how long it took to be over, in seconds."""
    begun = asyncio.Event()

    async def follow() -> None:
        async for event in model.run(Request(command=command)):
            if isinstance(event, Log):
                begun.set()

    task = asyncio.create_task(follow())
    await begun.wait()
    asked = time.perf_counter()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    return time.perf_counter() - asked


@pytest.mark.parametrize("command", ["polite", "tidy", "sleeps", "loops"])
async def test_a_model_that_hears_it_keeps_its_worker(command: str, studio: Studio) -> None:
    model = await studio.open(PATIENT)
    before, _ = await run(model, "pid")
    await cancel_after_the_first_word(model, command)
    after, _ = await run(model, "pid")
    assert after.outputs == before.outputs


@pytest.mark.usefixtures("nothing_left")
@pytest.mark.parametrize("command", ["deaf", "stubborn"])
async def test_a_model_that_does_not_hear_it_is_ended(command: str, studio: Studio) -> None:
    model = await studio.open(PATIENT)
    before, _ = await run(model, "pid")
    await cancel_after_the_first_word(model, command)
    after, _ = await run(model, "pid")
    assert after.outputs != before.outputs


async def test_leaving_the_iteration_cancels_the_run(studio: Studio) -> None:
    model = await studio.open(PATIENT)
    events = model.run(Request(command="polite"))
    async for event in events:
        if isinstance(event, Log):
            break
    await events.aclose()
    result, _ = await run(model, "pid")
    assert result.setup_s == 0


async def test_a_run_that_waits_its_turn_can_be_canceled_too(studio: Studio) -> None:
    model = await studio.open(PATIENT)
    await run(model, "pid")
    first = asyncio.create_task(_all(model, "polite"))
    waiting = asyncio.create_task(_all(model, "pid"))
    await asyncio.sleep(0.05)
    waiting.cancel()
    first.cancel()
    ended = await asyncio.gather(first, waiting, return_exceptions=True)
    assert all(isinstance(error, asyncio.CancelledError | CanceledError) for error in ended)
    result, _ = await run(model, "pid")
    assert result.setup_s == 0


async def _all(model: WorkerModel, command: str) -> list[Event]:
    return [event async for event in model.run(Request(command=command))]
