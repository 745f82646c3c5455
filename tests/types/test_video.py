from __future__ import annotations

from pathlib import Path

import pytest

from gesso.errors import InputError, StorageError
from gesso.types.file import File
from gesso.types.video import Video, VideoType


@pytest.mark.parametrize(
    ("head", "container"),
    [
        (b"\0\0\0\x18ftypisom", ".mp4"),
        (b"\0\0\0\x14ftypqt  ", ".mov"),
        (b"\0\0\0\x08wide\0\0\0\0mdat", ".mov"),
        (b"\x1aE\xdf\xa3\x01\0\0\0\0\0\0\x1f\x42\x82\x84webm", ".webm"),
        (b"\x1aE\xdf\xa3\x01\0\0\0\0\0\0\x23\x42\x82\x88matroska", ".mkv"),
        (b"RIFF\0\0\0\0AVI LIST", ".avi"),
        (b"GIF89a", ".gif"),
        (b"RIFF\0\0\0\0WAVE", ""),
        (b"\0\0\0\x18ftypheic", ""),
        (b"\0\0\0\x18ftypM4A ", ""),
    ],
)
def test_the_container_is_known_by_its_content(head: bytes, container: str) -> None:
    assert Video(head, name="film.xyz").container == container


def test_real_films_are_known(shared_data: Path) -> None:
    for path in sorted((shared_data / "video").glob("*.mp4")):
        film = VideoType().read(path)
        assert film.container == ".mp4"
        assert film.path == path


def test_bytes_without_a_name_get_the_ending_of_their_content() -> None:
    film = VideoType().coerce(VideoType().sample().bytes())
    assert film.name == "file.gif"
    assert VideoType().to_wire(film).startswith("data:image/gif;name=file.gif;base64,")


def test_nothing_is_converted(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"Name it \.gif"):
        VideoType().write(VideoType().sample(), tmp_path / "film.mp4")


def test_a_film_on_the_disk_is_copied(tmp_path: Path) -> None:
    VideoType().write(VideoType().sample(), tmp_path / "one.gif")
    film = VideoType().read(tmp_path / "one.gif")
    VideoType().write(film, tmp_path / "two.gif")
    assert (tmp_path / "two.gif").read_bytes() == film.bytes()
    with pytest.raises(StorageError, match="cannot be written: there is no folder"):
        VideoType().write(film, tmp_path / "missing" / "two.gif")


def test_a_file_with_a_film_in_it_is_a_film() -> None:
    sample = VideoType().sample()
    assert VideoType().coerce(File(sample.bytes(), name=sample.name)) == sample
