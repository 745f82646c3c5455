from __future__ import annotations

import gzip
import socket
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.errors import FetchError
from gesso.net.door import Door
from gesso.net.fetch import Fetched, fetch
from gesso.net.ledger import Ledger
from tests.conftest import SHARED_HOME
from tests.net.server import Answer, always, response, serving

LEDGER = Ledger(SHARED_HOME)
at_home = partial(fetch, door=Door(LEDGER), limit_bytes=100_000, timeout_s=5, allow_private=True)
from_the_web = partial(fetch, door=Door(LEDGER), limit_bytes=100_000, timeout_s=5)


def refused(get: Callable[[str], Fetched], url: str) -> str:
    with pytest.raises(FetchError) as caught:
        get(url)
    return caught.value.message


# -- what goes well ----------------------------------------------------------------------------------------------------


def test_what_lies_there_is_fetched() -> None:
    asked: list[str] = []

    def answer(connection: socket.socket, request: str) -> None:
        asked.append(request)
        connection.sendall(response(b"pixels", Content_Type="Image/JPEG; charset=x"))

    with serving(answer) as port:
        fetched = at_home(f"http://127.0.0.1:{port}/a%20b/skier.jpg?size=2#top")
    assert (fetched.data, fetched.media_type, fetched.name) == (b"pixels", "image/jpeg", "skier.jpg")
    assert fetched.final_url.startswith(f"http://127.0.0.1:{port}/a%20b/skier.jpg")
    lines = asked[0].lower().splitlines()
    assert lines[0] == "get /a%20b/skier.jpg?size=2 http/1.1"
    assert f"host: 127.0.0.1:{port}" in lines
    assert not [line for line in lines if line.startswith(("cookie", "authorization", "referer"))]


def test_redirects_are_followed() -> None:
    def answer(connection: socket.socket, request: str) -> None:
        moved = response(status="302 Found", Location="../there.png?x=1")
        connection.sendall(response(b"here") if "/there.png" in request else moved)

    with serving(answer) as port:
        fetched = at_home(f"http://127.0.0.1:{port}/deep/inside/old")
    assert (fetched.data, fetched.name) == (b"here", "there.png")
    assert fetched.final_url == f"http://127.0.0.1:{port}/deep/there.png?x=1"


def test_what_is_packed_although_nobody_asked_is_unpacked() -> None:
    for packed, encoding in ((gzip.compress(b"text"), "gzip"), (zlib.compress(b"text"), "deflate")):
        with serving(always(packed, Content_Encoding=encoding)) as port:
            assert at_home(f"http://127.0.0.1:{port}/").data == b"text"


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ("", "last"),
        ('attachment; filename="photo.png"', "photo.png"),
        ("attachment; filename*=UTF-8''%C3%89t%C3%A9.png", "Été.png"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="C:\\\\Windows\\\\x.dll"', "x.dll"),
        ("attachment; filename*=nonsense''a%2Fb", "b"),
        ('attachment; filename="a\tb"', "ab"),
    ],
)
def test_the_name_has_no_folders(disposition: str, name: str) -> None:
    with serving(always(b"x", Content_Disposition=disposition)) as port:
        assert at_home(f"http://127.0.0.1:{port}/first/last").name == name


# -- where it does not go ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0x7f.1", "2130706433", "127.1"]
)
def test_this_computer_is_not_the_web(host: str) -> None:
    with serving(always(b"secret")) as port:
        message = refused(from_the_web, f"http://{host}:{port}/")
    assert "private network" in message or "cannot be reached" in message


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "0.0.0.0", "[::]", "[fe80::1]", "224.0.0.1", "[64:ff9b::a9fe:a9fe]"]
)
@pytest.mark.parametrize("get", [from_the_web, at_home])
def test_some_places_are_never_fetched_from(host: str, get: Callable[[str], Fetched]) -> None:
    assert "not a place on the web" in refused(get, f"http://{host}/latest/meta-data")


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://[::ffff:169.254.169.254]/",
        "//169.254.169.254/x",
        "http://0/x",
    ],
)
def test_a_redirect_does_not_lead_past_the_guard(target: str) -> None:
    with serving(always(status="301 Moved Permanently", Location=target)) as port:
        assert "not a place on the web" in refused(at_home, f"http://127.0.0.1:{port}/")


def test_a_redirect_from_the_web_does_not_lead_home_even_where_home_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo
    looks_public = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 80))]
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *rest, **more: looks_public if host == "web.test" else real(host, *rest, **more),
    )
    connect = httpcore.SyncBackend.connect_tcp

    def to_here(self: httpcore.SyncBackend, host: str, port: int, *rest: Any) -> httpcore.NetworkStream:
        return connect(self, "127.0.0.1" if host == "8.8.8.8" else host, port, *rest)

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", to_here)
    with serving(always(b"secret")) as secret:
        location = f"http://127.0.0.1:{secret}/router/reboot"
        with serving(always(status="302 Found", Location=location)) as port:
            assert "private network" in refused(at_home, f"http://web.test:{port}/")
            assert at_home(location).data == b"secret"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "file:///etc/passwd",
        "ftp://example.org/x",
        "gopher://example.org/",
        "data:text/plain,x",
        "javascript:alert(1)",
        "example.org/x",
        "//example.org/x",
        "/etc/passwd",
        "http://",
        "http:///x",
        "http://exa mple.org/",
        "http://example.org:99999/",
        "https://x\n.org/",
        "http://[::1",
        "\udcff",
    ],
)
def test_what_is_no_address_on_the_web(url: str) -> None:
    assert "not an address on the web" in refused(from_the_web, url)


def test_a_redirect_to_another_scheme_is_refused() -> None:
    for target in ("file:///etc/passwd", "ftp://example.org/", "http://user:secret@example.org/"):
        with serving(always(status="302 Found", Location=target)) as port:
            message = refused(at_home, f"http://127.0.0.1:{port}/")
            assert "not an address on the web" in message or "password" in message
            assert "secret" not in message


def test_passwords_in_addresses_are_refused_and_not_repeated() -> None:
    message = refused(from_the_web, "https://ada:secret@example.org/x")
    assert "password" in message
    assert "secret" not in message


def test_proxies_of_the_system_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(always(b"proxied")) as proxy, serving(always(b"direct")) as port:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy}")
        assert at_home(f"http://127.0.0.1:{port}/").data == b"direct"


def test_each_contact_is_written_down_without_the_address(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)

    def answer(connection: socket.socket, request: str) -> None:
        moved = response(b"moved", status="302 Found", Location="/here")
        connection.sendall(response(b"pixels") if "/here" in request else moved)

    with serving(answer) as port:
        at_home(f"http://localhost:{port}/there?key=secret", door=Door(ledger), what_for="the input photo")
    refused(partial(from_the_web, door=Door(ledger)), "http://127.0.0.1:1/")
    first, second, third = ledger.contacts()
    assert (first.host, first.outcome, first.received_bytes, second.received_bytes) == ("localhost", "done", 0, 6)
    assert second.what_for == "the input photo"
    assert (third.outcome, "private network" in third.error) == ("failed", True)
    assert "secret" not in (tmp_path / "contacts.jsonl").read_text()


def test_offline_nothing_is_fetched() -> None:
    shut = Door(LEDGER, is_offline=lambda: True)
    with serving(always(b"x")) as port:
        assert "offline" in refused(partial(at_home, door=shut), f"http://127.0.0.1:{port}/")


def test_what_is_being_fetched_ends_when_the_door_is_shut() -> None:
    is_shut = threading.Event()

    def dribble(connection: socket.socket, _: str) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nfirst")
        is_shut.set()
        connection.recv(1)  # until the other side has gone

    with serving(dribble) as port:
        door = Door(LEDGER, is_offline=is_shut.is_set)
        assert "offline" in refused(partial(at_home, door=door), f"http://127.0.0.1:{port}/")


@given(
    url=st.text() | st.text().map("http://127.0.0.1:1/{}".format) | st.text(max_size=20).map("http://{}@[::1]:1".format)
)
def test_any_text_is_refused_in_words(url: str) -> None:
    with pytest.raises(FetchError):
        from_the_web(url)


# -- how much and how long ---------------------------------------------------------------------------------------------


def endless(connection: socket.socket, _: str) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65536)


def dribbling(connection: socket.socket, _: str) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(0.02)


def dribbling_head(connection: socket.socket, _: str) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X: x\r\n")
        time.sleep(0.02)


def silent(connection: socket.socket, _: str) -> None:
    connection.recv(1)


def test_an_endless_body_is_cut_off() -> None:
    with serving(endless) as port:
        assert "larger than 100 kB" in refused(at_home, f"http://127.0.0.1:{port}/x?key=secret")


def test_a_body_that_says_how_large_it_is_is_not_even_begun() -> None:
    with serving(always(b"", Content_Length=str(10**12))) as port:
        assert "larger than 100 kB" in refused(at_home, f"http://127.0.0.1:{port}/")


def test_exactly_the_limit_is_allowed() -> None:
    with serving(always(b"x" * 100_000)) as port:
        assert len(at_home(f"http://127.0.0.1:{port}/").data) == 100_000
    with serving(always(gzip.compress(b"x" * 100_000), Content_Encoding="gzip")) as port:
        assert len(at_home(f"http://127.0.0.1:{port}/").data) == 100_000
    with serving(always(gzip.compress(b"x" * 100_001), Content_Encoding="gzip")) as port:
        assert "larger than" in refused(at_home, f"http://127.0.0.1:{port}/")


def test_a_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(bytes(200_000_000), compresslevel=1)[:90_000]
    with serving(always(bomb, Content_Encoding="gzip")) as port:
        tracemalloc.start()
        assert "larger than 100 kB" in refused(at_home, f"http://127.0.0.1:{port}/")
        _, peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak_bytes < 5_000_000


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (always(b"\x1f\x8b broken", Content_Encoding="gzip"), "broken"),
        (always(gzip.compress(b"x" * 999)[:-9], Content_Encoding="gzip"), "only a part"),
        (always(b"x", Content_Encoding="br"), "packed as 'br'"),
        (always(b"x", Content_Length="9"), "broke off"),
        (always(b"x", Content_Length="nine"), "broke off"),
        (lambda connection, _: connection.sendall(b"SSH-2.0-OpenSSH\r\n"), "broke off"),
        (lambda connection, _: None, "broke off"),
        (always(status="404 Not Found"), "answered 404: there is nothing at that address"),
        (always(status="500 Oops"), "answered 500"),
        (always(status="302 Found"), "answered 302"),
        (always(status="302 Found", Location="/again"), "only ever leads on"),
    ],
)
def test_what_goes_wrong_there_is_told(answer: Answer, words: str) -> None:
    with serving(answer) as port:
        message = refused(at_home, f"http://127.0.0.1:{port}/x?key=secret")
    assert words in message
    assert "secret" not in message


@pytest.mark.parametrize("answer", [dribbling, dribbling_head, silent])
def test_a_slow_server_is_left_in_time(answer: Answer) -> None:
    began = time.monotonic()
    with serving(answer) as port:
        message = refused(partial(at_home, timeout_s=0.3), f"http://127.0.0.1:{port}/")
    assert "took longer than 0.3 seconds" in message
    assert time.monotonic() - began < 2


def test_redirects_share_one_deadline() -> None:
    def answer(connection: socket.socket, _: str) -> None:
        time.sleep(0.2)
        connection.sendall(response(status="302 Found", Location="/again"))

    with serving(answer) as port:
        assert "took longer" in refused(partial(at_home, timeout_s=0.5), f"http://127.0.0.1:{port}/")


def test_nobody_there() -> None:
    with serving(always()) as port:
        pass
    assert "127.0.0.1 cannot be reached" in refused(at_home, f"http://127.0.0.1:{port}/")


def test_a_server_without_tls_where_tls_is_asked() -> None:
    with serving(always(b"x")) as port:
        assert "cannot be reached" in refused(at_home, f"https://127.0.0.1:{port}/")
