"""A disk that fills up while a job is kept fails that job in words; what was kept before stays, and work goes on."""

from __future__ import annotations

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
