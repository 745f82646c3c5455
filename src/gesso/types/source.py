"""Where the bytes of a value come from and go to: a file that somebody named, a data URI, base64 text.

Whatever comes from outside is met here first: only regular files are opened, sizes are limited before anything is read,
and a text is never taken for a path or an address.
"""

from __future__ import annotations

import base64
import binascii
import difflib
import json
import stat
from pathlib import Path
from typing import Any, Final, NoReturn, Protocol
from urllib.parse import quote, unquote, unquote_to_bytes

from gesso.errors import InputError
from gesso.types.given import describe, describe_name, size

MAX_BYTES: Final = 512 * 1024 * 1024
"""The largest file that is read into memory unless a type says otherwise: an uncompressed picture of 100 megapixels."""

_SHORTEST_BASE64: Final = 32  # no picture, sound or video is shorter, but words and file names are
_ADDRESSES: Final = ("http://", "https://", "ftp://")
_FILE_ADDRESS_HINT: Final = "On the command line, write @ and the path, without file://."
_FILE_HINT: Final = "On the command line, write @ before the name of a file; a program sends it as a data URI."


class Refuse(Protocol):
    """What makes an `InputError` from what was given and a hint: a type's own `refuse`."""

    def __call__(self, given: str, hint: str = "") -> InputError:
        """Return the error."""


def read_file(path: Path, refuse: Refuse, *, limit_bytes: int = MAX_BYTES, is_cut: bool = False) -> bytes:
    """Return what a regular file holds; a folder, a device, a missing or too large file raises `InputError`.

    With `is_cut`, a larger file is not refused: its first `limit_bytes` are returned.
    """
    size_bytes = file_size(path, refuse)
    if size_bytes > limit_bytes and not is_cut:
        raise refuse(f"a file of {size(size_bytes)} ({path.name})", f"The largest that is read is {size(limit_bytes)}.")
    try:
        with path.open("rb") as file:
            return file.read(limit_bytes)  # a limit also here: the file may have grown since
    except OSError as error:
        raise refuse(*_trouble(path, error)) from error


def file_size(path: Path, refuse: Refuse) -> int:
    """Return the size of a regular file in bytes, or raise `InputError` if the path is none."""
    refuse_broken_name(path, refuse)
    try:
        found = path.stat()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise refuse(*_trouble(path, error)) from error
    if stat.S_ISDIR(found.st_mode):
        raise refuse(f"a folder ({describe_name(path)})", "Name a file in it.")
    if not stat.S_ISREG(found.st_mode):  # reading a pipe or a device may never end
        raise refuse(f"a name that is not an ordinary file ({describe_name(path)})")
    return found.st_size


def is_utf8_name(path: Path) -> bool:
    """Say whether a path can be written as UTF-8: names from other systems sometimes cannot."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


def refuse_broken_name(path: Path, refuse: Refuse) -> None:
    """Raise `InputError` for a name that could not travel: a message to another process is UTF-8."""
    if not is_utf8_name(path):
        given = f"a name with characters that are not UTF-8 ({describe_name(path)})"
        raise refuse(given, "Rename it, and try again.")


def _trouble(path: Path, error: Exception) -> tuple[str, str]:
    """Return what was given, and a hint, for a file that cannot be opened."""
    if isinstance(error, FileNotFoundError):
        return f"a file that is not there ({describe_name(path)})", _hint_for_missing(path)
    reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a possible name"
    return f"a file that cannot be opened ({describe_name(path)}: {reason.lower()})", ""


def _hint_for_missing(path: Path) -> str:
    if str(path)[:5].lower() == "file:":
        return _FILE_ADDRESS_HINT
    if "*" in path.name:
        return "Name the folder instead."
    try:
        names = {other.name.lower(): other.name for other in path.parent.iterdir() if is_utf8_name(other)}
    except OSError:  # there is no such folder either
        return ""
    near = difflib.get_close_matches(path.name.lower(), names, n=2)
    return f"Did you mean {' or '.join(names[name] for name in near)}?" if near else ""


def from_text(text: str, refuse: Refuse, *, limit_bytes: int = MAX_BYTES) -> bytes:
    """Return the bytes that a data URI or base64 text stands for; any other text raises `InputError`."""
    if is_data_uri(text):
        return from_data_uri(text, refuse, limit_bytes=limit_bytes)[0]
    refuse_address(text, refuse)
    if len(text) < _SHORTEST_BASE64:
        raise refuse(describe(text), _FILE_HINT)
    return _from_base64(text, refuse, limit_bytes=limit_bytes)


def is_data_uri(text: str) -> bool:
    """Say whether a text is (meant as) a data URI."""
    return text[:5].lower() == "data:"


def refuse_address(text: str, refuse: Refuse) -> None:
    """Raise `InputError` if a text is an address: only the command line and the server fetch those of the web."""
    if text[:7].lower() == "file://":
        raise refuse(f"an address of a file ({describe(text).removeprefix('the text ')})", _FILE_ADDRESS_HINT)
    if text[:8].lower().startswith(_ADDRESSES):
        hint = "The command line and the server fetch addresses, this does not: give it the file itself."
        raise refuse(f"a web address ({describe(text).removeprefix('the text ')})", hint)


def from_data_uri(text: str, refuse: Refuse, *, limit_bytes: int = MAX_BYTES) -> tuple[bytes, str]:
    """Return the bytes of a data URI and the name that it gives them, or ""; anything else raises `InputError`."""
    if not is_data_uri(text):
        refuse_address(text, refuse)
        raise refuse(describe(text), _FILE_HINT)
    head, comma, body = text.partition(",")
    if not comma:
        raise refuse("a data URI without a comma", 'It looks like "data:image/png;base64,...".')
    words = head[5:].split(";")
    name = next((unquote(word[5:]) for word in words if word.lower().startswith("name=")), "")
    if words[-1].strip().lower() == "base64":
        return _from_base64(body, refuse, limit_bytes=limit_bytes), name
    if len(body) > limit_bytes * 3:  # each byte may be written as %XX
        raise refuse(f"{size(len(body))} of text", f"The largest that is read is {size(limit_bytes)}.")
    try:
        return unquote_to_bytes(body), name
    except UnicodeError as error:
        raise refuse("a data URI with broken characters") from error


def _from_base64(text: str, refuse: Refuse, *, limit_bytes: int) -> bytes:
    if len(text) > limit_bytes // 3 * 4 + 64:
        raise refuse(f"about {size(len(text) // 4 * 3)}", f"The largest that is read is {size(limit_bytes)}.")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        pass
    # Rarer dialects: lines as in mail, the alphabet for addresses, no padding.
    plain = "".join(text.split()).translate({ord("-"): "+", ord("_"): "/"}).rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise refuse(describe(text), _FILE_HINT) from error


def to_data_uri(data: bytes | bytearray | memoryview, media_type: str, *, name: str = "") -> str:
    """Return a data URI; a `name` stands in it as a parameter, percent-encoded."""
    named = f";name={quote(name, safe='')}" if name else ""
    return f"data:{media_type}{named};base64,{base64.b64encode(data).decode('ascii')}"


def parse_json(text: str | bytes) -> Any:
    """Return what JSON text says; broken text, NaN, infinity or nesting beyond all reason raises `ValueError`."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
