from __future__ import annotations

import json
import signal
import socket
import time
from pathlib import Path

import httpx
import psutil
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from gesso.app import App
from gesso.errors import SettingsError
from gesso.server.owner import LENT, find_lent_key
from gesso.server.ports import bind
from gesso.server.run import serve
from gesso.settings import Settings
from gesso.storage.home import find_server
from tests.server.program import running


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "gesso.example.org"])
async def test_only_this_computer_is_served_unless_there_is_a_key(home: Path, host: str) -> None:
    async with App(Settings(home=home), report=lambda _: None) as app:
        with pytest.raises(SettingsError, match="others could reach"):
            await serve(app, host=host, port=0)
    assert not (home / "server.json").exists()


def test_it_listens_on_this_computer_alone_and_says_where(home: Path) -> None:
    with running(home) as program:
        listening = [
            at.laddr for at in psutil.Process(program.process.pid).net_connections("inet") if at.status == "LISTEN"
        ]
        assert [tuple(at) for at in listening] == [("127.0.0.1", program.port)]
        found = find_server(home)
        assert found is not None
        assert found.address == program.address
        assert found.pid == program.process.pid
        assert httpx.get(f"{found.address}/api/v1/health").json()["status"] == "ok"
        assert not (home / LENT).exists()
        status, said = program.stop()
    assert (status, said) == (0, "done\n")
    assert not (home / "server.json").exists()


@pytest.mark.parametrize("with_signal", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_in_order_also_while_somebody_listens(home: Path, with_signal: int) -> None:
    with running(home) as program:
        with socket.create_connection(("127.0.0.1", program.port)):  # and says nothing
            status, said = program.stop(with_signal)
    assert (status, said) == (0, "done\n")


def test_a_server_for_others_prints_its_key_once_and_lends_one(home: Path) -> None:
    with running(home, host="0.0.0.0", GESSO_NEEDS_KEY="1") as program:
        key = httpx.URL(program.link).params["key"]
        models = f"{program.address}/api/v1/models"
        assert httpx.get(models).status_code == 401
        assert httpx.get(models, headers={"Authorization": f"Bearer {key}"}).status_code == 200
        assert httpx.get(models, headers={"Authorization": f"Bearer {find_lent_key(home)}"}).status_code == 200
        with httpx.Client(follow_redirects=True) as browser:
            assert browser.get(program.link).url == f"{program.address}/"
            assert browser.get(models).status_code == 200
        status, said = program.stop()
        assert status == 0
        assert key not in said
    assert not (home / LENT).exists()
    with running(home, host="0.0.0.0", GESSO_NEEDS_KEY="1") as program:
        assert program.link == f"{program.address}/"
        models = f"{program.address}/api/v1/models"
        assert httpx.get(models, headers={"Authorization": f"Bearer {key}"}).status_code == 200


def test_a_port_that_is_taken_is_said_or_gone_past() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"Port {port} is taken"):
            bind("127.0.0.1", port)
        with bind("127.0.0.1", port, tries=20) as moved:
            assert port < moved.getsockname()[1] < port + 20


def test_an_address_of_somebody_else_is_said() -> None:
    with pytest.raises(SettingsError, match="cannot listen"):
        bind("203.0.113.7", 5142)
    with pytest.raises(SettingsError, match="cannot listen"):
        bind("no-such-name.invalid", 5142)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:3000"])
async def test_a_web_socket_from_a_foreign_page_stays_out(home: Path, origin: str) -> None:
    with running(home) as program:
        for path in ("/api/v1/jobs/x/events", "/", "/api/v1/nowhere"):
            with pytest.raises(InvalidStatus) as refused:
                async with connect(f"ws://127.0.0.1:{program.port}{path}", origin=origin):  # type: ignore[arg-type]  # any text
                    pass
            assert refused.value.response.status_code == 403


async def test_a_web_socket_to_a_name_that_was_bent_here_stays_out(home: Path) -> None:
    with running(home) as program:
        for host in ("evil.example", f"evil.example:{program.port}", "127.0.0.1"):
            ask = b"GET /api/v1/jobs/x/events HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            ask += b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
            with socket.create_connection(("127.0.0.1", program.port)) as line:
                line.settimeout(5)
                line.sendall(ask % host.encode())
                assert line.recv(65536).startswith(b"HTTP/1.1 403")


async def test_a_web_socket_asks_for_the_key_too(home: Path) -> None:
    with running(home, GESSO_NEEDS_KEY="1") as program:
        key = httpx.URL(program.link).params["key"]
        address = f"ws://127.0.0.1:{program.port}/api/v1/jobs/x/events"
        for headers in ({}, {"Authorization": "Bearer guessed"}, {"Cookie": f"gesso_owner={key}"}):
            with pytest.raises(InvalidStatus) as refused:
                async with connect(address, additional_headers=headers):
                    pass
            assert refused.value.response.status_code == 403
        async with connect(address, additional_headers={"Authorization": f"Bearer {key}"}) as told:
            with pytest.raises(ConnectionClosed):
                await told.recv()


async def test_a_web_socket_says_what_a_job_says_and_packs_nothing(home: Path) -> None:
    with running(home) as program:
        own = program.address
        async with connect(f"ws://127.0.0.1:{program.port}/api/v1/jobs/x/events", origin=own) as told:  # type: ignore[arg-type]  # any text
            assert "Sec-WebSocket-Extensions" not in (told.response.headers if told.response else {})
            with pytest.raises(ConnectionClosed) as closed:
                await told.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4404


RAW = [
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.0\r\n\r\n",
    b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nHost: evil.example\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost : 127.0.0.1:%d\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: 127.0.0.1:%d\r\n\r\n",
    b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
    b"POST /api/v1/jobs HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0",
    b"POST /api/v1/jobs HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: -5\r\n\r\n",
    b"POST /api/v1/files HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: \r\n\r\n",
]


def test_broken_requests_break_nothing(home: Path) -> None:
    with running(home) as program:
        for raw in RAW:
            data = raw.replace(b"%d", str(program.port).encode())
            with socket.create_connection(("127.0.0.1", program.port)) as line:
                line.settimeout(5)
                line.sendall(data)
                line.shutdown(socket.SHUT_WR)
                answer = line.recv(65536)
            assert not answer.startswith(b"HTTP/1.1 5"), (data[:80], answer)
            assert b"Traceback" not in answer
        assert httpx.get(f"{program.address}/api/v1/health").status_code == 200


def test_a_slow_head_is_let_go_and_others_are_served_meanwhile(home: Path) -> None:
    with running(home) as program:
        slow = [socket.create_connection(("127.0.0.1", program.port)) for _ in range(200)]
        for line in slow:
            line.sendall(b"GET / HTTP/1.1\r\nHost: ")
        assert httpx.get(f"{program.address}/api/v1/health").status_code == 200
        for line in slow:
            line.close()


def test_bodies_are_not_waited_for_by_those_who_left(home: Path) -> None:
    with running(home) as program:
        head = f"POST /api/v1/files HTTP/1.1\r\nHost: 127.0.0.1:{program.port}\r\nContent-Length: 100000\r\n\r\n"
        for _ in range(20):
            with socket.create_connection(("127.0.0.1", program.port)) as line:
                line.sendall(head.encode() + b"x" * 5000)
        assert httpx.get(f"{program.address}/api/v1/health").status_code == 200
        time.sleep(0.3)
        assert not [path for path in (home / "blobs").rglob("*") if path.is_file()]
        assert program.stop() == (0, "done\n")


def test_the_record_holds_json_and_no_secret(home: Path) -> None:
    with running(home, GESSO_NEEDS_KEY="1") as program:
        key = httpx.URL(program.link).params["key"]
        said = json.loads((home / "server.json").read_text())
        assert key not in str(said)
        assert find_lent_key(home) not in str(said)
