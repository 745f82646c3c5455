from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest

from gesso.cli.given import Input
from gesso.cli.place import Inputs, There
from gesso.errors import ModelError, SetupError
from gesso.remote.model import RemoteModel
from gesso.spec.model import Command, Port
from gesso.spec.runnable import Event, Progress, Request, Result

COMMAND = Command(name="run", inputs=(Port(name="number", type="number"),), outputs=())
NEWS: list[Event] = []


class Elsewhere:
    """A Gesso in which each run is what `work` makes of its number."""

    server = SimpleNamespace()

    def __init__(self, work: Callable[[int], Any]) -> None:
        self._work = work
        self.begun: list[int] = []
        self.canceled: list[int] = []

    async def run(self, request: Request) -> AsyncGenerator[Event, None]:
        number = cast("int", request.inputs["number"])
        self.begun.append(number)
        try:
            yield Progress(0.5, f"at {number}")
            yield Result({"number": await self._work(number)}, 0)
        except (asyncio.CancelledError, GeneratorExit):
            self.canceled.append(number)
            raise


def there(work: Callable[[int], Any]) -> tuple[There, Elsewhere]:
    elsewhere = Elsewhere(work)
    return There(model=cast("RemoteModel", elsewhere), command=COMMAND), elsewhere


def numbers(count: int) -> list[Inputs]:
    return [{"number": Input(number, number)} for number in range(count)]


async def test_files_are_jobs_that_wait_together_and_answer_in_order() -> None:
    gates = [asyncio.Event() for _ in range(6)]

    async def work(number: int) -> int:
        if number:
            await gates[number - 1].wait()  # of those that came later each ends after the one before
        gates[number].set()
        return number

    place, elsewhere = there(work)
    outcomes = await place.run_batch(numbers(6), NEWS.append)
    assert [cast("Result", one).outputs["number"] for one in outcomes] == list(range(6))
    assert elsewhere.begun == list(range(6))


async def test_one_begins_before_the_one_before_has_ended() -> None:
    second = asyncio.Event()

    async def work(number: int) -> int:
        await second.wait() if number == 0 else second.set()
        return number

    place, _ = there(work)
    async with asyncio.timeout(20):
        await place.run_batch(numbers(2), NEWS.append)


async def test_what_fails_for_one_is_its_own_outcome() -> None:
    async def work(number: int) -> int:
        if number == 1:
            raise ModelError("odd")
        return number

    outcomes = await there(work)[0].run_batch(numbers(3), NEWS.append)
    assert [type(one) for one in outcomes] == [Result, ModelError, Result]


async def test_what_fails_for_all_cancels_the_others() -> None:
    async def work(number: int) -> int:
        if number == 1:
            while len(elsewhere.begun) < 3:  # each goes through a thread before it begins
                await asyncio.sleep(0.001)
            raise SetupError("It cannot get ready.")
        return await asyncio.Future()

    place, elsewhere = there(work)
    with pytest.raises(SetupError):
        await place.run_batch(numbers(3), NEWS.append)
    assert sorted(elsewhere.canceled) == [0, 2]


async def test_the_progress_is_that_of_all() -> None:
    told: list[Progress] = []

    def hear(event: Event) -> None:
        assert isinstance(event, Progress)
        told.append(event)

    async def work(number: int) -> Mapping[str, int]:
        return {"number": number}

    await there(work)[0].run_batch(numbers(2), hear)
    assert told[0] == Progress(0.25, "at 0")
    assert all(0 < event.fraction <= 1 for event in told)
