"""The ending that a file should have by its content: models look at it, and what came over the web may have none."""

from __future__ import annotations

from typing import Final

from gesso.types.stored import Stored
from gesso.types.video import Video

_BEGINNINGS: Final = (
    (0, b"\x89PNG\r\n\x1a\n", ".png"),
    (0, b"\xff\xd8\xff", ".jpg"),
    (8, b"WEBP", ".webp"),
    (0, b"II*\x00", ".tif"),
    (0, b"MM\x00*", ".tif"),
    (8, b"WAVE", ".wav"),
    (0, b"fLaC", ".flac"),
    (0, b"OggS", ".ogg"),
    (0, b"ID3", ".mp3"),
    (0, b"\xff\xfb", ".mp3"),
    (4, b"ftypM4A ", ".m4a"),
    (0, b"%PDF", ".pdf"),
    (0, b"PK\x03\x04", ".zip"),
    (0, b"\x1f\x8b", ".gz"),
)


def ending_of(file: Stored) -> str:
    """Return the ending of a file by its first bytes (".mp3"), "" where they do not say."""
    head = file.head(16)
    for offset, beginning, ending in _BEGINNINGS:
        if head[offset : offset + len(beginning)] == beginning:
            return ending
    return Video(head).container
