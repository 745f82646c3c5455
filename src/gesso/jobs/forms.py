"""The two forms in which a job keeps a value: small ones as JSON in the job itself, all others as files.

A file is `{"blob": sha256, "name", "media_type", "size_bytes"}`, a list of pictures a list of these, and a folder
`{"files": {"photos/fox.png": {"blob": ...}}}`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from gesso.storage.blobs import BlobReference, Blobs
from gesso.types.base import DataType, Json
from gesso.types.directory import Directory
from gesso.types.list import ListType
from gesso.types.source import from_data_uri, from_text, is_data_uri
from gesso.types.stored import Stored

INLINE_BYTES: Final = 8_000
"""The largest JSON that stands in a job; larger values lie in a file."""

_ENDINGS: Final = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "image/gif": ".gif",
                   "image/tiff": ".tif", "image/avif": ".avif", "audio/wav": ".wav", "video/mp4": ".mp4"}  # fmt: skip


def is_media(data_type: DataType[Any]) -> bool:
    """Say whether values of a type always lie in files: pictures do, texts and numbers do not."""
    return data_type.writes[0] not in (".txt", ".json")


def is_media_list(data_type: DataType[Any]) -> bool:
    """Say whether a type is a list whose items each lie in a file."""
    return isinstance(data_type, ListType) and is_media(data_type.item)


def as_inline(data_type: DataType[Any], value: Any) -> tuple[Json, bool]:
    """Return a value in wire form, and whether it is small enough to stand in a job."""
    wire = data_type.to_wire(value)
    return wire, len(json.dumps(wire, ensure_ascii=False).encode("utf-8", "surrogatepass")) <= INLINE_BYTES


def keep_whole(data_type: DataType[Any], value: Any, *, stem: str, blobs: Blobs) -> BlobReference:
    """Keep a value that is not media as one file of its type: long texts, large JSON, lists of numbers."""
    ending = data_type.writes[0]
    return blobs.put(data_type.encode(value, ending), stem + ending)


def keep_given(data_type: DataType[Any], given: object, *, value: Any, stem: str, blobs: Blobs) -> BlobReference:
    """Keep a piece of media as it was given, byte for byte where it came as a file.

    `value` is what the type made of it, for what came as pixels or samples. `stem` names what has no name.
    """
    if isinstance(given, str):
        data, name = from_data_uri(given, data_type.refuse) if is_data_uri(given) else (None, "")
        return _named(blobs, from_text(given, data_type.refuse) if data is None else data, name=name, stem=stem)
    if isinstance(given, bytes | bytearray | memoryview):
        return _named(blobs, bytes(given), name="", stem=stem)
    if isinstance(given, Path) and not isinstance(value, Stored):
        return blobs.put(given, given.name)
    if isinstance(value, Stored):
        return keep_stored(value, blobs)
    ending = data_type.writes[0]
    return blobs.put(data_type.encode(value, ending), stem + ending)


def keep_stored(value: Stored, blobs: Blobs) -> BlobReference:
    """Keep a file as it is, streamed."""
    return blobs.put(value.path if value.data is None else memoryview(value.data), value.name)


def keep_folder(value: Directory, blobs: Blobs) -> dict[str, BlobReference]:
    """Keep each file of a folder, by its name from the folder on."""
    return {name: blobs.put(value.path / name, name) for name in value.relative_names()}


def _named(blobs: Blobs, data: bytes, *, name: str, stem: str) -> BlobReference:
    made = blobs.put(data, name or stem)
    ending = "" if name else _ENDINGS.get(made.media_type, "")
    return BlobReference(
        blob=made.blob, name=made.name + ending, media_type=made.media_type, size_bytes=made.size_bytes
    )


def items_of(data_type: DataType[Any], given: Any) -> Iterator[tuple[DataType[Any], Any]]:
    """Yield a list's items with their type."""
    assert isinstance(data_type, ListType)
    for item in given:
        yield data_type.item, item
