"""Guests who mean no good: none takes what is the others', and nothing is done for who may not ask for it."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from gesso.app import App
from gesso.hosting.figures import Minute
from gesso.hosting.hosting import Changes
from gesso.hosting.tokens import TokenOrder
from gesso.server.application import create_app
from gesso.server.direct.places import MOST_COMING
from gesso.server.owner import OwnerKey
from tests.server.conftest import ADDRESS
from tests.server.models import add_echo
from tests.server.protocols.models import bearer, host
from tests.server.protocols.test_replicate import picture

BODIES = [
    ("POST", "/m/writer/run"),
    ("POST", "/m/writer/v1/query"),
    ("POST", "/m/writer/predictions"),
    ("PUT", "/m/writer/predictions/mine"),
    ("POST", "/m/writer/v1/completions"),
    ("POST", "/m/writer/v1/chat/completions"),
    *(
        ("POST", f"{prefix}/{path}")
        for prefix in ("/v1", "/replicate/v1")
        for path in ("predictions", "models/me/writer/predictions", "deployments/me/writer/predictions", "files")
    ),
    *(("POST", f"{prefix}/{path}") for prefix in ("/v1", "/openai/v1") for path in ("completions", "chat/completions")),
]
JSON = [each for each in BODIES if not each[1].endswith("/files")]
NEAR = ("/v1/model_sessions", "/v1/model_sessions/stop_all", "/runway/sessions/x/setup")
IS_JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "multipart/form-data; boundary=b"}


@pytest.fixture
async def writer(app: App, tmp_path: Path) -> dict[str, str]:
    """A deployment that writes, and the header with its token."""
    return bearer(await host(app, tmp_path, "writer"))


class Body:
    """A body that knows whether somebody has begun to read it."""

    def __init__(self) -> None:
        self.is_touched = False

    async def come(self) -> AsyncIterator[bytes]:
        """Come."""
        self.is_touched = True
        yield b"{}"


async def used_up(app: App) -> dict[str, str]:
    """Return the header with a token whose one request is made."""
    token, secret = await app.hosting.make_token("writer", TokenOrder(name="used up", max_requests=1))
    async with app.hosting.admit("writer", secret=secret, origin=None, client="", protocol="gesso"):
        pass
    assert next(each for each in app.hosting.door.purses("writer") if each.token == token).requests == 1
    return bearer(secret)


# -- the token is asked for first -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("writer")
async def test_no_body_is_read_of_who_may_not_ask(client: httpx.AsyncClient, app: App) -> None:
    spent = await used_up(app)
    for method, path in BODIES:
        for headers, statuses in (({}, {401}), (bearer("gesso_wrong"), {401}), (spent, {403, 429})):
            body = Body()
            answer = await client.request(method, path, content=body.come(), headers=headers | FORM)
            assert answer.status_code in statuses, (path, answer.text)
            assert not body.is_touched, path


async def test_what_is_for_this_computer_alone_reads_no_strangers_body(app: App) -> None:
    key = OwnerKey(app.settings.home)
    key.make()
    for server, near in ((create_app(app), "10.0.0.1"), (create_app(app, key=key), "127.0.0.1")):
        transport = httpx.ASGITransport(server, client=(near, 1))
        for path in NEAR:
            body = Body()
            async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
                answer = await client.post(path, content=body.come(), headers=IS_JSON)
            assert answer.status_code == 401, path
            assert not body.is_touched, path


async def test_who_has_nothing_left_wakes_nothing(client: httpx.AsyncClient, app: App, writer: dict[str, str]) -> None:
    async with asyncio.timeout(60):
        while app.hosting.status("writer").state != "awake":
            await asyncio.sleep(0.02)
    spent = await used_up(app)
    assert (await client.get("/m/writer/v1/info", headers=spent)).status_code == 200  # it is awake, and that is free
    await app.hosting.sleep("writer")
    for method, path in (("GET", "/m/writer/v1"), ("GET", "/m/writer/v1/info"), ("POST", "/m/writer/wake")):
        assert (await client.request(method, path, headers=spent)).status_code in {403, 429}
        assert app.hosting.status("writer").state == "asleep"
    assert (await client.get("/m/writer/status", headers=spent)).status_code == 200
    assert (await client.get("/m/writer/v1", headers=writer)).status_code == 200
    assert app.hosting.status("writer").state == "waking"


# -- nobody takes everything ------------------------------------------------------------------------------------------


async def test_slow_bodies_take_no_places(client: httpx.AsyncClient, app: App, writer: dict[str, str]) -> None:
    await app.hosting.change("writer", Changes(is_public=True))
    is_over = asyncio.Event()

    async def never() -> AsyncIterator[bytes]:
        yield b'{"model": "writer", '
        await is_over.wait()

    for method, path in JSON:
        is_over.clear()
        slow = {
            asyncio.create_task(client.request(method, path, content=never(), headers=IS_JSON))
            for _ in range(MOST_COMING + 5)
        }
        async with asyncio.timeout(30):
            while sum(each.done() for each in slow) < 5:
                await asyncio.sleep(0.01)
        assert [each.result().status_code for each in slow if each.done()] == [503] * 5, path
        answer = await client.post("/m/writer/run", json={"inputs": {"prompt": "a"}}, headers=writer)
        assert answer.status_code == 200, answer.text
        is_over.set()
        await asyncio.gather(*slow, return_exceptions=True)


PARTS = [
    b'{"model": "writer", "input": {"a": [' + b",".join([b"{}"] * 200_000) + b"]}}",
    b'{"model": "writer", "prompt": [' + b",".join([b'""'] * 300_000) + b"]}",
    b'{"model": "writer", "messages": [' + b",".join([b'{"role":0}'] * 140_000) + b"]}",
    b"{" + b",".join(b'"%d":0' % number for number in range(300_000)) + b"}",
]


async def test_very_many_parts_are_not_read(client: httpx.AsyncClient, writer: dict[str, str]) -> None:
    for method, path in JSON:
        for body in PARTS:
            answer = await client.request(method, path, content=body, headers=writer | IS_JSON)
            assert answer.status_code in {400, 422}, path
            assert "50000 parts" in answer.text, path


async def test_nor_if_they_come_packed_or_in_a_form(client: httpx.AsyncClient, writer: dict[str, str]) -> None:
    packed = {"Content-Encoding": "gzip"}
    answer = await client.post("/m/writer/v1/query", content=gzip.compress(PARTS[0]), headers=writer | packed)
    assert answer.status_code == 422
    assert "50000 parts" in answer.text
    for name in ('name="prompt"', 'name="max_tokens"; filename="a.json"'):
        form = b"--b\r\nContent-Disposition: form-data; " + name.encode() + b"\r\n\r\n" + PARTS[0] + b"\r\n--b--\r\n"
        answer = await client.post("/m/writer/run", content=form, headers=writer | FORM)
        assert answer.status_code == 422
        assert "250000 parts" in answer.text


async def test_many_wrong_turns_are_told_by_the_first(client: httpx.AsyncClient, writer: dict[str, str]) -> None:
    turns = [{"role": "user", "content": [{"type": 7}] * 20}] * 1000
    answer = await client.post(
        "/openai/v1/chat/completions", json={"model": "writer", "messages": turns}, headers=writer
    )
    assert answer.status_code == 400
    assert answer.json()["error"]["param"].startswith("messages.0.content")


# -- what a request costs ---------------------------------------------------------------------------------------------

WRONG = [
    ("/m/writer/run", b"{", IS_JSON),
    ("/m/writer/run", b'{"inputs": {"prompt": 7}}', IS_JSON),
    ("/m/writer/run", b'{"inputs": {"prompt": "a"}}', IS_JSON | {"Accept": "image/png"}),
    ("/m/writer/run", b"x", {"Content-Type": "application/x-www-form-urlencoded"}),
    ("/m/writer/run", b"--b", FORM),
    ("/m/writer/v1/query", b"{", IS_JSON),
    ("/m/writer/v1/query", b'{"prompt": 7}', IS_JSON),
    ("/m/writer/v1/completions", b'{"prompt": "a", "temperature": 50}', IS_JSON),
    ("/m/writer/v1/completions", b'{"prompt": "a", "nonsense": 1}', IS_JSON),
    ("/m/writer/predictions", b'{"input": {"prompt": 7}}', IS_JSON),
    ("/replicate/v1/predictions", b'{"input": {"prompt": "a"}, "webhook": "http://127.0.0.1/"}', IS_JSON),
]


async def test_what_cannot_be_costs_nothing_and_is_no_error_of_the_model(
    client: httpx.AsyncClient, app: App, writer: dict[str, str]
) -> None:
    for path, body, headers in WRONG:
        answer = await client.post(path, content=body, headers=writer | headers)
        assert 400 <= answer.status_code < 500, (path, body, answer.text)
    assert app.hosting.door.purses("writer")[0].requests == 0
    total = Minute()
    for minute in (await app.hosting.minutes("writer", since=0)).values():
        total.add(minute)
    outcomes = [entry.outcome for _, entry in await app.hosting.log("writer") if entry.kind == "request"]
    assert (total.requests, total.errors, total.refused, sum(total.latencies)) == (0, 0, len(WRONG), 0)
    assert outcomes == ["refused"] * len(WRONG)


async def test_files_are_counted_against_the_rate_and_need_a_token_with_something_left(
    client: httpx.AsyncClient, app: App, writer: dict[str, str]
) -> None:
    _, quick = await app.hosting.make_token("writer", TokenOrder(name="quick", requests_per_minute=2))
    sent = [await client.post("/v1/files", files={"content": b"x"}, headers=bearer(quick)) for _ in range(3)]
    assert [each.status_code for each in sent] == [201, 201, 429]
    answer = await client.post("/v1/files", files={"content": b"x"}, headers=await used_up(app))
    assert answer.status_code == 429
    assert (await client.post("/v1/files", files={"content": b"x"}, headers=writer)).status_code == 201


# -- seals ------------------------------------------------------------------------------------------------------------


async def test_a_seal_opens_one_thing_and_nothing_else(client: httpx.AsyncClient, app: App, tmp_path: Path) -> None:
    add_echo(app, tmp_path / "echo")
    painter = bearer(await host(app, tmp_path, "painter"))
    form = {"content": ("fox.png", picture(), "image/png")}
    kept = (await client.post("/v1/files", files=form, headers=painter)).json()
    asked = {"input": {"image": kept["urls"]["get"], "wait_s": 60}}
    made = (await client.post("/replicate/v1/predictions", json=asked, headers=painter)).json()
    file, stream = made["input"]["image"], made["urls"]["stream"]
    assert (await client.get(file)).status_code == 200
    for seal in (file.partition("?")[2], stream.partition("?")[2]):
        for method, url in (("GET", made["urls"]["get"]), ("POST", made["urls"]["cancel"])):
            assert (await client.request(method, f"{url}?{seal}")).status_code == 401
    for url, seal in ((file, stream), (stream, file)):
        swapped = f"{url.partition('?')[0]}?{seal.partition('?')[2]}"
        assert (await client.get(swapped)).status_code == 401
    now = (await client.get(made["urls"]["get"], headers=painter)).json()
    assert now["status"] in {"starting", "processing"}
    assert (await client.post(made["urls"]["cancel"], headers=painter)).json()["status"] == "canceled"
    assert (await client.get(stream)).status_code == 200


# -- live streams -----------------------------------------------------------------------------------------------------


class Socket:
    """A WebSocket without a network. `said` is what the server says, `told` what is sent to it."""

    def __init__(self, client: httpx.AsyncClient, path: str, headers: dict[str, str]) -> None:
        transport = client._transport
        assert isinstance(transport, httpx.ASGITransport)
        self._server: Any = transport.app
        self.said: asyncio.Queue[Any] = asyncio.Queue()
        self.told: asyncio.Queue[Any] = asyncio.Queue()
        self.told.put_nowait({"type": "websocket.connect"})
        given = {"Host": "127.0.0.1:5142", **headers}
        self._scope = {
            "type": "websocket", "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
            "scheme": "ws", "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 5142), "subprotocols": [],
            "headers": [(name.lower().encode(), text.encode()) for name, text in given.items()],
            "extensions": {"websocket.http.response": {}},
        }  # fmt: skip
        self.task = asyncio.create_task(self._serve())

    async def _serve(self) -> None:
        await self._server(self._scope, self.told.get, self.said.put)

    async def hear(self) -> Any:
        """Return the next that the server says."""
        async with asyncio.timeout(60):
            return await self.said.get()


@pytest.mark.parametrize("path", ["/m/echo/live", "/m/nobody/live"])
async def test_a_stream_is_refused_before_it_is_open(
    client: httpx.AsyncClient, app: App, tmp_path: Path, path: str
) -> None:
    add_echo(app, tmp_path / "echo")
    answer = await client.post("/api/v1/deployments", json={"model": "echo", "name": "echo"})
    assert answer.status_code == 201
    socket = Socket(client, path, bearer("gesso_wrong"))
    said = await socket.hear()
    assert (said["type"], said["status"]) == ("websocket.http.response.start", 401 if "echo" in path else 404)


async def test_a_stream_that_its_client_leaves_has_succeeded(
    client: httpx.AsyncClient, app: App, tmp_path: Path
) -> None:
    add_echo(app, tmp_path / "echo")
    await client.post("/api/v1/deployments", json={"model": "echo", "name": "echo", "is_public": True})
    socket = Socket(client, "/m/echo/live", {})
    assert (await socket.hear())["type"] == "websocket.accept"
    socket.told.put_nowait({"type": "websocket.receive", "text": json.dumps({"inputs": {}})})
    while json.loads((await socket.hear())["text"])["type"] != "ready":
        pass
    socket.told.put_nowait({"type": "websocket.disconnect", "code": 1001})
    await socket.task
    outcomes = [entry.outcome for _, entry in await app.hosting.log("echo") if entry.kind == "request"]
    assert outcomes == ["succeeded"]
    socket = Socket(client, "/m/echo/live", {})
    assert (await socket.hear())["type"] == "websocket.accept"
    socket.told.put_nowait({"type": "websocket.receive", "text": '{"inputs": {"a": [' + "{}," * 300_000 + "{}]}}"})
    said = json.loads((await socket.hear())["text"])
    assert said["code"] == "input"
    assert "50000 parts" in said["message"]
    await socket.task
