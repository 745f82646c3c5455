"""Fetch what lies at an address that somebody gave, into memory: a picture, a text. Large files: `download.py`."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gesso.errors import FetchError
from gesso.net.address import file_name, shown
from gesso.net.door import Door
from gesso.net.exchange import Answer, Errand, get
from gesso.types.given import size

_FINE: Final = range(200, 300)


@dataclass(frozen=True)
class Fetched:
    """What was fetched: its bytes, media type ("image/jpeg"), the address after redirects, and a file name.

    The name is the server's suggestion or the end of the address, without folders: good for its ending and to be shown.
    """

    data: bytes
    media_type: str
    final_url: str
    name: str


def fetch(
    url: str,
    door: Door,
    *,
    limit_bytes: int,
    timeout_s: float,
    allow_private: bool = False,
    what_for: str = "a file that somebody named",
) -> Fetched:
    """Fetch a URL with GET; blocks, so it is called in a thread.

    At most `limit_bytes` are taken, counted after unpacking, within `timeout_s` seconds for all of it but the look-up
    of names, whose patience is the system's. `allow_private` and `what_for`: see `Errand`. Raises `FetchError`.
    """
    door.check(what_for, hint="Download the file, and give that.")
    errand = Errand(door=door, what_for=what_for, allow_private=allow_private, timeout_s=timeout_s)
    with get(url, errand) as answer:
        answer.require(*_FINE)
        return _take(answer, limit_bytes)


def _take(answer: Answer, limit_bytes: int) -> Fetched:
    given = answer.headers
    body = bytearray()
    if int(given.get("content-length", "0")) > limit_bytes:
        raise _too_large(answer, limit_bytes)
    for part in _unpacked(answer.parts, given.get("content-encoding", ""), room=limit_bytes + 1):
        body += part
        if len(body) > limit_bytes:
            raise _too_large(answer, limit_bytes)
    media_type = given.get("content-type", "").partition(";")[0].strip().lower() or "application/octet-stream"
    return Fetched(
        bytes(body), media_type, str(answer.url), file_name(given.get("content-disposition", ""), answer.url)
    )


def _unpacked(parts: Iterator[bytes], encoding: str, *, room: int) -> Iterator[bytes]:
    """Yield a body unpacked, no part larger than `room`, however small the packed one was.

    We ask for nothing packed, but some servers keep files that way and know no other.
    """
    if encoding.strip().lower() in {"", "identity"}:
        yield from parts
        return
    if encoding.strip().lower() not in {"gzip", "x-gzip", "deflate"}:
        raise FetchError(f"The server sends it packed as {encoding!r}, which was not asked for.")
    unpacker = zlib.decompressobj(wbits=47)  # after gzip or zlib, whichever it is
    try:
        for part in parts:
            yield unpacker.decompress(part, room)
    except zlib.error as error:
        raise FetchError("The server sends it packed, and broken.", hint="Try again.") from error
    if not unpacker.eof:
        raise FetchError("The server sent only a part of it.", hint="Try again.")


def _too_large(answer: Answer, limit_bytes: int) -> FetchError:
    return FetchError(f"{shown(answer.url)} is larger than {size(limit_bytes)}.", hint="Give a smaller file.")
