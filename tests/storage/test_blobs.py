from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from gesso.errors import DamagedError, DiskFullError, InputError, NotFoundError
from gesso.storage.blobs import BlobReference, Blobs, check_digest, is_reference

FOX = b"A fox in the snow.\n"
DIGEST = hashlib.sha256(FOX).hexdigest()


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def damage(path: Path) -> None:
    path.chmod(0o600)
    path.write_bytes(b"B" + path.read_bytes()[1:])


def test_the_same_bytes_are_kept_once_whatever_way_they_come(blobs: Blobs, tmp_path: Path) -> None:
    (tmp_path / "fox.txt").write_bytes(FOX)
    made = [
        blobs.put(FOX, "fox.txt"),
        blobs.put(memoryview(FOX), "fox.txt"),
        blobs.put(tmp_path / "fox.txt", "fox.txt"),
        blobs.put(iter([FOX[:5], FOX[5:]]), "fox.txt"),
    ]
    assert set(made) == {BlobReference(blob=DIGEST, name="fox.txt", media_type="text/plain", size_bytes=len(FOX))}
    assert files(tmp_path / "blobs") == [f"{DIGEST[:2]}/{DIGEST[2:]}"]
    assert blobs.read(DIGEST) == FOX
    assert blobs.path(DIGEST).read_bytes() == FOX
    assert list(blobs.digests()) == [DIGEST]


def test_a_name_is_made_harmless_and_the_kind_told_by_content(blobs: Blobs) -> None:
    made = blobs.put(b"\x89PNG\r\n\x1a\n<script>", "../../evil\0.html")
    assert (made.name, made.media_type) == ("evil_.html", "image/png")
    assert blobs.put(b"<html>", "page.html").media_type == "application/octet-stream"


def test_what_is_not_finished_leaves_nothing(blobs: Blobs, tmp_path: Path) -> None:
    def breaks() -> Iterator[bytes]:
        yield FOX
        raise ConnectionError

    with pytest.raises(ConnectionError):
        blobs.put(breaks(), "fox.txt")
    with blobs.writer() as writer:
        writer.write(FOX)
    assert files(tmp_path / "blobs") == []


@pytest.mark.parametrize(
    "digest",
    [
        "",
        "..",
        "../" * 20 + "etc/passwd",
        DIGEST[:-1],
        DIGEST + "0",
        DIGEST.upper(),
        f"{DIGEST}\n",
        "0/" * 32,
        "%" * 64,
    ],
)
def test_only_a_digest_becomes_a_path(digest: str, blobs: Blobs) -> None:
    for use in (blobs.path, blobs.read, blobs.refer, blobs.hold, check_digest):
        with pytest.raises(InputError):
            use(digest)
    assert not is_reference({"blob": digest})


def test_what_is_not_there_is_not_found(blobs: Blobs) -> None:
    for use in (blobs.path, blobs.read, blobs.refer, blobs.hold):
        with pytest.raises(NotFoundError):
            use(DIGEST)


@pytest.mark.parametrize("way", ["path", "read", "refer"])
def test_a_damaged_file_is_not_served_but_set_aside_and_heals_when_it_comes_again(
    way: str, blobs: Blobs, tmp_path: Path
) -> None:
    blobs.put(FOX, "fox.txt")
    damage(tmp_path / "blobs" / DIGEST[:2] / DIGEST[2:])
    with pytest.raises(DamagedError, match="not what was written"):
        getattr(blobs, way)(DIGEST)
    with pytest.raises(NotFoundError):
        blobs.path(DIGEST)
    assert files(tmp_path / "blobs") == [f"damaged/{DIGEST}"]
    blobs.put(FOX, "fox.txt")
    assert blobs.read(DIGEST) == FOX


def test_a_file_that_was_verified_is_looked_at_again_when_it_has_changed(blobs: Blobs) -> None:
    blobs.put(FOX, "fox.txt")
    path = blobs.path(DIGEST)
    blobs.hold(DIGEST)
    damage(path)
    os.utime(path, (0, 0))
    with pytest.raises(DamagedError):
        blobs.path(DIGEST)


def test_the_sweep_takes_only_what_nothing_refers_to_and_nobody_has_used_lately(blobs: Blobs, tmp_path: Path) -> None:
    digests = [blobs.put(bytes([number]), "x").blob for number in range(4)]
    (tmp_path / "blobs" / ".unfinished-old").write_bytes(FOX)
    asked: list[Collection[str]] = []

    def in_use(group: Collection[str]) -> Collection[str]:
        asked.append(group)
        return {digests[0]}

    assert blobs.sweep(in_use) == 0
    old = time.time() - 100
    for path in (tmp_path / "blobs").rglob("*"):
        if path.is_file():
            os.utime(path, (old, old))
    blobs.hold(digests[1])
    assert blobs.sweep(in_use, grace_s=50) == 2
    assert sorted(blobs.digests()) == sorted(digests[:2])
    assert len(files(tmp_path / "blobs")) == 2
    assert sorted(asked[0]) == sorted(digests)


def test_what_was_half_written_when_gesso_was_killed_is_removed(blobs: Blobs, tmp_path: Path) -> None:
    kept = blobs.put(FOX, "fox.txt")
    (tmp_path / "blobs" / ".unfinished-abc").write_bytes(bytes(1000))
    blobs.remove_unfinished()
    assert list(blobs.digests()) == [kept.blob]
    assert len(files(tmp_path / "blobs")) == 1


def test_a_file_that_came_again_is_not_removed_with_the_job_before(blobs: Blobs) -> None:
    blobs.put(FOX, "fox.txt")
    assert not blobs.remove(DIGEST, unused_since=time.time() - 1)
    assert blobs.remove(DIGEST, unused_since=time.time() + 1)
    assert not blobs.remove(DIGEST, unused_since=time.time() + 1)


def test_a_full_disk_is_said_in_words_and_nothing_half_written_stays(small_disk: Path) -> None:
    blobs = Blobs(small_disk / "blobs")
    kept = blobs.put(bytes(500_000), "small.bin")
    for _ in range(3):
        with pytest.raises(DiskFullError, match="no room left"):
            blobs.put((bytes([number]) * 100_000 for number in range(40)), "large.bin")
    assert list(blobs.digests()) == [kept.blob]
    assert len(files(small_disk)) == 1
    assert blobs.read(kept.blob) == bytes(500_000)


def test_a_large_file_never_lies_in_memory(blobs: Blobs, tmp_path: Path) -> None:
    import tracemalloc

    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(64 * 1024 * 1024)
    tracemalloc.start()
    try:
        blobs.path(blobs.put(large, "large.bin").blob)
        assert tracemalloc.get_traced_memory()[1] < 8 * 1024 * 1024
    finally:
        tracemalloc.stop()
