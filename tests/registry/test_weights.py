from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gesso.errors import FetchError
from gesso.net.door import Door
from gesso.net.ledger import Ledger
from gesso.registry.weights import WeightsFolder
from gesso.spec.model import Weights
from gesso.spec.runnable import Progress
from tests.net.files import FileServer, serving_file

DATA = b"numbers that a model has learnt" * 10_000


@pytest.fixture
def server() -> Iterator[FileServer]:
    with serving_file(DATA) as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> WeightsFolder:
    return WeightsFolder(tmp_path / "weights", door=Door(Ledger(tmp_path)), allow_private=True)


def declared(server: FileServer, name: str = "net.onnx", *, size_bytes: int = len(DATA)) -> Weights:
    return Weights(name=name, url=server.url, sha256=server.sha256, size_bytes=size_bytes)


async def prepare(folder: WeightsFolder, *weights: Weights) -> dict[str, Path]:
    return await folder.prepare(weights, report=lambda _: None)


async def test_weights_are_downloaded_once_under_their_hash(folder: WeightsFolder, server: FileServer) -> None:
    weights = declared(server)
    assert await prepare(folder) == {}
    assert await prepare(folder, weights) == {"net.onnx": folder.path(weights)}
    assert folder.path(weights).name == f"{server.sha256}.onnx"
    assert folder.path(weights).read_bytes() == DATA
    await prepare(folder, weights, declared(server, "other name.onnx"))
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("name", "ending"),
    [("a", ""), ("a.tar.gz", ".gz"), ("x.o;rm", ""), (".onnx", ""), ("a.", ""), ("x." + "y" * 99, "")],
)
def test_only_plain_endings_are_kept(folder: WeightsFolder, name: str, ending: str) -> None:
    weights = Weights(name=name, url="https://example.org/", sha256="0" * 64)
    assert folder.path(weights).name == "0" * 64 + ending


async def test_how_much_is_to_come_is_known_before(folder: WeightsFolder, server: FileServer) -> None:
    known, unknown = declared(server), Weights(name="b", url=server.url, sha256="1" * 64)
    outstanding = folder.outstanding([known, unknown])
    assert (outstanding.weights, outstanding.size_bytes) == ((known, unknown), len(DATA))
    assert not outstanding.is_size_known
    server.cuts = [1000, 0, 0, 0, 0, 0]
    task = asyncio.create_task(prepare(folder, known))
    while len(server.cuts) > 5:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    task.cancel()
    await asyncio.wait([task])
    assert folder.outstanding([known]).size_bytes == len(DATA) - 1000
    server.cuts = []
    await prepare(folder, known)
    assert folder.outstanding([known]).weights == ()
    assert folder.outstanding([known]).is_size_known


async def test_progress_is_of_all_files(folder: WeightsFolder, server: FileServer) -> None:
    told: list[Progress] = []
    with serving_file(b"small") as other:
        await folder.prepare([declared(server), declared(other, "b", size_bytes=5)], report=told.append)
    assert [event.fraction for event in told] == sorted(event.fraction for event in told)
    assert (told[-1].fraction, told[-1].text) == (1.0, "Downloading b: 5 bytes of 5 bytes")


async def test_a_wrong_hash_is_an_error_and_nothing_is_kept(folder: WeightsFolder, server: FileServer) -> None:
    weights = Weights(name="net.onnx", url=server.url, sha256="a" * 64)
    with pytest.raises(FetchError, match=f"expected the SHA-256 a{{64}}, but got {server.sha256}"):
        await prepare(folder, weights)
    assert [path.suffix for path in folder.path(weights).parent.iterdir()] == [".lock"]


async def test_a_file_that_was_put_there_by_hand_is_taken_if_it_is_right(
    folder: WeightsFolder, server: FileServer
) -> None:
    weights = declared(server)
    path = folder.path(weights)
    path.parent.mkdir()
    path.write_bytes(DATA)
    await prepare(folder, weights)
    assert server.asked == []
    path.write_bytes(b"wrong" + DATA[5:])
    await prepare(folder, weights)
    assert path.read_bytes() == DATA
    assert len(server.asked) == 1


async def test_what_breaks_unseen_is_found_when_one_asks_and_mended(folder: WeightsFolder, server: FileServer) -> None:
    weights = declared(server)
    path = (await prepare(folder, weights))["net.onnx"]
    assert await folder.verify([weights]) == ()
    before = path.stat()
    path.write_bytes(b"wrong" + DATA[5:])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    await prepare(folder, weights)
    assert path.read_bytes() != DATA
    missing = Weights(name="b", url=server.url, sha256="1" * 64)
    assert await folder.verify([weights, missing]) == (weights, missing)
    await prepare(folder, weights)
    assert path.read_bytes() == DATA


async def test_two_at_once_download_once(folder: WeightsFolder, server: FileServer) -> None:
    told: list[str] = []
    weights = declared(server)
    await asyncio.gather(*(folder.prepare([weights], report=lambda event: told.append(event.text)) for _ in range(4)))
    assert len(server.asked) == 1
    assert "Waiting: somebody else is downloading net.onnx just now" in told


PROGRAM = """
import asyncio, sys
from pathlib import Path
from gesso.net.door import Door
from gesso.net.ledger import Ledger
from gesso.registry.weights import WeightsFolder
from gesso.spec.model import Weights

home, url, sha256 = sys.argv[1:]
folder = WeightsFolder(Path(home) / "weights", door=Door(Ledger(Path(home))), allow_private=True)
asyncio.run(folder.prepare([Weights(name="net.onnx", url=url, sha256=sha256)], report=lambda _: None))
"""


async def test_two_processes_at_once_download_once(server: FileServer, tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path), server.url, server.sha256]
    programs = [await asyncio.create_subprocess_exec(*command) for _ in range(3)]
    assert [await program.wait() for program in programs] == [0, 0, 0]
    assert len(server.asked) == 1


async def test_offline_says_where_to_put_the_file(tmp_path: Path, server: FileServer) -> None:
    folder = WeightsFolder(
        tmp_path / "weights", door=Door(Ledger(tmp_path), is_offline=lambda: True), allow_private=True
    )
    weights = declared(server)
    with pytest.raises(FetchError, match="offline") as caught:
        await prepare(folder, weights)
    assert str(folder.path(weights)) in caught.value.hint
    assert "token" not in caught.value.hint


async def test_weights_come_from_the_public_web_unless_told_otherwise(tmp_path: Path, server: FileServer) -> None:
    folder = WeightsFolder(tmp_path / "weights", door=Door(Ledger(tmp_path)))
    with pytest.raises(FetchError, match="private network"):
        await prepare(folder, declared(server))
