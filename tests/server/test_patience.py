from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.server import ServerState

from gesso.server.patience import PatientProtocol

HEAD = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


class Hasty(PatientProtocol):
    patience_s = linger_s = 0.3


@pytest.fixture
async def port() -> AsyncIterator[int]:
    async with serving(PlainTextResponse("hello")) as port:
        yield port


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[int]:
    config = uvicorn.Config(app, log_config=None, lifespan="off", timeout_keep_alive=1)
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    async with await loop.create_server(lambda: Hasty(config, state, {}), "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def speak(port: int, *parts: bytes, pause_s: float = 0.0) -> bytes:
    """Send the parts and return all that came until the other side closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    reading = asyncio.create_task(reader.read())
    try:
        for part in parts:
            writer.write(part)
            await asyncio.sleep(pause_s)
        async with asyncio.timeout(3):
            return await reading
    finally:
        writer.close()


async def test_who_says_nothing_is_let_go(port: int) -> None:
    assert await speak(port) == b""


async def test_who_dribbles_is_let_go(port: int) -> None:
    assert await speak(port, *(bytes([byte]) for byte in HEAD), pause_s=0.05) == b""


async def test_who_dribbles_after_a_first_request_is_let_go(port: int) -> None:
    answers = await speak(port, HEAD, *(bytes([byte]) for byte in HEAD), pause_s=0.05)
    assert answers.count(b"HTTP/1.1 200") == 1


async def test_who_asks_in_time_is_answered_each_time(port: int) -> None:
    assert (await speak(port, HEAD, HEAD, HEAD, pause_s=0.1)).count(b"hello") == 3


async def test_who_sends_empty_lines_is_let_go(port: int) -> None:
    assert (await speak(port, HEAD, *[b"\r\n"] * 20, pause_s=0.05)).count(b"hello") == 1


async def test_a_head_has_an_end(port: int) -> None:
    pieces = [b"GET / HTTP/1.1\r\n", *[b"X: " + b"a" * 30_000 + b"\r\n"] * 4]
    assert (await speak(port, *pieces, pause_s=0.01)).startswith(b"HTTP/1.1 400")


async def test_a_long_body_and_a_second_request_behind_it_are_no_long_head(port: int) -> None:
    request = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n" + b"a" * 200_000
    assert (await speak(port, request + HEAD[:5], HEAD[5:], pause_s=0.1)).count(b"hello") == 2


async def test_whoever_is_being_answered_is_not_hurried() -> None:
    async def slowly(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(0.8)
        await PlainTextResponse("hello")(scope, receive, send)

    async with serving(slowly) as port:
        assert (await speak(port, HEAD + HEAD[:5])).startswith(b"HTTP/1.1 200")


async def test_small_answers_are_sent_at_once() -> None:
    """Asyncio sets TCP_NODELAY, without which small events come 40 ms late."""
    set_to: list[int] = []

    class Looking(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            line = transport.get_extra_info("socket")
            set_to.append(line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    async with await asyncio.get_running_loop().create_server(Looking, "127.0.0.1", 0) as server:
        _, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
        await asyncio.sleep(0.05)
        writer.close()
    assert all(set_to)
    assert set_to


async def test_the_rest_of_a_body_that_nobody_wants_comes_for_a_moment_only(port: int) -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"
    answer = await speak(port, head, *[b"x"] * 30, pause_s=0.05)
    assert answer.count(b"HTTP/1.1 200") == 1
    whole = head.replace(b"1000", b"2")
    assert (await speak(port, whole, b"x", b"x" + HEAD, pause_s=0.05)).count(b"hello") == 2


async def test_who_does_not_take_their_answer_is_let_go() -> None:
    async with serving(PlainTextResponse("x" * 50_000_000)) as port:
        with socket.socket() as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_connect(line, ("127.0.0.1", port))
            await loop.sock_sendall(line, HEAD)
            await asyncio.sleep(1.5)
            count = 0
            while piece := await loop.sock_recv(line, 65_536):  # what had been sent, and then no more
                count += len(piece)
            assert count < 50_000_000


async def test_who_takes_their_answer_slowly_gets_it() -> None:
    async with serving(PlainTextResponse("x" * 8_000_000)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=4096)
        writer.write(HEAD)
        count = 0
        while count < 8_000_000 and (piece := await reader.read(400_000)):
            count += len(piece)
            await asyncio.sleep(0.0001)
        assert count >= 8_000_000
        writer.close()
