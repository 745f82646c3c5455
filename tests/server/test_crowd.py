from __future__ import annotations

import asyncio

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from gesso.server.crowd import Crowd


@pytest.fixture
def gate() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
def client(gate: asyncio.Event) -> httpx.AsyncClient:
    async def stay(_: Request) -> PlainTextResponse:
        await gate.wait()
        return PlainTextResponse("told")

    async def go(_: Request) -> PlainTextResponse:
        return PlainTextResponse("here")

    app = Starlette(routes=[Route("/job/events", stay), Route("/", go)])
    app.add_middleware(Crowd, most=2)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x")


async def test_only_so_many_may_stay_and_whoever_asks_and_goes_is_answered(
    client: httpx.AsyncClient, gate: asyncio.Event
) -> None:
    staying = [asyncio.create_task(client.get("/job/events")) for _ in range(2)]
    await asyncio.sleep(0.05)
    refused = await client.get("/job/events")
    assert (refused.status_code, refused.json()["code"]) == (503, "crowded")
    assert refused.headers["Retry-After"]
    assert (await client.get("/")).text == "here"
    gate.set()
    assert [(await one).text for one in staying] == ["told", "told"]
    assert (await client.get("/job/events")).text == "told"
