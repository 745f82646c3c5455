from __future__ import annotations

import os
from pathlib import Path

import pytest

from gesso.errors import InputError
from gesso.types import source
from gesso.types.image import ImageType

REFUSE = ImageType().refuse
FOX = bytes(range(256))
BASE64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+P0BBQkNERUZHSElKS0xNTk9Q"
BASE64 += "UVJTVFVWV1hZWltcXV5fYGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6e3x9fn+AgYKDhIWGh4iJiouMjY6PkJGSk5SVlpeYmZqbnJ2en6Ch"
BASE64 += "oqOkpaanqKmqq6ytrq+wsbKztLW2t7i5uru8vb6/wMHCw8TFxsfIycrLzM3Oz9DR0tPU1dbX2Nna29zd3t/g4eLj5OXm5+jp6uvs7e7v8PHy"
BASE64 += "8/T19vf4+fr7/P3+/w=="


@pytest.mark.parametrize(
    "text",
    [
        BASE64,
        BASE64.rstrip("="),
        BASE64.replace("+", "-").replace("/", "_"),
        "\r\n".join(BASE64[at : at + 76] for at in range(0, len(BASE64), 76)),
        f"data:image/png;base64,{BASE64}",
        f"DATA:;BASE64,{BASE64}",
        "data:text/plain," + "".join(f"%{byte:02x}" for byte in FOX),
        source.to_data_uri(FOX, "image/png", name="füchse;,.png"),
    ],
)
def test_bytes_are_written_as_text_in_many_ways(text: str) -> None:
    assert source.from_text(text, REFUSE) == FOX


def test_a_data_uri_names_its_file() -> None:
    assert source.from_data_uri(source.to_data_uri(b"", "a/b", name="füchse;,.png"), REFUSE) == (b"", "füchse;,.png")


@pytest.mark.parametrize("text", ["dogs", "photo.png", "/etc/passwd", "https://example.org", "data:", "data:;base64,é"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        source.from_text(text, REFUSE)


def test_limits_hold_before_anything_is_decoded() -> None:
    for text in (BASE64, "data:," + "a" * 1000):
        with pytest.raises(InputError, match="largest"):
            source.from_text(text, REFUSE, limit_bytes=100)


def test_a_file_is_read_up_to_a_limit(tmp_path: Path) -> None:
    path = tmp_path / "fox"
    path.write_bytes(FOX)
    assert source.read_file(path, REFUSE) == FOX
    assert source.read_file(path, REFUSE, limit_bytes=10, is_cut=True) == FOX[:10]
    with pytest.raises(InputError, match="256 bytes"):
        source.read_file(path, REFUSE, limit_bytes=10)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes in folders")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="not an ordinary file"):
        source.read_file(tmp_path / "pipe", REFUSE)


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", "[" * 100_000, "9" * 5000, "fox", b"\xff"])
def test_json_that_is_none_is_a_value_error(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        source.parse_json(text)


def test_a_missing_file_names_what_is_near(tmp_path: Path) -> None:
    (tmp_path / "me.jpg").touch()
    for name, hint in {
        "me.jpeg": "Did you mean me.jpg?",
        "ME.JPG.": "me.jpg",
        "*.jpg": "Name the folder",
        "zzz": "",
    }.items():
        with pytest.raises(InputError, match="not there") as caught:
            source.read_file(tmp_path / name, REFUSE)
        assert hint in caught.value.hint
    with pytest.raises(InputError, match="without file://"):
        source.read_file(Path("file:///photo.jpg"), REFUSE)
    with pytest.raises(InputError, match="without file://"):
        source.from_text("file:///home/me/photo.jpg", REFUSE)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no names in bytes")
def test_a_name_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"\xff.txt")
    with pytest.raises(InputError, match="not UTF-8"):
        source.read_file(path, REFUSE)
