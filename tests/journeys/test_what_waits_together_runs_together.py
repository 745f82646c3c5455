"""Requests that wait while a model is at work go into its next call together; each has its own end."""

from __future__ import annotations

import asyncio

import pytest

from gesso.errors import ModelError
from gesso.runtime.host.model import WorkerModel
from gesso.spec.runnable import Request, Result
from tests.journeys.conftest import Studio, run

SQUARES = """
class Squares(Model):
    max_batch = 8

    def setup(self) -> None:
        self.calls = []

    @command
    def square(self, number: int) -> int:
        self.calls.append([number])
        time.sleep(0.4)
        return number * number

    def square_batch(self, number: list[int]) -> list[int]:
        self.calls.append(number)
        time.sleep(0.4)
        return [ValueError("thirteen") if n == 13 else n * n for n in number]

    @command
    def told(self) -> list[float]:
        return [len(call) for call in self.calls]

    @command
    def slow(self) -> int:
        print("begun")
        time.sleep(600)
        return 1
"""


async def _square(model: WorkerModel, number: int) -> object:
    result, _ = await run(model, "square", number=number)
    return result.outputs["output"]


async def _calls(model: WorkerModel) -> list[float]:
    result, _ = await run(model, "told")
    told: list[float] = result.outputs["output"]
    return told


async def test_who_comes_while_it_works_goes_along_in_the_next_call(studio: Studio) -> None:
    model = await studio.open(SQUARES)
    await run(model, "told")
    first = asyncio.create_task(_square(model, 2))
    await asyncio.sleep(0.05)
    others = [asyncio.create_task(_square(model, number)) for number in range(3, 13)]
    assert await asyncio.gather(first, *others) == [n * n for n in range(2, 13)]
    assert await _calls(model) == [1, 8, 2]


async def test_one_that_fails_or_leaves_takes_nobody_along(studio: Studio) -> None:
    model = await studio.open(SQUARES)
    await run(model, "told")
    first = asyncio.create_task(_square(model, 2))
    await asyncio.sleep(0.02)
    fails, leaves_early, leaves, stays = (asyncio.create_task(_square(model, n)) for n in (13, 3, 4, 5))
    await asyncio.sleep(0.02)
    leaves_early.cancel()
    await first
    await asyncio.sleep(0.2)
    leaves.cancel()
    ended = await asyncio.gather(fails, leaves_early, leaves, stays, return_exceptions=True)
    assert isinstance(ended[0], ModelError)
    assert isinstance(ended[1], asyncio.CancelledError)
    assert isinstance(ended[2], asyncio.CancelledError)
    assert ended[3] == 25
    assert await _calls(model) == [1, 3]


async def test_a_call_that_nobody_wants_any_more_is_broken_off(studio: Studio) -> None:
    model = await studio.open(SQUARES.replace("time.sleep(0.4)", "time.sleep(60)"))
    await run(model, "told")
    together = asyncio.create_task(
        model.run_batch([Request(command="square", inputs={"number": n}) for n in (1, 2, 3)], lambda _: None)
    )
    await asyncio.sleep(0.3)
    together.cancel()
    with pytest.raises(asyncio.CancelledError):
        await together
    after, _ = await run(model, "told")
    assert after.setup_s == 0  # the worker has lived on
    assert after.outputs["output"] == [3]


async def test_texts_that_are_too_long_for_one_message_go_in_several(studio: Studio) -> None:
    model = await studio.open(
        """
        class Lengths(Model):
            max_batch = 100

            def run(self, text: str) -> int:
                return len(text)

            def run_batch(self, text: list[str]) -> list[int]:
                return [len(one) for one in text]
        """
    )
    ended = await model.run_batch([Request(inputs={"text": "a" * 900_000}) for _ in range(80)], lambda _: None)
    assert [one.outputs["output"] for one in ended if isinstance(one, Result)] == [900_000] * 80
