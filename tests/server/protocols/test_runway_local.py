"""Runway's local servers of one running model, asked as the clients of 2019 do: over HTTP, and with python-osc."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Self

import httpx
import pytest
from pythonosc.osc_message import OscMessage
from pythonosc.udp_client import SimpleUDPClient

from gesso.app import App
from gesso.errors import NotFoundError, SettingsError
from gesso.hosting.hosting import ReleaseOrder
from gesso.server.direct.room import Direct
from gesso.server.metrics import Metrics
from gesso.server.ports import bind
from gesso.server.protocols.runway_local import LocalAddresses, RunwayLocal
from gesso.server.protocols.runway_target import find_target
from tests.server.protocols.painter import add_painter, opened, picture


@pytest.fixture
def direct(app: App, tmp_path: Path) -> Direct:
    add_painter(app, tmp_path / "painter")
    return Direct(app, metrics=Metrics())


@pytest.fixture
async def listener() -> AsyncIterator[Ear]:
    """A program that only ever listens, as Max does at port 57200."""
    with Ear() as ear:
        yield ear


@pytest.fixture
async def served(direct: Direct, listener: Ear) -> AsyncIterator[LocalAddresses]:
    local = RunwayLocal(direct, await find_target(direct, "painter"), pages=lambda: ["https://editor.p5js.org"])
    yield await local.start(http_port=0, osc_port=0, listeners_port=listener.port)
    await local.stop()


@pytest.fixture
async def client(served: LocalAddresses) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=served.http_url, timeout=60) as client:
        yield client


class Ear:
    """A socket that hears OSC."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.port: int = self.socket.getsockname()[1]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    async def hear(self) -> tuple[str, Any]:
        """Return the next message, read by python-osc: its address, and its one text."""
        async with asyncio.timeout(60):
            packet = await asyncio.get_running_loop().sock_recv(self.socket, 65_536)
        message = OscMessage(packet)
        (text,) = message.params
        return message.address, text


class Sketch(Ear):
    """A program that asks by python-osc, and hears the answers at the port from which it asks."""

    def __init__(self, port: int) -> None:
        self._client = SimpleUDPClient("127.0.0.1", port)
        self.socket = self._client._sock
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.port = self.socket.getsockname()[1]

    def say(self, address: str, *said: Any) -> None:
        """Send a message."""
        self._client.send_message(address, list(said))


# -- HTTP -------------------------------------------------------------------------------------------------------------


async def test_a_client_polls_as_the_processing_library_does(client: httpx.AsyncClient) -> None:
    processing = {"Accept": "*/*", "Accept-Encoding": "gzip, deflate"}
    info = (await client.get("/info", headers=processing)).json()
    assert [field["name"] for field in info["outputs"]] == ["image", "caption", "size"]
    assert (await client.get("/error", headers=processing)).json() == {"error": None}
    assert (await client.get("/data", headers=processing)).json() == {}
    asked = {"image": f"data:image/png;base64,{picture()}", "caption": "fox"}
    answer = await client.post("/query", json=asked, headers=processing)
    assert answer.status_code == 200
    assert opened(answer.json()["image"]).size == (6, 4)
    again = await client.get("/data", headers=processing)
    assert again.json() == answer.json()
    assert again.headers["Content-Encoding"] == "gzip"
    assert (await client.post("/query", json=asked | {"caption": "fail"})).status_code == 500
    error = (await client.get("/error")).json()["error"]
    assert "nope" in error
    assert (await client.get("/data")).json() == answer.json()
    await client.post("/query", json=asked)
    assert (await client.get("/error")).json() == {"error": None}


async def test_grasshopper_finds_something_at_the_root(client: httpx.AsyncClient) -> None:
    answer = await client.get("/")
    assert answer.status_code == 200
    assert answer.json()["name"] == "painter"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/query", 405),
        ("POST", "/data", 405),
        ("GET", "/none", 404),
        ("POST", "/", 405),
        ("GET", "/data/", 404),
        ("POST", "/query", 400),
    ],
)
async def test_what_is_asked_wrongly_is_told_so(client: httpx.AsyncClient, method: str, path: str, status: int) -> None:
    answer = await client.request(method, path, content=b"fox")
    assert answer.status_code == status
    assert answer.json()["error"]
    assert (await client.request("GET", "/data", content=b"a body")).json() == {}


@pytest.mark.parametrize("origin", ["http://localhost:8001", "http://127.0.0.1:5500", "https://editor.p5js.org"])
async def test_sketches_on_this_computer_and_listed_pages_may_ask(client: httpx.AsyncClient, origin: str) -> None:
    asks = {"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    answer = await client.options("/query", headers=asks)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (204, origin)
    answer = await client.post("/query", json={"image": picture()}, headers={"Origin": origin})
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, origin)
    assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "https://localhost:8001"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    ],
)
async def test_strangers_stay_out(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    for method, path in (("GET", "/data"), ("POST", "/query"), ("OPTIONS", "/query"), ("GET", "/info")):
        answer = await client.request(method, path, headers=headers)
        assert answer.status_code == 403
        assert "Access-Control-Allow-Origin" not in answer.headers


# -- OSC --------------------------------------------------------------------------------------------------------------


async def test_a_query_is_answered_to_who_asks_and_to_who_only_listens(served: LocalAddresses, listener: Ear) -> None:
    with Sketch(served.osc_port) as sketch:
        sketch.say("/query", json.dumps({"image": picture(), "caption": "fox \N{FOX FACE}"}))
        heard = [await sketch.hear(), await listener.hear()]
    assert heard[0] == heard[1]
    address, text = heard[0]
    told = json.loads(text)
    assert address == "/data"
    assert told["caption"] == "plain fox \N{FOX FACE} red 0.5"
    assert opened(told["image"]).size == (6, 4)


async def test_who_connects_hears_what_others_ask(served: LocalAddresses, client: httpx.AsyncClient) -> None:
    with Sketch(served.osc_port) as sketch, Sketch(served.osc_port) as other:
        sketch.say("/server/connect")
        address, text = await sketch.hear()
        assert (address, set(json.loads(text))) == ("/info", {"inputs", "outputs"})
        other.say("/query", json.dumps({"image": picture(), "caption": "other"}))
        assert json.loads((await other.hear())[1]) == json.loads((await sketch.hear())[1])
        await client.post("/query", json={"image": picture(), "caption": "web"})
        assert "web" in (await sketch.hear())[1]
        sketch.say("/server/disconnect")
        sketch.say("/info")
        assert (await sketch.hear())[0] == "/info"  # so it has been disconnected
        await client.post("/query", json={"image": picture(), "caption": "unheard"})
        sketch.say("/info")
        assert (await sketch.hear())[0] == "/info"


@pytest.mark.parametrize(
    ("said", "word"),
    [
        (["fox"], "JSON"),
        ([7], "JSON"),
        ([], "JSON"),
        (["{}", "{}"], "JSON"),
        (["[]"], "JSON"),
        (["{}"], "image"),
        (['{"image": 7}'], "image"),
        ([json.dumps({"image": picture(), "caption": "fail"})], "nope"),
    ],
)
async def test_what_goes_wrong_is_told(served: LocalAddresses, said: list[Any], word: str) -> None:
    with Sketch(served.osc_port) as sketch:
        sketch.say("/query", *said)
        address, text = await sketch.hear()
        assert address == "/error"
        assert word in text
        sketch.say("/something/else", 1)
        sketch.say("/info")
        assert (await sketch.hear())[0] == "/info"


async def test_a_broken_packet_is_told_and_harms_nobody(served: LocalAddresses) -> None:
    with Sketch(served.osc_port) as sketch:
        sketch.socket.sendto(b"\xff" * 60_000, ("127.0.0.1", served.osc_port))
        assert (await sketch.hear())[0] == "/error"
        sketch.say("/query", json.dumps({"image": picture()}))
        assert (await sketch.hear())[0] == "/data"


async def test_an_answer_that_osc_cannot_carry_is_told_where_to_get(
    served: LocalAddresses, client: httpx.AsyncClient
) -> None:
    with Sketch(served.osc_port) as sketch:
        sketch.say("/query", json.dumps({"image": picture(), "caption": "x" * 40_000}))
        assert (await sketch.hear())[0] == "/data"
        sketch.say("/server/connect")
        assert (await sketch.hear())[0] == "/info"
        await client.post("/query", json={"image": picture(), "caption": "x" * 80_000})
        address, text = await sketch.hear()
        assert address == "/error"
        assert "/data" in text


# -- its own life -----------------------------------------------------------------------------------------------------


async def test_taken_ports_are_passed_over_and_given_back(direct: Direct) -> None:
    target = await find_target(direct, "painter")
    with bind("127.0.0.1", 0) as http, bind("127.0.0.1", 0, is_udp=True) as osc:
        http.listen()
        ports = http.getsockname()[1], osc.getsockname()[1]
        local = RunwayLocal(direct, target)
        found = await local.start(http_port=ports[0], osc_port=ports[1])
        moved = httpx.URL(found.http_url).port or 0, found.osc_port
        assert ports[0] < moved[0] <= ports[0] + 50
        assert ports[1] < moved[1] <= ports[1] + 50
        await local.stop()
        for port, is_udp in ((moved[0], False), (moved[1], True)):
            bind("127.0.0.1", port, is_udp=is_udp).close()
        with pytest.raises(SettingsError):
            bind("127.0.0.1", ports[1], is_udp=True)


async def test_it_is_stopped_in_the_middle_of_a_query_and_started_again(direct: Direct) -> None:
    local = RunwayLocal(direct, await find_target(direct, "painter"))
    found = await local.start(http_port=0, osc_port=0, listeners_port=1)
    with Sketch(found.osc_port) as sketch:
        sketch.say("/query", json.dumps({"image": picture(), "wait_s": 60}))
        async with asyncio.timeout(60):
            while not direct.places._places:
                await asyncio.sleep(0.01)
        await local.stop()
    assert not direct.places._places
    await local.stop()  # once more does nothing
    again = await local.start(http_port=0, osc_port=0, listeners_port=1)
    async with httpx.AsyncClient(timeout=60) as client:
        assert (await client.post(f"{again.http_url}/query", json={"image": picture()})).status_code == 200
    await local.stop()


async def test_one_of_several_commands_is_served(direct: Direct) -> None:
    local = RunwayLocal(direct, await find_target(direct, "painter:find"))
    found = await local.start(http_port=0, osc_port=0, listeners_port=1)
    async with httpx.AsyncClient(base_url=found.http_url, timeout=60) as client:
        assert [field["name"] for field in (await client.get("/info")).json()["inputs"]] == ["corner", "z"]
        answer = await client.post("/query", json={"corner": [0.5, 0.25], "z": [1, 2, 3]})
        assert answer.json()["points"] == [[0.5, 0.25]]
    await local.stop()


@pytest.mark.parametrize("reference", ["m/studio-fox", "studio-fox"])
async def test_a_deployment_is_served_to_its_owner_without_a_token(app: App, direct: Direct, reference: str) -> None:
    await app.hosting.create(ReleaseOrder(model="painter", options={"mood": "glad"}), name="studio-fox")
    local = RunwayLocal(direct, await find_target(direct, reference))
    found = await local.start(http_port=0, osc_port=0, listeners_port=1)
    async with httpx.AsyncClient(base_url=found.http_url, timeout=60) as client:
        answer = await client.post("/query", json={"image": picture()})
        assert answer.json()["caption"] == "glad  red 0.5"
    await local.stop()
    entries = await app.hosting.log("studio-fox")
    assert [entry.protocol for _, entry in entries if entry.kind == "request"] == ["runway-local"]


@pytest.mark.parametrize("reference", ["nobody", "m/nobody", "painter:nothing", "../painter", "m/"])
async def test_what_is_not_there_is_not_served(direct: Direct, reference: str) -> None:
    with pytest.raises(NotFoundError):
        await find_target(direct, reference)
