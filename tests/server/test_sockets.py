from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from gesso.app import App
from gesso.server import run
from gesso.server.application import create_app
from gesso.server.ports import bind
from gesso.server.sockets import BoundedSocketProtocol
from gesso.settings import Settings


@pytest.fixture
async def server(home: Path) -> AsyncIterator[run._Server]:
    """The real server, in this process, so that its sockets can be looked at."""
    async with App(Settings(home=home), report=lambda _: None) as app:
        await app.start_jobs()
        with bind("127.0.0.1", 0) as bound:
            port = bound.getsockname()[1]
            server = run._Server(app, create_app(app, port=port), grace_s=0.1, most_connections=100)
            started = asyncio.Event()
            server.when_started = started.set
            serving = asyncio.create_task(server.serve(sockets=[bound]))
            await started.wait()
            yield server
            server.should_exit = True
            await serving


@contextlib.asynccontextmanager
async def visiting(server: run._Server, **how: Any) -> AsyncIterator[ClientConnection]:
    port = server.servers[0].sockets[0].getsockname()[1]
    async with connect(f"ws://127.0.0.1:{port}/api/v1/models/nobody/live", **how) as client:
        yield client


def protocol_of(server: run._Server) -> BoundedSocketProtocol:
    (protocol,) = server.server_state.connections
    assert isinstance(protocol, BoundedSocketProtocol)
    return protocol


async def test_nothing_is_packed_although_the_client_offers_it(server: run._Server) -> None:
    async with visiting(server, compression="deflate") as client:
        assert client.response is not None
        assert "Sec-WebSocket-Extensions" not in client.response.headers
        assert client.protocol.extensions == []
        assert protocol_of(server).conn.extensions == []


async def test_small_messages_go_at_once_and_little_waits_in_the_system(server: run._Server) -> None:
    async with visiting(server):
        connection = protocol_of(server).transport.get_extra_info("socket")
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
        if hasattr(socket, "TCP_NOTSENT_LOWAT"):
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT) == 128 * 1024


async def test_pings_are_answered_only_to_whoever_reads(server: run._Server) -> None:
    async with visiting(server) as client:
        await (await client.ping())
        protocol = protocol_of(server)
        protocol.pause_writing()
        for number in range(50):
            _ = await client.ping(b"unread %d" % number)
        await asyncio.sleep(0.1)
        assert protocol.transport.get_write_buffer_size() == 0
        protocol.resume_writing()
        await (await client.ping(b"read"))


async def test_a_message_has_not_endless_pieces(server: run._Server) -> None:
    async with visiting(server) as client:
        with contextlib.suppress(ConnectionClosed):
            client.protocol.send_binary(b"", fin=False)
            for _ in range(2000):
                client.protocol.send_continuation(b"", fin=False)
            client.transport.write(b"".join(client.protocol.data_to_send()))
            async for _ in client:
                pass
        assert client.protocol.close_rcvd is not None
        assert client.protocol.close_rcvd.code == 1009


async def test_a_frame_has_a_largest_size(server: run._Server) -> None:
    async with visiting(server) as client:
        with pytest.raises(ConnectionClosed):
            await client.send(os.urandom(run._LARGEST_MESSAGE_BYTES + 1))
            await client.recv()
        assert client.protocol.close_rcvd is not None
        assert client.protocol.close_rcvd.code == 1009


async def test_whoever_does_not_read_is_let_go_in_the_end(server: run._Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gesso.server.sockets._FLUSH_S", 0.1)
    async with visiting(server) as client:
        protocol = protocol_of(server)
        client.transport.pause_reading()
        with contextlib.suppress(BlockingIOError):  # fill what the system keeps for the client
            while protocol.transport.get_write_buffer_size() < 100_000:
                protocol.transport.write(b"\x82\x7e\xff\xff" + bytes(0xFFFF))
        await client.send("{")  # it opens a stream in a way that ends it
        async with asyncio.timeout(30):
            while server.server_state.connections:
                await asyncio.sleep(0.05)
