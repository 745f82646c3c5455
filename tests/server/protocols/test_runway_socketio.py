"""Runway's Socket.IO server of one running model, asked by socket.io-client 2, unmodified."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from gesso.app import App
from gesso.server.direct.room import Direct
from gesso.server.metrics import Metrics
from gesso.server.protocols.engine_io import decode_payload, encode_payload
from gesso.server.protocols.runway_local import LocalAddresses, RunwayLocal
from gesso.server.protocols.runway_target import find_target
from tests.clients.npm import installed, node_environment
from tests.conftest import ROOT
from tests.server.protocols.painter import add_painter, opened, picture

ASK = ROOT / "tests/clients/socketio/ask.cjs"
SOCKET = "/socket.io/?EIO=3&transport=polling"
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
async def served(app: App, tmp_path: Path) -> AsyncIterator[LocalAddresses]:
    add_painter(app, tmp_path / "painter")
    direct = Direct(app, metrics=Metrics())
    local = RunwayLocal(direct, await find_target(direct, "painter"))
    yield await local.start(http_port=0, osc_port=0, listeners_port=1, socketio_port=0)
    await local.stop()


@pytest.fixture(scope="module", autouse=True)
def _client_is_there() -> None:
    installed("socketio")  # before anything is served: it takes a while the first time


@pytest.fixture
async def client(served: LocalAddresses) -> AsyncIterator[httpx.AsyncClient]:
    assert served.socketio_url is not None
    async with httpx.AsyncClient(base_url=served.socketio_url, timeout=60) as client:
        yield client


async def ask(served: LocalAddresses, transport: str, *queries: dict[str, Any]) -> list[tuple[str, Any]]:
    """Run the client in a program of its own. Returns the events that it has printed."""
    asked = {"url": served.socketio_url, "transports": [transport], "queries": queries}
    node = await asyncio.create_subprocess_exec(
        "node", str(ASK), json.dumps(asked), env=node_environment("socketio"),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(60):
        said, complained = await node.communicate()
    assert node.returncode == 0, complained.decode()
    return [(event, told) for event, told in map(json.loads, said.splitlines())]


@pytest.mark.parametrize("transport", ["polling", "websocket"])
async def test_the_original_client_asks_and_hears(served: LocalAddresses, transport: str) -> None:
    fox = {"image": f"data:image/png;base64,{picture()}", "caption": "fox \N{FOX FACE}"}
    events = await ask(served, transport, fox, {**fox, "caption": "fail"})
    assert events[0][0] == "info"
    assert sorted(event for event, _ in events) == ["data", "error", "info"]  # what is quicker comes first
    told = dict(events)
    info, data, error = told["info"], told["data"], told["error"]
    assert [field["name"] for field in info["outputs"]] == ["image", "caption", "size"]
    assert data["caption"] == "plain fox \N{FOX FACE} red 0.5"
    assert opened(data["image"]).size == (6, 4)
    assert "nope" in error["error"]


async def test_both_kinds_of_clients_hear_what_others_ask(served: LocalAddresses, client: httpx.AsyncClient) -> None:
    sid = await connect(client)
    async with httpx.AsyncClient(base_url=served.http_url, timeout=60) as other:
        await other.post("/query", json={"image": picture(), "caption": "other"})
    told = await hear(client, sid, "data")
    assert told["caption"] == "plain other red 0.5"


async def connect(client: httpx.AsyncClient) -> str:
    """Open a line, and return its number."""
    hello, *_ = decode_payload((await client.get(SOCKET)).text)
    about = json.loads(hello[1:])
    assert (about["upgrades"], about["pingInterval"]) == ([], 25_000)
    return str(about["sid"])


async def hear(client: httpx.AsyncClient, sid: str, event: str) -> Any:
    """Poll until there is an event."""
    async with asyncio.timeout(60):
        while True:
            for packet in decode_payload((await client.get(f"{SOCKET}&sid={sid}")).text):
                if packet.startswith(f'42["{event}",'):
                    return json.loads(packet[2:])[1]


async def test_the_line_is_kept_and_closed(client: httpx.AsyncClient) -> None:
    sid = await connect(client)
    await hear(client, sid, "info")
    assert (await client.post(f"{SOCKET}&sid={sid}", content=encode_payload(["2probe", "6", "9?"]))).text == "ok"
    assert decode_payload((await client.get(f"{SOCKET}&sid={sid}")).text) == ["3probe"]
    await client.post(f"{SOCKET}&sid={sid}", content=encode_payload(["40/chat?x=1,"]))
    assert decode_payload((await client.get(f"{SOCKET}&sid={sid}")).text) == ['44/chat,"Invalid namespace"']
    await client.post(f"{SOCKET}&sid={sid}", content=encode_payload(["41"]))
    assert (await client.get(f"{SOCKET}&sid={sid}")).status_code == 400


@pytest.mark.parametrize(
    "message",
    ['["query"]', '["query",7]', '["query",{},{}]', '["query","fox"]', '["query",{"image":7}]', '["query",{}]'],
)
async def test_a_query_that_is_none_is_told_so(client: httpx.AsyncClient, message: str) -> None:
    sid = await connect(client)
    await client.post(f"{SOCKET}&sid={sid}", content=encode_payload([f"42{message}"]))
    assert (await hear(client, sid, "error"))["error"]


@pytest.mark.parametrize("message", ["42", "42[", "42{}", "42[]", '42["other",{}]', '42/chat,["query",{}]', "45-", "4"])
async def test_what_is_unknown_is_passed_over(client: httpx.AsyncClient, message: str) -> None:
    sid = await connect(client)
    await hear(client, sid, "info")
    await client.post(f"{SOCKET}&sid={sid}", content=encode_payload([message, "2"]))
    assert decode_payload((await client.get(f"{SOCKET}&sid={sid}")).text) == ["3"]


@pytest.mark.parametrize(
    ("method", "query", "content"),
    [
        ("GET", "", b""),
        ("GET", "EIO=4&transport=polling", b""),
        ("GET", "EIO=3&transport=polling&j=0", b""),
        ("GET", "EIO=3&transport=flash", b""),
        ("GET", "EIO=3&transport=polling&sid=nobody", b""),
        ("POST", "EIO=3&transport=polling", b"2:40"),
        ("POST", "EIO=3&transport=polling&sid=nobody", b"2:40"),
        ("POST", "EIO=3&transport=polling&sid=SID", b"\xff"),
        ("POST", "EIO=3&transport=polling&sid=SID", b"9:4"),
    ],
)
async def test_what_is_no_engine_io_is_refused(
    client: httpx.AsyncClient, method: str, query: str, content: bytes
) -> None:
    query = query.replace("SID", await connect(client))
    answer = await client.request(method, f"/socket.io/?{query}", content=content)
    assert answer.status_code == 400
    assert set(answer.json()) == {"code", "message"}


async def test_lines_have_an_end(client: httpx.AsyncClient) -> None:
    for _ in range(64):
        await connect(client)
    assert (await client.get(SOCKET)).json() == {"code": 4, "message": "Too many clients"}


async def test_pages_are_let_in_as_over_http(client: httpx.AsyncClient) -> None:
    answer = await client.get(SOCKET, headers={"Origin": "http://localhost:8001"})
    assert answer.headers["Access-Control-Allow-Origin"] == "http://localhost:8001"
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"  # which this client of old asks for
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Host": "evil.example"}):
        answer = await client.get(SOCKET, headers=headers)
        assert answer.status_code == 403
        assert "Access-Control-Allow-Credentials" not in answer.headers
