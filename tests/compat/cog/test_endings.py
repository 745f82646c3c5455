"""A file without an ending gets one by its content."""

from __future__ import annotations

import pytest

from gesso.compat.cog.endings import ending_of
from gesso.types.file import File
from gesso.types.video import VideoType


@pytest.mark.parametrize(
    ("data", "ending"),
    [
        (b"\x89PNG\r\n\x1a\n....", ".png"),
        (b"\xff\xd8\xff\xe0", ".jpg"),
        (b"RIFF....WAVEfmt ", ".wav"),
        (b"RIFF....WEBPVP8 ", ".webp"),
        (b"ID3\x04", ".mp3"),
        (b"....ftypisom....", ".mp4"),
        (b"....ftypM4A ....", ".m4a"),
        (b"PK\x03\x04", ".zip"),
        (b"just words", ""),
        (b"", ""),
    ],
)
def test_the_first_bytes_say_it(data: bytes, ending: str) -> None:
    assert ending_of(File(data)) == ending


def test_a_video_of_ours_is_known() -> None:
    assert ending_of(VideoType().sample()) == ".gif"
