"""Handing out files that came from anywhere: nothing of them ever runs in a browser as if it were ours."""

from __future__ import annotations

import asyncio
import os
import re
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import quote

from fastapi.responses import FileResponse
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from gesso.errors import NotFoundError
from gesso.server.errors import Refusal
from gesso.server.schemas.problem import Problem
from gesso.storage.media_types import UNKNOWN
from gesso.types.file_names import plain_name

_SHOWN: Final = frozenset(
    {
        *("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp"),
        *("audio/wav", "audio/flac", "audio/ogg", "audio/mpeg", "audio/mp4"),
        *("video/mp4", "video/webm", "video/quicktime"),
        *("text/plain", "application/json"),
    }
)
# Nothing may be loaded or run by such a file, and it has no access to anything of ours, even where a browser shows it.
_CAGE: Final = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
_RANGES: Final = re.compile(
    r"bytes=(?:\d{1,18}-\d{0,18}|-\d{1,18})(?:, *(?:\d{1,18}-\d{0,18}|-\d{1,18})){0,20}", re.ASCII
)
_PART: Final = re.compile(r"(\d*)-(\d*)", re.ASCII)
_FOR_EVER: Final = "private, max-age=31536000, immutable"


class WholeOrPart(FileResponse):
    """A file, or the part of it that `Range` asks for. What cannot be handed out is said as everywhere else.

    It may have gone since it was found, because somebody has deleted its job.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: PLR0917 - as ASGI calls it
        """Send it."""
        try:
            self.stat_result = await asyncio.to_thread(os.stat, self.path)
        except FileNotFoundError as error:
            raise NotFoundError("The file is gone.", hint="It was deleted a moment ago.") from error
        _check_range(Headers(scope=scope).get("range"), self.stat_result.st_size)
        self.set_stat_headers(self.stat_result)
        await super().__call__(scope, receive, send)


def serve_file(
    path: Path, *, name: str, media_type: str, etag: str, is_download: bool = False, caching: str = _FOR_EVER
) -> WholeOrPart:
    """Return a file of this content, in parts if the browser asks for them.

    Raster pictures, sound, video and plain text may be shown; everything else can only be saved, as bytes of no kind.
    """
    is_shown = media_type in _SHOWN
    headers = {
        "Content-Disposition": disposition(name, is_download=is_download or not is_shown),
        "Content-Security-Policy": _CAGE,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": caching,
        "ETag": f'"{etag}"',
    }
    kind = media_type if is_shown else UNKNOWN
    return WholeOrPart(path, headers=headers, media_type=f"{kind}; charset=utf-8" if kind == "text/plain" else kind)


def _check_range(header: str | None, size_bytes: int) -> None:
    """Raise `Refusal` for a `Range` that is none, or of which a part lies behind the end of the file."""
    if header is None or (
        _RANGES.fullmatch(header) and all(map(partial(_is_there, size_bytes), _PART.findall(header)))
    ):
        return
    problem = Problem(
        code="range", message=f"The file has no such part: it has {size_bytes} bytes.", hint='Ask like "bytes=0-999".'
    )
    raise Refusal(416, problem, headers={"Content-Range": f"bytes */{size_bytes}"})


def _is_there(size_bytes: int, part: tuple[str, str]) -> bool:
    first, last = part
    if not first:  # the last so many
        return size_bytes > 0 and int(last) > 0
    return int(first) < size_bytes and (not last or int(first) <= int(last))


def disposition(name: str, *, is_download: bool) -> str:
    """Return a `Content-Disposition` header; the name is made harmless and written in ASCII and after RFC 5987."""
    plain = plain_name(name)
    ascii_name = "".join(sign if " " <= sign <= "~" and sign not in '"\\%' else "_" for sign in plain)
    kind = "attachment" if is_download else "inline"
    return f"{kind}; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(plain, safe='')}"
