"""Say in a few words what somebody gave: the second half of every message about an input."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Final, TypeGuard

_SHOWN_CHARACTERS: Final = 60

# The first bytes of files that people drop into the wrong place, after
# https://www.garykessler.net/library/file_sigs.html and the formats' own documentation.
_SIGNATURES: Final = (
    (0, b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (0, b"\xff\xd8\xff", "a JPEG picture"),
    (0, b"GIF8", "a GIF picture"),
    (8, b"WEBP", "a WebP picture"),
    (0, b"BM", "a BMP picture"),
    (0, b"II*\x00", "a TIFF picture"),
    (0, b"MM\x00*", "a TIFF picture"),
    (4, b"ftypavif", "an AVIF picture"),
    (4, b"ftypheic", "a HEIC picture"),
    (4, b"ftyp", "an MP4 or MOV video"),
    (0, b"\x1aE\xdf\xa3", "a WebM or Matroska video"),
    (8, b"AVI ", "an AVI video"),
    (8, b"WAVE", "a WAV sound"),
    (0, b"fLaC", "a FLAC sound"),
    (0, b"OggS", "an Ogg sound"),
    (0, b"ID3", "an MP3 sound"),
    (0, b"8BPS", "a Photoshop file"),
    (0, b"%PDF", "a PDF"),
    (0, b"PK\x03\x04", "a ZIP archive (or an Office document)"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"\x80\x04\x95", "a Python pickle"),
    (0, b"\x7fELF", "a program"),
    (0, b"MZ", "a program"),
)


def is_number(value: object) -> TypeGuard[float]:
    """Say whether a value is a number of Python or numpy; a boolean is none."""
    return not isinstance(value, bool) and isinstance(value, numbers.Real)


def between(least: int, most: int, *, default: int) -> str:
    """Say limits of a count before a noun: "2 to 5 ", "at most 5 ", or nothing where nobody has set them."""
    if least:
        return f"{least} to {most} " if least != most else f"{least} "
    return f"at most {most} " if most != default else ""


def size(count: int) -> str:
    """Say a number of bytes: `size(3_200_000)` is "3.2 MB"."""
    if count < 1000:
        return f"{count} bytes" if count != 1 else "1 byte"
    units = {"kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}
    unit = next((unit for unit, worth in units.items() if count < 999.5 * worth), "TB")
    return f"{count / units[unit]:.3g} {unit}"


def describe_bytes(data: bytes | bytearray | memoryview, *, size_bytes: int | None = None) -> str:
    """Say what a file holds from its first bytes: "a PDF of 3.2 MB", "an empty file".

    `size_bytes` is the size of the whole where `data` is only its beginning.
    """
    total = len(data) if size_bytes is None else size_bytes
    if total == 0:
        return "an empty file"
    head = bytes(data[:64])
    for offset, signature, words in _SIGNATURES:
        if head[offset : offset + len(signature)] == signature:
            return f"{words} of {size(total)}"
    start = bytes(data[:1024]).lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<") and b"<svg" in start:
        return f"an SVG drawing of {size(total)}"
    is_text = all(byte >= 32 or byte in b"\t\r\n\f\x1b" for byte in head)
    return f"{'a text file' if is_text else 'an unknown kind of file'} of {size(total)}"


def describe(value: object) -> str:
    """Say what a value is: 'the text "six"', "the number 7", "nothing", "a list of 3"."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes (true)" if value else "no (false)"
    if isinstance(value, int | float):
        return _describe_number(value)
    if isinstance(value, str):
        return _describe_text(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return describe_bytes(value)
    return _describe_object(value)


def describe_name(path: PurePath) -> str:
    """Return a path for a message, without characters that would spoil a terminal; of a long one the end."""
    text = str(path)
    shown = text if len(text) <= _SHOWN_CHARACTERS else f"…/{path.name}"
    return describe(shown).removeprefix("the text ")


def _describe_number(value: float) -> str:
    if value != value:  # noqa: PLR0124 - only NaN is not itself
        return "not a number (NaN)"
    if value in (math.inf, -math.inf):
        return "infinity"
    return f"the number {value:.12g}" if abs(value) < 1e15 else "a very large number"


def _describe_text(value: str) -> str:
    if not value:
        return "an empty text"
    # What cannot be printed (a control character, half of a pair) would spoil a terminal, or be refused by it.
    shown = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in value[:_SHOWN_CHARACTERS])
    if len(value) <= _SHOWN_CHARACTERS:
        return f'the text "{shown}"'
    return f'the text "{shown}…" ({len(value)} characters)'


def _describe_object(value: object) -> str:
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple):
        if not shape:
            return f"the value {value} of type {type(value).__name__}"
        return f"an array of shape {shape} and type {getattr(value, 'dtype', 'unknown')}"
    if isinstance(value, Mapping):
        return f"an object with {len(value)} fields" if len(value) != 1 else "an object with 1 field"
    if isinstance(value, Sequence):
        return f"a list of {len(value)}"
    if isinstance(value, PurePath):
        return f"the path {_describe_text(str(value)).removeprefix('the text ')}"
    return f"a value of the Python type {type(value).__name__}"
