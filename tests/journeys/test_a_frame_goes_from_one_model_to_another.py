"""A picture that one model made goes to the next without a copy, and each has it for itself."""

from __future__ import annotations

import os
import signal

import numpy as np

from tests.journeys.conftest import Studio, run

MAKE = """
class Make(Model):
    def setup(self) -> None:
        self.made = 0

    def run(self) -> Image:
        self.made += 1
        return np.full((1000, 1000, 3), self.made, np.uint8)

    @command
    def pid(self) -> int:
        return os.getpid()
"""
DRAW = """
class Draw(Model):
    def run(self, photo: Image) -> Image:
        photo.pixels[:10] = 200
        return photo
"""


async def test_who_draws_into_it_changes_only_its_own(studio: Studio) -> None:
    make, draw = await studio.open(MAKE, name="make"), await studio.open(DRAW, name="draw")
    await run(draw, photo=np.zeros((4, 4), np.uint8))
    for number in range(1, 20):
        made = (await run(make))[0].outputs["output"]
        drawn = (await run(draw, photo=made))[0].outputs["output"]
        again = (await run(draw, photo=drawn))[0].outputs["output"]
        assert (made.pixels == number).all()
        assert (drawn.pixels[:10] == 200).all()
        assert (drawn.pixels[10:] == number).all()
        assert (again.pixels == drawn.pixels).all()
        del made, drawn, again
    (worker,) = make.workers
    await run(draw, photo=np.zeros((4, 4), np.uint8))  # brings back what was lent
    assert worker.slots.lent_bytes == 0


async def test_the_picture_outlives_who_made_it(studio: Studio) -> None:
    make, draw = await studio.open(MAKE, name="make"), await studio.open(DRAW, name="draw")
    await run(draw, photo=np.zeros((4, 4), np.uint8))
    made = (await run(make))[0].outputs["output"]
    pid = (await run(make, "pid"))[0].outputs["output"]
    os.kill(pid, signal.SIGKILL)
    await make.close()
    assert (made.pixels == 1).all()
    drawn = (await run(draw, photo=made))[0].outputs["output"]
    assert (drawn.pixels[10:] == 1).all()
