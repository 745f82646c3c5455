"""Names of files that came from outside: made harmless, or refused."""

from __future__ import annotations

import re
from typing import Final

from gesso.types.given import describe
from gesso.types.source import Refuse

_NOT_ON_WINDOWS: Final = frozenset('<>:"|?*')
_DEVICES: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # of Windows, with any ending
_LONGEST_BYTES: Final = 200  # file systems take 255; some is left for what others add
_DEEPEST: Final = 32


def plain_name(name: str) -> str:
    """Return the last part of a file name, with _ for what some system does not allow: a name to write a file under."""
    last = re.split(r"[/\\]", name)[-1]
    plain = "".join(sign if sign.isprintable() and sign not in _NOT_ON_WINDOWS else "_" for sign in last)
    plain = plain.encode()[-_LONGEST_BYTES:].decode(errors="ignore").rstrip(". ")
    return f"_{plain}" if _DEVICES.fullmatch(plain) else plain or "file"


def check_relative_name(name: str, refuse: Refuse) -> str:
    """Return a name such as "photos/fox.png" if it stays inside its folder on every system, or raise `InputError`."""
    parts = name.split("/")
    if len(parts) > _DEEPEST or any(part != plain_name(part) for part in parts):
        hint = 'Names are like "photos/fox.png": no "..", no drive, no backslash, nothing that some system forbids.'
        raise refuse(f"a file that is called {describe(name).removeprefix('the text ')}", hint)
    return name
