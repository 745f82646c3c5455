"""State between frames, batches, runs that wait side by side, seeds: what a model can be written to do."""

from __future__ import annotations

import asyncio
import time

import numpy as np

from gesso.errors import InputError, ModelError
from gesso.spec.runnable import Request, Result
from tests.journeys.conftest import Studio, run


async def test_frames_of_one_session_remember_each_other(studio: Studio) -> None:
    model = await studio.open(
        """
        class Trail(State):
            last = None

        class Trails(Model):
            def run(self, frame: Image, trail: Trail) -> Image:
                mixed = frame.pixels if trail.last is None else np.maximum(frame.pixels, trail.last)
                trail.last = frame.pixels
                return mixed
        """
    )

    async def frame(value: int, session: str | None) -> int:
        picture = np_full(value)
        events = [event async for event in model.run(Request(inputs={"frame": picture}, session=session))]
        result = events[-1]
        assert isinstance(result, Result)
        return int(result.outputs["output"].pixels[0, 0, 0])

    assert [await frame(9, "a"), await frame(3, "a"), await frame(1, "a")] == [9, 9, 3]
    assert [await frame(2, "b"), await frame(2, None)] == [2, 2]
    model.end_session("a")
    assert await frame(1, "a") == 1


def np_full(value: int) -> object:
    return np.full((400, 300, 3), value, np.uint8)


async def test_a_batch_is_one_call_and_each_item_has_its_own_end(studio: Studio) -> None:
    model = await studio.open(
        """
        class Squares(Model):
            def setup(self) -> None:
                self.calls = 0

            def run(self, number: Annotated[int, Range(0, 100)]) -> int:
                return number * number

            def run_batch(self, number: list[int]) -> list[int]:
                self.calls += 1
                print("call", self.calls, number)
                return [ValueError("thirteen") if n == 13 else n * n for n in number]
        """
    )
    lines: list[object] = []
    ended = await model.run_batch([Request(inputs={"number": n}) for n in (2, 1000, 13, 5)], lines.append)
    assert [end.outputs["output"] if isinstance(end, Result) else type(end) for end in ended] == [
        4,
        InputError,
        ModelError,
        25,
    ]
    assert sum("call 1 [2, 13, 5]" in str(line) for line in lines) == 1


async def test_runs_of_an_asynchronous_model_wait_side_by_side(studio: Studio) -> None:
    model = await studio.open(
        """
        import asyncio

        class Waiting(Model):
            async def run(self, seconds: float) -> float:
                await asyncio.sleep(seconds)
                return seconds
        """
    )
    await run(model, seconds=0)
    began = time.perf_counter()
    await asyncio.gather(*(run(model, seconds=0.5) for _ in range(10)))
    assert time.perf_counter() - began < 2.5  # ten in a row would take five seconds


async def test_one_seed_draws_the_same_again(studio: Studio) -> None:
    model = await studio.open(
        """
        import random

        class Dice(Model):
            def run(self) -> list[float]:
                return [random.random(), float(np.random.rand()), float(seed())]
        """
    )

    async def roll(number: int | None) -> Result:
        result = [event async for event in model.run(Request(seed=number))][-1]
        assert isinstance(result, Result)
        return result

    first = await roll(None)
    again = await roll(first.seed)
    other = await roll(None)
    assert again.outputs == first.outputs
    assert other.outputs != first.outputs
    assert first.outputs["output"][2] == first.seed
