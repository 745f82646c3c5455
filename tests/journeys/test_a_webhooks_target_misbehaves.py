"""A webhook's target is down, or slow, or no place where anything may be sent: predictions are none the worse."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from gesso.app import App
from gesso.server.application import create_app
from gesso.settings import Settings
from tests.server.protocols.models import bearer, host
from tests.server.protocols.targets import target

PATH = "/replicate/v1/models/me/writer/predictions"


class House:
    """A server, a token, and how to ask."""

    def __init__(self, app: App, client: httpx.AsyncClient, *, token: str) -> None:
        self.app = app
        self._client = client
        self._headers = bearer(token)

    async def ask(self, hook: str, **wanted: Any) -> httpx.Response:
        """Ask for a prediction and wait for it."""
        asked = {"input": {"prompt": "a fox", "max_tokens": 2, **wanted}, "webhook": hook}
        return await self._client.post(PATH, json=asked, headers=self._headers | {"Prefer": "wait"})

    async def log(self) -> list[str]:
        """Return the lines of the deployment's log."""
        return [entry.text for _, entry in await self.app.hosting.log("writer")]


async def open_house(home: Path, folder: Path, **settings: Any) -> AsyncIterator[House]:
    async with App(Settings(home=home, **settings), report=lambda _: None) as app:
        await app.start_jobs()
        transport = httpx.ASGITransport(create_app(app))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:5142") as client:
            yield House(app, client, token=await host(app, folder, "writer"))


@pytest.fixture
async def house(warm_home: Path, tmp_path: Path) -> AsyncIterator[House]:
    """One whose owner lets things be sent to this computer."""
    async for house in open_house(warm_home, tmp_path, fetch_private=True):
        yield house


@pytest.fixture
async def closed_house(warm_home: Path, tmp_path: Path) -> AsyncIterator[House]:
    """One as it comes."""
    async for house in open_house(warm_home, tmp_path):
        yield house


async def test_a_target_that_is_down_delays_nobody_and_is_told_when_it_is_up(house: House) -> None:
    with target() as gone:
        pass
    began = time.monotonic()
    answer = await house.ask(gone.url)
    assert answer.json()["status"] == "succeeded"
    assert time.monotonic() - began < 50
    with target([503, 503, 200]) as kept:  # one that comes up after a while
        assert (await house.ask(kept.url)).json()["status"] == "succeeded"
        while not kept.has("succeeded") or len(kept.bodies) < 3:
            await asyncio.sleep(0.05)
    assert kept.told[-1]["status"] == "succeeded"


async def test_a_slow_target_delays_no_run(house: House) -> None:
    with target(wait_s=3) as slow, target() as quick:
        asking = [asyncio.create_task(house.ask(slow.url)) for _ in range(4)]
        done, _ = await asyncio.wait(asking, timeout=60)
        assert len(done) == 4
        assert not slow.has("succeeded")  # they were over before anybody was told
        assert (await house.ask(quick.url)).json()["status"] == "succeeded"


@pytest.mark.parametrize(
    "hook",
    [
        "http://127.0.0.1:5142/api/v1/settings",
        "http://localhost/",
        "http://[::1]/",
        "http://0x7f000001/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/latest/",
        "http://100.100.100.200/",
    ],
)
async def test_this_computer_and_the_metadata_of_clouds_are_no_targets(closed_house: House, hook: str) -> None:
    answer = await closed_house.ask(hook)
    assert answer.status_code == 422
    assert "detail" in answer.json()


async def test_one_that_leads_elsewhere_is_not_followed(house: House) -> None:
    with target([302]) as kept:  # to the metadata of a cloud
        assert (await house.ask(kept.url)).json()["status"] == "succeeded"
        while not kept.bodies:
            await asyncio.sleep(0.05)
    hosts = {contact.host for contact in house.app.door.ledger.contacts()}
    assert hosts == {"127.0.0.1"}


async def test_a_target_that_wants_nothing_more_gets_nothing_more_and_the_owner_reads_why(house: House) -> None:
    with target([410]) as kept:
        asked = await house.ask(kept.url)
        assert asked.json()["status"] == "succeeded"
        while not any("A webhook was not told of the end" in line for line in await house.log()):
            await asyncio.sleep(0.05)
        count = len(kept.bodies)
        await asyncio.sleep(1)
        assert len(kept.bodies) == count
