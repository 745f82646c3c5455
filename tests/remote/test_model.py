from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gesso.errors import InputError, ModelError, NotFoundError
from gesso.remote.model import JobResult
from gesso.spec.runnable import Event, Log, Part, Preview, Progress, Request, Runnable
from gesso.types.image import Image
from tests.remote.conftest import Served

PHOTO = Image(np.arange(96, dtype=np.uint8).reshape(4, 8, 3))


async def run(served: Served, command: str, **inputs: Any) -> list[Event]:
    model = await served.model()
    return [event async for event in model.run(Request(inputs=inputs, command=command, seed=7))]


async def jobs(served: Served) -> list[str]:
    return [job.status for job in await served.app.jobs.list()]


@pytest.mark.timeout(300)
async def test_values_go_there_and_come_back(served: Served) -> None:
    *news, result = await run(served, "all", photo=PHOTO, photos=[PHOTO], text="hare")
    assert isinstance(result, JobResult)
    outputs = result.outputs
    assert outputs["text"] == "HARE"
    assert np.array_equal(outputs["picture"].pixels, PHOTO.pixels)
    assert [picture.pixels.shape for picture in outputs["pictures"]] == [PHOTO.pixels.shape] * 2
    assert outputs["data"] == {"a": 1}
    assert outputs["large"] == list(range(5000))
    assert (outputs["notes"].name, outputs["notes"].bytes()) == ("n.csv", b"1,2")
    assert [Path(path).read_text() for path in outputs["folder"]] == ["a"]
    assert outputs["folder"].relative_names() == ["in/a.txt"]
    assert (result.seed, result.recipe["seed"]) == (7, 7)
    assert Log("I was told hare") in news
    assert any(isinstance(event, Progress) and event.text == "half" for event in news)


@pytest.mark.timeout(300)
async def test_it_is_a_runnable(served: Served) -> None:
    assert isinstance(await served.model(), Runnable)


@pytest.mark.timeout(300)
async def test_parts_come_as_they_are_made(served: Served) -> None:
    *news, result = await run(served, "tell")
    assert "".join(event.value for event in news if isinstance(event, Part)) == "once upon"
    assert isinstance(result, JobResult)
    assert result.outputs == {"output": "once upon"}


@pytest.mark.timeout(300)
async def test_previews_are_values(served: Served) -> None:
    news = await run(served, "wait", seconds=0.5)
    assert any(isinstance(event, Preview) and event.value.pixels.shape == (4, 4) for event in news)


@pytest.mark.timeout(300)
async def test_errors_are_the_errors_that_they_were_there(served: Served) -> None:
    with pytest.raises(ModelError, match="no good"):
        await run(served, "fail")
    with pytest.raises(InputError, match="photo: expected a picture") as refused:
        await run(served, "all", photo={"blob": 1})
    assert refused.value.where == "photo"
    with pytest.raises(NotFoundError):
        await run(served, "all", photo={"blob": "0" * 64})


@pytest.mark.timeout(300)
async def test_whoever_goes_away_cancels_the_job(served: Served) -> None:
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(3):
            await run(served, "wait", seconds=60)
    assert await jobs(served) == ["canceled"]
    assert time.monotonic() - began < 15


@pytest.mark.timeout(300)
async def test_a_run_whose_time_is_up_is_canceled(served: Served) -> None:
    model = await served.model(timeout_s=0.5)
    with pytest.raises(TimeoutError):
        async for _ in model.run(Request(inputs={"seconds": 60}, command="wait")):
            pass
    assert await jobs(served) == ["canceled"]
