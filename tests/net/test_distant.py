"""A line to another computer; 127.0.0.2 plays it, because the web is not there in tests."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from gesso.errors import FetchError
from gesso.net.distant import Distant
from gesso.net.door import Door
from gesso.net.ledger import Ledger
from tests.net.test_loopback import Echo


@pytest.fixture
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


async def test_it_asks_and_is_written_down(port: int, home: Path) -> None:
    ledger = Ledger(home)
    line = Distant.at(f"http://localhost:{port}", way=Door(ledger), key="secret")
    reply = await line.ask("POST", "/", body=b"12345")
    assert (reply.status, reply.body) == (200, b'{"size": 5, "key": "Bearer secret"}')
    assert [event async for event in line.events("/events")] == [{"number": number} for number in range(3)]
    assert [(contact.host, contact.outcome) for contact in ledger.contacts()] == [("localhost", "done")] * 2


async def test_offline_nobody_is_asked(port: int, home: Path) -> None:
    line = Distant.at(f"http://localhost:{port}", way=Door(Ledger(home), is_offline=lambda: True))
    with pytest.raises(FetchError, match="offline"):
        await line.ask("GET", "/")
    with pytest.raises(FetchError, match="offline"):
        await anext(line.events("/events"))


async def test_a_redirect_is_not_followed(port: int, home: Path) -> None:
    reply = await Distant.at(f"http://localhost:{port}", way=Door(Ledger(home)), key="t").ask("GET", "/elsewhere")
    assert reply.status == 302


async def test_nobody_there_is_said_in_words(home: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    line = Distant.at(f"http://localhost:{port}", way=Door(Ledger(home)))
    with pytest.raises(FetchError, match="localhost cannot be reached") as refused:
        await line.ask("GET", "/")
    assert refused.value.is_passing
    with pytest.raises(FetchError, match="cannot be reached"):
        await Distant.at("http://no-such-name.invalid", way=Door(Ledger(home))).ask("GET", "/")


async def test_a_server_without_tls_is_no_server_with_it(port: int, home: Path) -> None:
    with pytest.raises(FetchError, match="cannot be reached"):
        await Distant.at(f"https://localhost:{port}", way=Door(Ledger(home))).ask("GET", "/")


async def test_a_token_does_not_go_unencrypted_over_the_web(
    port: int, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket.socket, "getpeername", lambda _: ("93.184.216.34", 80))
    with pytest.raises(FetchError, match="unencrypted"):
        await Distant.at(f"http://localhost:{port}", way=Door(Ledger(home)), key="secret").ask("GET", "/file")
    reply = await Distant.at(f"http://localhost:{port}", way=Door(Ledger(home))).ask("GET", "/file")
    assert reply.status == 200  # without one there is nothing to lose


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl, which makes the certificate")
async def test_a_certificate_that_nobody_knows_is_refused(home: Path, tmp_path: Path) -> None:
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "1",
            "-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "certificate.pem")]  # fmt: skip
    subprocess.run(made, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        server.handle_error = lambda *_: None  # type: ignore[method-assign]  # the client leaves in the middle
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        line = Distant.at(f"https://localhost:{server.server_port}", way=Door(Ledger(home)), key="secret")
        with pytest.raises(FetchError, match="cannot show that it is localhost"):
            await line.ask("GET", "/")
        server.shutdown()
