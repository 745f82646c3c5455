"""What kind of file some bytes are, by their content: a name can lie, and a browser would believe it."""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

HEAD_BYTES: Final = 64
"""How much of a file's beginning is enough to tell."""
UNKNOWN: Final = "application/octet-stream"
"""The media type of what nobody has recognised."""

_SIGNATURES: Final = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypavi", "image/avif"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyp", "video/mp4"),
    (8, b"AVI ", "video/x-msvideo"),
    (8, b"WAVE", "audio/wav"),
    (0, b"fLaC", "audio/flac"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
)
_QUIET_ENDINGS: Final = {".json": "application/json", ".txt": "text/plain", ".md": "text/plain", ".csv": "text/csv"}


def media_type_of(head: bytes, name: str = "") -> str:
    """Return the media type of a file from its first `HEAD_BYTES`; plain text is told by the ending of its name.

    Nothing that a browser would run (HTML, SVG, scripts) is ever recognised.
    """
    for offset, signature, media_type in _SIGNATURES:
        if head[offset : offset + len(signature)] == signature:
            return media_type
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "video/webm" if b"webm" in head else "video/x-matroska"
    if head.startswith(b"BM") and PurePath(name).suffix.lower() == ".bmp":
        return "image/bmp"
    if b"\0" in head:
        return UNKNOWN
    return _QUIET_ENDINGS.get(PurePath(name).suffix.lower(), UNKNOWN)
