"""An input as it was given, and what a recipe says of it: small values as they are, files by their SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gesso.jobs.forms import as_inline, is_media, is_media_list, keep_folder, keep_given, keep_whole
from gesso.spec.model import Port
from gesso.storage.blobs import BlobReference, Blobs, is_reference
from gesso.storage.media_types import HEAD_BYTES, media_type_of
from gesso.types.base import DataType, Json
from gesso.types.directory import Directory
from gesso.types.file_names import plain_name
from gesso.types.list import ListType
from gesso.types.stored import Stored


@dataclass(frozen=True)
class Input:
    """An input: its checked value, and what that was read from.

    `given` is a `Path`, a `Stored` for a file that came from elsewhere, what stood in a recipe, or the value itself;
    for a list of files a list of these.
    """

    value: Any
    given: Any


class Unkept(Blobs):
    """Files that are only looked at: `put` says what would be kept, and remembers in `sources` where it lies."""

    def __init__(self) -> None:
        super().__init__(Path())
        self.sources: dict[str, Path | bytes] = {}

    def put(self, source: bytes | memoryview | Path | Iterable[bytes], name: str) -> BlobReference:
        """Say what a file is."""
        if isinstance(source, Path):
            with source.open("rb") as file:
                head = file.read(HEAD_BYTES)
                file.seek(0)
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            size_bytes = source.stat().st_size
        else:
            source = bytes(source) if isinstance(source, bytes | memoryview) else b"".join(source)
            head, digest, size_bytes = source[:HEAD_BYTES], hashlib.sha256(source).hexdigest(), len(source)
        self.sources[digest] = source
        name = plain_name(name)
        return BlobReference(blob=digest, name=name, media_type=media_type_of(head, name), size_bytes=size_bytes)


def describe(ports: Iterable[Port], inputs: Mapping[str, Input], *, blobs: Blobs) -> dict[str, Json]:
    """Return inputs in the form of `Job.inputs`, the same that a job with the same files gets. Reads files."""
    types = {port.name: port.data_type for port in ports}
    return {
        name: _describe(types[name], one.given, value=one.value, stem=name, blobs=blobs)
        for name, one in inputs.items()
    }  # fmt: skip


def _describe(data_type: DataType[Any], given: Any, *, value: Any, stem: str, blobs: Blobs) -> Json:
    if is_reference(given):
        return dict(given)
    if isinstance(value, Directory):
        if isinstance(given, Mapping):
            return dict(given)
        return {"files": {name: file.to_json() for name, file in keep_folder(value, blobs).items()}}
    if is_media_list(data_type) and isinstance(data_type, ListType) and not isinstance(given, Path | Stored):
        return [
            _describe(data_type.item, one, value=item, stem=f"{stem}-{number}", blobs=blobs)
            for number, (one, item) in enumerate(zip(given, value, strict=True), start=1)
        ]
    if is_media(data_type):
        if isinstance(given, Stored) and given.data is not None:
            return blobs.put(bytes(given.data), given.name).to_json()
        return keep_given(data_type, given, value=value, stem=stem, blobs=blobs).to_json()
    wire, is_small = as_inline(data_type, value)
    return wire if is_small else keep_whole(data_type, value, stem=stem, blobs=blobs).to_json()
