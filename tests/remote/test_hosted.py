"""A deployment as a `Runnable`, over a real connection."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import numpy as np
import pytest

from gesso.errors import AccessError, InputError, LimitError, ModelError, NotFoundError
from gesso.hosting.hosting import Changes, ReleaseOrder
from gesso.hosting.tokens import TokenOrder
from gesso.net.loopback import Loopback
from gesso.remote.hosted import HostedModel
from gesso.spec.runnable import Event, Log, Part, Preparable, Preview, Progress, Request, Result, Runnable
from gesso.types.image import Image
from tests.remote.conftest import Served

PHOTO = Image(np.arange(96, dtype=np.uint8).reshape(4, 8, 3))


async def deploy(served: Served, command: str, *, token: TokenOrder | None = None) -> HostedModel:
    hosting = served.app.hosting
    await hosting.create(ReleaseOrder(model="many", command=command), name=command)
    _, secret = await hosting.make_token(command, token or TokenOrder(name="a test"))
    return await HostedModel.open(Loopback.at(served.address, key=secret), f"/m/{command}")


async def run(model: HostedModel, **inputs: Any) -> list[Event]:
    return [event async for event in model.run(Request(inputs=inputs, seed=7))]


@pytest.mark.timeout(300)
async def test_values_go_there_and_come_back(served: Served) -> None:
    model = await deploy(served, "all")
    assert isinstance(model, Runnable)
    assert isinstance(model, Preparable)
    *news, result = await run(model, photo=PHOTO, photos=[PHOTO], text="hare")
    assert isinstance(result, Result)
    outputs = result.outputs
    assert (outputs["text"], result.seed) == ("HARE", 7)
    assert np.array_equal(outputs["picture"].pixels, PHOTO.pixels)
    assert [picture.pixels.shape for picture in outputs["pictures"]] == [PHOTO.pixels.shape] * 2
    assert outputs["large"] == list(range(5000))
    assert outputs["notes"].bytes() == b"1,2"
    assert Log("I was told hare") in news


@pytest.mark.timeout(300)
async def test_one_that_sleeps_says_how_it_wakes(served: Served) -> None:
    model = await deploy(served, "tell")
    heard: list[Event] = []
    await model.prepare(heard.append)
    assert (await model.status())["state"] == "awake"
    await served.app.hosting.sleep("tell")
    assert (await model.status())["state"] == "asleep"
    *news, result = await run(model)
    assert "".join(event.value for event in news if isinstance(event, Part)) == "once upon"
    assert isinstance(result, Result)
    assert all(isinstance(event, Progress) for event in heard)


@pytest.mark.timeout(300)
async def test_previews_come_and_whoever_leaves_cancels(served: Served) -> None:
    model = await deploy(served, "wait")
    await model.prepare(lambda _: None)
    assert any(isinstance(event, Preview) for event in await run(model, seconds=0.1))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1):
            await run(model, seconds=60)
    async with asyncio.timeout(10):
        while served.app.hosting.status("wait").busy:
            await asyncio.sleep(0.05)


@pytest.mark.timeout(300)
async def test_errors_are_the_errors_that_they_were_there(served: Served) -> None:
    model = await deploy(served, "fail", token=TokenOrder(name="once", max_requests=3))
    with pytest.raises(ModelError, match="no good"):
        await run(model)
    with pytest.raises(InputError) as refused:
        await run(model, photo=PHOTO)
    assert refused.value.where == "photo"
    with pytest.raises(NotFoundError):
        await anext(model.run(Request(command="other")))
    with pytest.raises(LimitError):
        for _ in range(4):
            with suppress(ModelError):
                await run(model)


@pytest.mark.timeout(300)
async def test_who_may_not_is_told_why(served: Served) -> None:
    await deploy(served, "tell")
    for key in ("", "gesso_wrong"):
        with pytest.raises(AccessError) as refused:
            await HostedModel.open(Loopback.at(served.address, key=key), "/m/tell")
        assert refused.value.is_unknown
    with pytest.raises(NotFoundError):
        await HostedModel.open(Loopback.at(served.address), "/m/nothing")


@pytest.mark.timeout(300)
async def test_a_rate_says_when_to_come_again(served: Served) -> None:
    model = await deploy(served, "tell", token=TokenOrder(name="slow", requests_per_minute=1))
    await run(model)
    with pytest.raises(LimitError) as refused:
        await run(model)
    assert refused.value.retry_after_s


@pytest.mark.timeout(300)
async def test_one_that_is_switched_off_is_not_woken(served: Served) -> None:
    model = await deploy(served, "tell")
    await model.prepare(lambda _: None)
    await served.app.hosting.sleep("tell")
    await served.app.hosting.change("tell", Changes(is_active=False))
    await model.prepare(lambda _: None)
    assert (await model.status())["state"] == "inactive"
