"""The one HTTP door out: fetch what lies at an address that somebody gave.

The variables by which a system names a proxy are not followed: a proxy would look the name up itself, past the guard.
"""

from __future__ import annotations

import ssl
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from functools import cache
from typing import Final

import httpcore
import httpx

from gesso.errors import FetchError
from gesso.net.guard import Guard
from gesso.types.given import size

_MAX_REDIRECTS: Final = 5
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MAX_PORT: Final = 65535
_NAME_LENGTH: Final = 200
_STATUS_WORDS: Final = {
    401: "it asks for a password",
    403: "it does not let Gesso in",
    404: "there is nothing at that address",
    410: "what was there has been taken away",
    429: "it has been asked too often; try again later",
}


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
    url: str, *, limit_bytes: int, timeout_s: float, allow_private: bool = False, is_offline: bool = False
) -> Fetched:
    """Fetch a URL with GET; blocks, so it is called in a thread.

    At most `limit_bytes` are taken, counted after unpacking, within `timeout_s` seconds for all of it but the look-up
    of names, whose patience is the system's. `allow_private` opens addresses of this computer and its network, to a URL
    that names one itself: a redirect from the public web does not lead there. With `is_offline` nothing is fetched.
    Raises `FetchError`.
    """
    if is_offline:
        raise FetchError(
            "Gesso is set to work offline, so it fetches nothing.", hint="Download the file, and give that."
        )
    asked = _parse(url)
    deadline_s = time.monotonic() + timeout_s
    try:
        for _ in range(_MAX_REDIRECTS + 1):
            guard = Guard(allow_private=allow_private, deadline_s=deadline_s)
            answer = _get(asked, guard, limit_bytes=limit_bytes)
            if isinstance(answer, Fetched):
                return answer
            asked = answer
            allow_private = guard.has_met_private
    except httpcore.TimeoutException as error:
        raise FetchError(f"{_shown(asked)} took longer than {timeout_s:g} seconds.", hint="Try again later.") from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise _explain(asked, error) from error
    raise FetchError(f"{_shown(asked)} only ever leads on to other addresses.", hint="Is there a mistake in it?")


def _get(url: httpx.URL, guard: Guard, *, limit_bytes: int) -> Fetched | httpx.URL:
    """Ask once. Returns what is there, or the address to which the server leads on."""
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    headers: dict[bytes | str, bytes | str] = {
        "Host": url.netloc,
        "User-Agent": "gesso",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
    }
    with (
        httpcore.ConnectionPool(ssl_context=_tls(), network_backend=guard) as pool,
        pool.stream("GET", target, headers=headers) as response,
    ):
        given = httpx.Headers(response.headers)
        if response.status in _REDIRECTS and "location" in given:
            return _parse(given["location"], base=url)
        if not 200 <= response.status < 300:
            words = _STATUS_WORDS.get(response.status, "something is wrong there")
            raise FetchError(f"{_shown(url)} answered {response.status}: {words}.", hint="Open it in a browser to see.")
        if int(given.get("content-length", "0")) > limit_bytes:
            raise _too_large(url, limit_bytes)
        body = bytearray()
        for part in _unpacked(response.iter_stream(), given.get("content-encoding", ""), room=limit_bytes + 1):
            body += part
            if len(body) > limit_bytes:
                raise _too_large(url, limit_bytes)
    media_type = given.get("content-type", "").partition(";")[0].strip().lower() or "application/octet-stream"
    return Fetched(bytes(body), media_type, str(url), _name(given.get("content-disposition", ""), url))


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


def _parse(text: str, *, base: httpx.URL | None = None) -> httpx.URL:
    """Read an address, from `base` if it is relative, and refuse what is not on the web."""
    try:
        url = httpx.URL(text) if base is None else base.join(text)
    except (httpx.InvalidURL, ValueError):
        url = httpx.URL()
    is_host = url.host != "" and "%" not in url.host and (url.port is None or url.port <= _MAX_PORT)
    if url.scheme not in {"http", "https"} or not is_host:
        raise FetchError(f"{text[:200]!r} is not an address on the web.", hint="It begins with https://.")
    if url.userinfo:
        raise FetchError(f"The address of {url.host} has a password in it.", hint="Give one without.")
    return url


def _name(disposition: str, url: httpx.URL) -> str:
    message = Message()
    message["Content-Disposition"] = disposition.replace("\r", " ").replace("\n", " ")
    name = (message.get_filename("") or url.path).replace("\\", "/").rstrip("/").rpartition("/")[2]
    return "".join(character for character in name if character.isprintable())[-_NAME_LENGTH:]


@cache
def _tls() -> ssl.SSLContext:
    """Return what checks certificates.

    Those whom Mozilla trusts are trusted, because Python on a Mac does not see whom the system trusts, and whom the
    system trusts where it can be seen: a school's own network may be among them.
    """
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context


def _too_large(url: httpx.URL, limit_bytes: int) -> FetchError:
    return FetchError(f"{_shown(url)} is larger than {size(limit_bytes)}.", hint="Give a smaller file.")


def _explain(url: httpx.URL, error: Exception) -> FetchError:
    if isinstance(error, httpcore.ConnectError):
        return FetchError(f"{url.host} cannot be reached.", hint="Is the address right, and this computer online?")
    return FetchError(f"{_shown(url)} broke off: {error}.", hint="Try again.")


def _shown(url: httpx.URL) -> str:
    """Return the address without its query, which may hold a secret."""
    return str(url.copy_with(query=None, fragment=None))
