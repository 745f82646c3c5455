"""From an address that a person gives to what answers there."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from gesso.errors import FetchError, InputError
from gesso.net.distant import Distant, Way
from gesso.net.line import Line
from gesso.net.loopback import Loopback

_HOSTED: Final = re.compile(r"(?P<path>/m/[a-z0-9-]{1,63})(?:\.runwayml\.cloud(?:/v1)?)?(?:/run)?/?")


def is_hosted(reference: str) -> bool:
    """Say whether a text is the address of a deployment: https://gesso.example.org/m/pose."""
    try:
        parts = urlsplit(reference)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and _HOSTED.fullmatch(parts.path) is not None


def hosted_path(url: str) -> str:
    """Return where a deployment lies at its server ("/m/pose"), "" for the address of a whole Gesso.

    Raises `InputError` for one that is neither.
    """
    path = urlsplit(url).path
    if path in {"", "/"}:
        return ""
    found = _HOSTED.fullmatch(path)
    if found is None:
        expected = "the address of a Gesso, or of a deployment (https://gesso.example.org/m/pose)"
        raise InputError(expected, f'"{url[:80]}"', where="url")
    return found["path"]


def line_to(url: str, token: str, *, way: Way) -> Line:
    """Return the line to an address. One of this computer needs no way out. Raises `InputError`."""
    parts = urlsplit(url)
    try:
        host = "127.0.0.1" if parts.hostname == "localhost" else parts.hostname
        return Loopback.at(f"{parts.scheme}://{f'[{host}]' if ':' in (host or '') else host}:{parts.port}", key=token)
    except (FetchError, ValueError):
        return Distant.at(url, way=way, key=token)
