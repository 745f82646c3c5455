"""A disk that fills up while a job is kept fails that job in words; what was kept before stays, and work goes on.

On one that is full to the last byte, Gesso still starts and deletes: the hint says "Delete what you no longer need".
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np
import pytest

from gesso.errors import DiskFullError
from gesso.jobs.job import JobOrder
from gesso.types.image import Image
from tests.jobs.fakes import open_queue
from tests.storage.conftest import small_disk

__all__ = ["small_disk"]


def noise(side: int) -> Image:
    """Return a picture that no format makes small."""
    return Image(np.random.default_rng(1).integers(0, 256, (side, side, 3), np.uint8))


async def test_a_result_that_does_not_fit_fails_its_job_and_the_next_one_works(small_disk: Path) -> None:
    async with open_queue(small_disk / "home") as queue:
        queue.dream.answer = lambda inputs: {"picture": inputs["photo"]}
        first = await queue.ended((await queue.jobs.submit(JobOrder(model="dream", inputs={"photo": noise(100)}))).id)
        assert first.status == "succeeded"
        queue.dream.answer = lambda inputs: {"picture": noise(1200)}
        too_large = await queue.ended((await queue.jobs.submit(JobOrder(model="dream"))).id)
        assert too_large.error is not None
        assert (too_large.status, too_large.error.code) == ("failed", "disk_full")
        with pytest.raises(DiskFullError):
            await queue.jobs.submit(JobOrder(model="dream", inputs={"photo": noise(1200)}))
        assert len(list(queue.blobs.digests())) == 2
        queue.dream.answer = lambda inputs: {"told": "still here"}
        assert (await queue.ended((await queue.jobs.submit(JobOrder(model="dream"))).id)).status == "succeeded"
        assert (await queue.jobs.get(first.id)).outputs == first.outputs


def fill(disk: Path) -> Path:
    """Fill a disk to its last byte. Where none may be mounted and files are limited instead, it is not really full."""
    filler = disk / "filler"
    with contextlib.suppress(OSError), filler.open("wb", 0) as file:
        while True:
            file.write(bytes(4096))
    return filler


async def test_on_a_disk_that_is_quite_full_a_person_can_still_delete(small_disk: Path) -> None:
    async with open_queue(small_disk / "home") as queue:
        queue.dream.answer = lambda inputs: {"picture": inputs["photo"]}
        first, second = [
            await queue.ended((await queue.jobs.submit(JobOrder(model="dream", inputs={"photo": noise(side)}))).id)
            for side in (100, 110)
        ]
        fill(small_disk)
        await queue.jobs.delete(first.id)
    async with open_queue(small_disk / "home") as queue:
        assert [job.id for job in await queue.jobs.list()] == [second.id]
        await queue.jobs.delete(second.id)
        assert list(queue.blobs.digests()) == []


async def test_the_end_of_a_job_is_kept_on_a_full_disk_too(small_disk: Path) -> None:
    async with open_queue(small_disk / "home") as queue:
        queue.dream.gate.clear()
        job = await queue.jobs.submit(JobOrder(model="dream"))
        await queue.dream.begun.wait()
        fill(small_disk)
        await queue.jobs.cancel(job.id)
    async with open_queue(small_disk / "home") as queue:
        assert (await queue.jobs.get(job.id)).status == "canceled"
