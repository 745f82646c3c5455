"""Small pictures of files, made once and kept in the cache of the home. Decoding happens in threads, two at a time."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from typing import Final

import PIL.Image

from gesso.errors import InputError
from gesso.storage.blobs import Blobs
from gesso.storage.durable import write_whole
from gesso.types import picture
from gesso.types.source import read_file

_MOST_BYTES: Final = 200_000_000
_AT_ONCE: Final = 2
_SWEEP_AFTER_S: Final = 2.0


class Thumbnails:
    """Thumbnails of kept files: WebP, no larger than `size` pixels on a side, never larger than the picture itself."""

    def __init__(self, folder: Path, blobs: Blobs) -> None:
        self._folder = folder
        self._blobs = blobs
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._sweeping: asyncio.Task[None] | None = None

    async def get(self, digest: str, size: int) -> Path:
        """Return a thumbnail's file. Raises `InputError` if it is no picture, `NotFoundError` if there is none."""
        original = await asyncio.to_thread(self._blobs.path, digest)
        path = self._folder / digest[:2] / f"{digest[2:]}-{size}.webp"
        if not path.exists():
            async with self._turn:
                await asyncio.to_thread(_make, original, path, size=size)
        return path

    def sweep_soon(self) -> None:
        """Remove the thumbnails of files that are gone, a moment from now: somebody may delete many."""
        if self._sweeping is None or self._sweeping.done():
            self._sweeping = asyncio.create_task(self._sweep())

    async def _sweep(self) -> None:
        await asyncio.sleep(_SWEEP_AFTER_S)
        await asyncio.to_thread(self.sweep)

    def sweep(self) -> None:
        """Remove the thumbnails of files that are gone."""
        kept = set(self._blobs.digests())
        for path in self._folder.glob("[0-9a-f][0-9a-f]/*.webp"):
            if path.parent.name + path.stem.partition("-")[0] not in kept:
                path.unlink(missing_ok=True)


def _make(original: Path, path: Path, *, size: int) -> None:
    data = read_file(original, _refuse, limit_bytes=_MOST_BYTES)
    source = picture.open_picture(data, _refuse)
    if source.mode in {"I;16", "I", "F"}:
        source = PIL.Image.fromarray(picture.to_eight_bits(picture.to_pixels(source, _refuse)))
    source = source.convert("RGBA" if source.has_transparency_data else "RGB")
    source.thumbnail((size, size), PIL.Image.Resampling.LANCZOS, reducing_gap=2.0)
    small = io.BytesIO()
    source.save(small, "WEBP", quality=82, method=2)
    write_whole(path, small.getvalue())


def _refuse(given: str, hint: str = "") -> InputError:
    return InputError("a picture", given, hint=hint, where="file")
