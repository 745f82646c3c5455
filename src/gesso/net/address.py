"""Addresses on the web: what is one, how it is shown, and what a file is called that lies there."""

from __future__ import annotations

from email.message import Message
from typing import Final

import httpx

from gesso.errors import FetchError

_MAX_PORT: Final = 65535
_NAME_LENGTH: Final = 200


def read_address(text: str, *, base: httpx.URL | None = None) -> httpx.URL:
    """Read an address, from `base` if it is relative. Raises `FetchError` for what is not on the web."""
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


def shown(url: httpx.URL) -> str:
    """Return the address without its query, which may hold a secret."""
    return str(url.copy_with(query=None, fragment=None))


def file_name(disposition: str, url: httpx.URL) -> str:
    """Return the name that a server suggests in `Content-Disposition`, or the end of the address; without folders."""
    message = Message()
    message["Content-Disposition"] = disposition.replace("\r", " ").replace("\n", " ")
    name = (message.get_filename("") or url.path).replace("\\", "/").rstrip("/").rpartition("/")[2]
    return "".join(character for character in name if character.isprintable())[-_NAME_LENGTH:]
