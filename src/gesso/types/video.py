"""Video: an encoded video file. Nothing is decoded here; `media` does that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from gesso.types.base import Json
from gesso.types.given import describe_bytes, size
from gesso.types.stored import Stored, StoredType

_MEDIA_TYPES: Final = {
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".webm": "video/webm",
    ".mkv": "video/x-matroska",
    ".avi": "video/x-msvideo",
    ".gif": "image/gif",
}
_HEAD_BYTES: Final = 64
_QUICKTIME_ATOMS: Final = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")  # before QuickTime 6 there was no ftyp
_NOT_VIDEO: Final = (b"avif", b"avis", b"heic", b"heix", b"mif1", b"msf1", b"M4A ", b"M4B ", b"crx ")


class Video(Stored):
    """An encoded video: `Video(path)` for a file on the disk, `Video(data)` for bytes in memory."""

    @property
    def container(self) -> str:
        """How the file is built, by its content and not its name, as an ending: ".mp4"; "" if it is no video."""
        return _container(self.head(_HEAD_BYTES))

    @property
    def media_type(self) -> str:
        """What the bytes are, for a data URI: "video/mp4"."""
        return _MEDIA_TYPES.get(self.container, super().media_type)


@dataclass(frozen=True, kw_only=True)
class VideoType(StoredType[Video]):
    """MP4, MOV, WebM, Matroska, AVI and animated GIF."""

    name: ClassVar[str] = "video"
    title: ClassVar[str] = "a video"
    widget: ClassVar[str] = "video"
    reads: ClassVar[tuple[str, ...]] = (*_MEDIA_TYPES, ".m4v")
    writes: ClassVar[tuple[str, ...]] = tuple(_MEDIA_TYPES)
    value_class: ClassVar[type[Any]] = Video

    max_size_bytes: int = 2_000_000_000

    def schema(self) -> dict[str, Json]:
        """Return a string: a data URI."""
        return {
            "type": "string",
            "format": "uri",
            "contentMediaType": "video/mp4",
            "description": f"A data URI of {self.expected}.",
        }

    @property
    def expected(self) -> str:
        """Say the containers and the size."""
        return f"a video (MP4, MOV, WebM, MKV, AVI or GIF) of at most {size(self.max_size_bytes)}"

    def sample(self) -> Video:
        """Return the smallest animated GIF: two frames of one pixel."""
        frame = b"\x21\xf9\x04\x00\x32\x00\x00\x00\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00"
        head = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff"
        return Video(head + frame + frame.replace(b"\x44", b"\x4c") + b"\x3b", name="sample.gif")

    def fit(self, value: Video) -> Video:
        """Return the video if its content is one; bytes that came without an ending get the right one."""
        container = value.container
        if not container:
            given = describe_bytes(value.head(_HEAD_BYTES), size_bytes=value.size_bytes)
            raise self.refuse(given, "Save it as MP4.")
        if value.data is not None and "." not in value.name:
            return Video(value.data, name=value.name + container)
        return value


def _container(head: bytes) -> str:
    kind, brand = head[4:8], head[8:12]
    if kind == b"ftyp":
        return "" if brand in _NOT_VIDEO else ".mov" if brand == b"qt  " else ".mp4"
    if head.startswith(b"\x1aE\xdf\xa3"):
        return ".webm" if b"webm" in head else ".mkv"
    if head.startswith(b"RIFF") and brand == b"AVI ":
        return ".avi"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return ".gif"
    return ".mov" if kind in _QUICKTIME_ATOMS else ""
