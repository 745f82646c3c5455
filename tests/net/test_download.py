from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gesso.errors import FetchError
from gesso.net import download as download_file
from gesso.net.attempt import Wanted
from gesso.net.door import Door
from gesso.net.download import download
from gesso.net.ledger import Ledger
from gesso.spec.runnable import Progress
from tests.net.files import FileServer, serving_file
from tests.net.server import Answer, always, response, serving

DATA = bytes(range(250)) * 4000  # 1 MB


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download_file, "_PAUSES_S", (0.01, 0.02, 0.03))
    monkeypatch.setattr(download_file, "_PATIENCE_S", 0.5)


class Downloads:
    """Downloads to one place, and remembers what was told."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "weights" / "3f9c.onnx"
        self.part = self.path.with_name("3f9c.onnx.part")
        self.ledger = Ledger(folder / "home")
        self.door = Door(self.ledger)
        self.told: list[Progress] = []

    async def get(self, url: str, *, sha256: str, size_bytes: int = 0, allow_private: bool = True) -> bytes:
        wanted = Wanted(name="net.onnx", url=url, sha256=sha256, size_bytes=size_bytes)
        await download(wanted, self.path, door=self.door, report=self.told.append, allow_private=allow_private)
        assert [path.name for path in self.path.parent.iterdir()] == [self.path.name]
        return self.path.read_bytes()

    async def refused(self, url: str, *, sha256: str = "0" * 64, size_bytes: int = 0) -> str:
        with pytest.raises(FetchError) as caught:
            await self.get(url, sha256=sha256, size_bytes=size_bytes)
        assert "secret" not in str(caught.value)
        assert not self.path.exists()
        return str(caught.value)

    @property
    def kept(self) -> list[str]:
        return sorted(path.name for path in self.path.parent.glob("*"))


@pytest.fixture
def downloads(tmp_path: Path) -> Downloads:
    return Downloads(tmp_path)


@pytest.fixture
def server() -> Iterator[FileServer]:
    with serving_file(DATA) as server:
        yield server


# -- what goes well ----------------------------------------------------------------------------------------------------


async def test_a_file_is_downloaded_and_told(downloads: Downloads, server: FileServer) -> None:
    assert await downloads.get(server.url, sha256=server.sha256, size_bytes=len(DATA)) == DATA
    assert downloads.told[-1] == Progress(1.0, "Downloading net.onnx: 1 MB of 1 MB")
    (contact,) = downloads.ledger.contacts()
    assert (contact.host, contact.what_for, contact.outcome) == ("127.0.0.1", "net.onnx", "done")
    assert contact.received_bytes == len(DATA)


async def test_an_empty_file_is_a_file(downloads: Downloads) -> None:
    with serving_file(b"") as server:
        assert await downloads.get(server.url, sha256=server.sha256) == b""


async def test_a_file_whose_length_nobody_says(downloads: Downloads, server: FileServer) -> None:
    server.has_length = False
    assert await downloads.get(server.url, sha256=server.sha256) == DATA
    assert downloads.told[-1] == Progress(0.0, "Downloading net.onnx: 1 MB")


async def test_a_redirect_is_followed(downloads: Downloads, server: FileServer) -> None:
    with serving(always(status="302 Found", Location=server.url)) as port:
        await downloads.get(f"http://127.0.0.1:{port}/", sha256=server.sha256)
    assert [contact.received_bytes for contact in downloads.ledger.contacts()] == [0, len(DATA)]


# -- going on where it was ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("has_length", [True, False])
async def test_a_connection_that_breaks_is_taken_up_where_it_broke(
    downloads: Downloads, server: FileServer, *, has_length: bool
) -> None:
    server.cuts = [300_000, 0, 0, 300_000, 0]
    server.has_length = has_length
    assert await downloads.get(server.url, sha256=server.sha256, size_bytes=len(DATA)) == DATA
    assert server.ranges == ["", *["bytes=300000-"] * 3, *["bytes=600000-"] * 2]
    assert server.asked[1]["if-range"] == '"one"'
    assert any("trying again" in event.text for event in downloads.told)


async def test_after_some_attempts_that_bring_nothing_it_gives_up_and_keeps_what_has_come(
    downloads: Downloads, server: FileServer
) -> None:
    server.cuts = [300_000, 0, 0, 0]
    assert "broke off" in await downloads.refused(server.url, sha256=server.sha256)
    assert downloads.part.stat().st_size == 300_000
    assert await downloads.get(server.url, sha256=server.sha256) == DATA
    assert server.ranges[-1] == "bytes=300000-"


async def test_a_file_that_changed_meanwhile_begins_anew(downloads: Downloads, server: FileServer) -> None:
    server.cuts = [300_000, 0, 0, 0]
    await downloads.refused(server.url, sha256=server.sha256)
    server.data, server.etag = DATA[::-1], '"two"'
    assert await downloads.get(server.url, sha256=server.sha256) == DATA[::-1]


@pytest.mark.parametrize("etag", ["", 'W/"weak"'])
async def test_a_change_that_nothing_shows_is_found_by_the_hash(
    downloads: Downloads, server: FileServer, etag: str
) -> None:
    server.etag, server.cuts = etag, [300_000, 0, 0, 0]
    await downloads.refused(server.url, sha256=server.sha256)
    server.data = DATA[::-1]
    assert await downloads.get(server.url, sha256=server.sha256) == DATA[::-1]
    assert server.ranges[-2:] == ["bytes=300000-", ""]


async def test_a_server_without_ranges_begins_anew(downloads: Downloads, server: FileServer) -> None:
    server.knows_ranges, server.cuts = False, [300_000, 600_000]
    assert await downloads.get(server.url, sha256=server.sha256) == DATA


async def test_a_server_that_always_breaks_at_the_same_place_does_not_keep_one_for_ever(
    downloads: Downloads, server: FileServer
) -> None:
    server.knows_ranges, server.cuts = False, [300_000] * 100
    assert "broke off" in await downloads.refused(server.url, sha256=server.sha256)
    assert len(server.cuts) > 90


@pytest.mark.parametrize("size_bytes", [0, len(DATA)])
async def test_a_whole_part_only_needs_its_name(downloads: Downloads, server: FileServer, size_bytes: int) -> None:
    downloads.part.parent.mkdir()
    downloads.part.write_bytes(DATA)
    assert await downloads.get(server.url, sha256=server.sha256, size_bytes=size_bytes) == DATA
    assert len(server.asked) == (0 if size_bytes else 1)


@pytest.mark.parametrize("there", [DATA + b"more", b"other" * 1000])
async def test_a_part_that_is_not_of_this_file_is_replaced(
    downloads: Downloads, server: FileServer, there: bytes
) -> None:
    downloads.part.parent.mkdir()
    downloads.part.write_bytes(there)
    assert await downloads.get(server.url, sha256=server.sha256, size_bytes=len(DATA)) == DATA


async def test_canceling_is_quick_and_keeps_what_has_come(
    downloads: Downloads, server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download_file, "_PATIENCE_S", 30)

    def answer(connection: socket.socket, request: str) -> None:
        connection.sendall(response(DATA[:300_000], Content_Length=str(len(DATA)), ETag='"one"'))
        connection.recv(1)

    with serving(answer) as port:
        task = asyncio.create_task(downloads.get(f"http://127.0.0.1:{port}/", sha256=server.sha256))
        while not downloads.part.exists() or downloads.part.stat().st_size < 200_000:
            await asyncio.sleep(0.01)
        began = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert time.monotonic() - began < 1
    assert [contact.outcome for contact in downloads.ledger.contacts()] == ["canceled"]
    assert await downloads.get(server.url, sha256=server.sha256) == DATA
    assert server.ranges == ["bytes=300000-"]


PROGRAM = """
import asyncio, sys
from pathlib import Path
from gesso.net.attempt import Wanted
from gesso.net.door import Door
from gesso.net.download import download
from gesso.net.ledger import Ledger

url, sha256, path, home = sys.argv[1:]
wanted = Wanted(name="net.onnx", url=url, sha256=sha256)
asyncio.run(download(wanted, Path(path), door=Door(Ledger(Path(home))), report=print, allow_private=True))
"""


async def test_a_killed_download_goes_on(downloads: Downloads, server: FileServer, tmp_path: Path) -> None:
    def answer(connection: socket.socket, request: str) -> None:
        connection.sendall(response(DATA[:700_000], Content_Length=str(len(DATA)), ETag='"one"'))
        time.sleep(60)

    with serving(answer) as port:
        words = [f"http://127.0.0.1:{port}/", server.sha256, str(downloads.path), str(tmp_path / "home")]
        with subprocess.Popen([sys.executable, "-c", PROGRAM, *words], stdout=subprocess.DEVNULL) as program:
            while not downloads.part.exists() or downloads.part.stat().st_size < 500_000:
                await asyncio.sleep(0.02)
            os.kill(program.pid, signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
    begun = downloads.part.stat().st_size
    assert [contact.outcome for contact in downloads.ledger.contacts()] == ["unfinished"]
    assert await downloads.get(server.url, sha256=server.sha256) == DATA
    assert server.ranges == [f"bytes={begun}-"]


# -- what is refused ---------------------------------------------------------------------------------------------------


async def test_a_wrong_hash_is_an_error_and_nothing_is_kept(downloads: Downloads, server: FileServer) -> None:
    message = await downloads.refused(server.url)
    assert f"expected the SHA-256 {'0' * 64}, but got {server.sha256}" in message
    assert downloads.kept == []
    assert len(server.asked) == 1


async def test_another_size_than_declared_is_not_even_begun(downloads: Downloads, server: FileServer) -> None:
    message = await downloads.refused(server.url, sha256=server.sha256, size_bytes=7)
    assert "expected 7 bytes, but got 1000000 bytes" in message
    assert downloads.kept == []
    assert len(server.asked) == 1


@pytest.mark.parametrize("said", [9, 2_000_000])
async def test_a_length_that_is_a_lie(downloads: Downloads, said: int) -> None:
    with serving(always(DATA, Content_Length=str(said))) as port:
        message = await downloads.refused(f"http://127.0.0.1:{port}/", sha256=hashlib.sha256(DATA).hexdigest())
    assert ("expected the SHA-256" if said == 9 else "broke off") in message


def endless(connection: socket.socket, _: str) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65536)


@pytest.mark.parametrize("size_bytes", [0, 5_000_000])
async def test_an_endless_body_is_cut_off(
    downloads: Downloads, size_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": 10_000_000})
    monkeypatch.setattr("gesso.net.part.shutil.disk_usage", lambda _: usage)
    with serving(endless) as port:
        message = await downloads.refused(f"http://127.0.0.1:{port}/", size_bytes=size_bytes)
    assert "expected at most 5 MB, but got more" in message
    assert downloads.kept == []


async def test_a_disk_without_room_is_told_before(
    downloads: Downloads, server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gesso.net.part.shutil.disk_usage", lambda _: type("Usage", (), {"free": 24_000}))
    message = await downloads.refused(server.url, sha256=server.sha256)
    assert "no room for net.onnx" in message
    assert "1 MB are needed, and 24 kB are free" in message


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(folder)]
    if sys.platform != "linux" or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("needs the right to mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


async def test_a_disk_that_fills_up_meanwhile_is_told(
    small_disk: Path, server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gesso.net.part.shutil.disk_usage", lambda _: type("Usage", (), {"free": 10**9}))
    wanted = Wanted(name="net.onnx", url=server.url, sha256=server.sha256)
    door = Door(Ledger(tmp_path))
    with pytest.raises(FetchError, match=r"no room for net\.onnx .*: it is full"):
        await download(wanted, small_disk / "x", door=door, report=lambda _: None, allow_private=True)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (always(status="404 Not Found"), "answered 404: there is nothing at that address"),
        (always(status="503 Busy"), "answered 503"),
        (always(status="302 Found", Location="http://169.254.169.254/latest"), "not a place on the web"),
        (always(status="302 Found", Location="/again"), "only ever leads on"),
        (always(status="206 Partial Content"), "answered 206"),
        (always(status="204 No Content"), "answered 204"),
        (lambda connection, _: time.sleep(2), "took longer than 0.5 seconds"),
        (lambda connection, _: None, "broke off"),
    ],
)
async def test_what_goes_wrong_there_is_told(downloads: Downloads, answer: Answer, words: str) -> None:
    with serving(answer) as port:
        assert words in await downloads.refused(f"http://127.0.0.1:{port}/x?key=secret")
    assert downloads.kept == []


async def test_only_what_may_pass_is_tried_again(downloads: Downloads) -> None:
    for status, times in (("404 Not Found", 1), ("503 Busy", 3)):
        asked: list[str] = []

        def answer(connection: socket.socket, request: str, *, asked: list[str] = asked, status: str = status) -> None:
            asked.append(request)
            connection.sendall(response(status=status))

        with serving(answer) as port:
            await downloads.refused(f"http://127.0.0.1:{port}/")
        assert len(asked) == times


async def test_this_computer_is_not_the_web(downloads: Downloads, server: FileServer) -> None:
    with pytest.raises(FetchError, match="private network"):
        await downloads.get(server.url, sha256=server.sha256, allow_private=False)
    assert server.asked == []


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://ada:secret@example.org/x", "ftp://example.org/", "x"])
async def test_what_is_no_address_on_the_web(downloads: Downloads, url: str) -> None:
    await downloads.refused(url)


async def test_offline_says_where_the_file_could_be_put(downloads: Downloads, server: FileServer) -> None:
    downloads.door = Door(downloads.ledger, is_offline=lambda: True)
    message = await downloads.refused(server.url)
    assert "offline" in message
    assert str(downloads.path) in message
    assert server.asked == [] == downloads.ledger.contacts()
