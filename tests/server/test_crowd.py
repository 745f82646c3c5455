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

    app = Starlette(routes=[Route("/api/job/events", stay), Route("/", go)])
    app.add_middleware(Crowd, most=2)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x")


async def test_only_so_many_may_stay_and_whoever_asks_and_goes_is_answered(
    client: httpx.AsyncClient, gate: asyncio.Event
) -> None:
    staying = [asyncio.create_task(client.get("/api/job/events")) for _ in range(2)]
    await asyncio.sleep(0.05)
    refused = await client.get("/api/job/events")
    assert (refused.status_code, refused.json()["code"]) == (503, "crowded")
    assert refused.headers["Retry-After"]
    assert (await client.get("/")).text == "here"
    gate.set()
    assert [(await one).text for one in staying] == ["told", "told"]
    assert (await client.get("/api/job/events")).text == "told"


async def test_guests_keep_neither_the_owner_nor_other_guests_out(gate: asyncio.Event) -> None:
    async def stay(_: Request) -> PlainTextResponse:
        await gate.wait()
        return PlainTextResponse("told")

    app = Starlette(routes=[Route("/{path:path}", stay)])
    app.add_middleware(Crowd, most=16)

    def client(address: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(app, client=(address, 1)), base_url="http://x")

    async def ask(address: str, path: str) -> int:
        return (await client(address).get(path)).status_code

    async def let_in(address: str, path: str, count: int) -> int:
        asked = [asyncio.create_task(ask(address, path)) for _ in range(count)]
        done, waiting = await asyncio.wait(asked, timeout=0.2)
        staying.extend(waiting)
        assert {each.result() for each in done} <= {503}
        return len(waiting)

    staying: list[asyncio.Task[int]] = []
    assert await let_in("1.1.1.1", "/m/poet/events", 20) == 2
    assert await let_in("2.2.2.2", "/v1/predictions/x/stream", 20) == 2
    assert await let_in("3.3.3.3", "/m/poet/events", 20) == 2
    assert await let_in("4.4.4.4", "/m/poet/events", 20) == 2
    assert await let_in("5.5.5.5", "/m/poet/events", 20) == 0
    assert await let_in("127.0.0.1", "/api/v1/jobs/x/events", 20) == 8
    assert await let_in("6.6.6.6", "/m/poet/run", 20) == 4  # of twelve for guests in all
    assert await let_in("127.0.0.1", "/api/v1/jobs", 20) == 20
    gate.set()
    assert {await each for each in staying} == {200}
    assert await ask("5.5.5.5", "/m/poet/events") == 200
