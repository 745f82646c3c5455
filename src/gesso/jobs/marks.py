"""A recipe inside the file that it made: in the metadata of PNG, JPEG and WebP, or as a name of a JSON object.

Pixels are not touched: the file is taken apart into its pieces and put together again with one more. A JSON text that
is no object stays as it is, because a list with something else around it is another list; its recipe lies beside it, in
`points.json.recipe.json`. Reading is for files of strangers: sizes are limited, nothing is decompressed, and no XML
parser is involved.
"""

from __future__ import annotations

import json
import re
import struct
import zlib
from collections.abc import Iterator
from html import escape, unescape
from pathlib import Path
from typing import BinaryIO, Final

from gesso.errors import InputError, NotFoundError
from gesso.jobs.recipe import LONGEST_BYTES, Recipe
from gesso.types.base import Json
from gesso.types.source import parse_json

JSON_NAME: Final = "_recipe"
"""The name under which a JSON object carries its recipe."""
BESIDE: Final = ".recipe.json"
"""What is added to a file's name for the recipe that lies beside it."""

_LARGEST_JSON_BYTES: Final = 64 * 1024 * 1024
_MOST_PIECES: Final = 100_000
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_KEYWORD: Final = b"gesso-recipe"
_COMMENT: Final = b"gesso-recipe\0"
_SEGMENT_BYTES: Final = 65_000  # a segment of JPEG has at most 65,533
_XMP: Final = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:gesso="urn:gesso:recipe"><gesso:recipe>{}</gesso:recipe></rdf:Description>'
    "</rdf:RDF></x:xmpmeta>"
)
_IN_XMP: Final = re.compile(r"<gesso:recipe>([^<]*)</gesso:recipe>")


def mark(data: bytes, recipe: Recipe) -> bytes:
    """Return a PNG, JPEG or WebP file with a recipe in its metadata; any other, or a broken one, as it is."""
    text = recipe.to_json()
    kind = _kind(data[:16])
    if kind is None or len(text.encode()) > LONGEST_BYTES:
        return data
    try:
        return {"png": _mark_png, "jpeg": _mark_jpeg, "webp": _mark_webp}[kind](data, text)
    except (struct.error, IndexError, ValueError):
        return data


def mark_json(value: Json, recipe: Recipe) -> Json:
    """Return a JSON object with its recipe in it; any other value as it is."""
    return {**value, JSON_NAME: parse_json(recipe.to_json())} if isinstance(value, dict) else value


def read_recipe(path: Path) -> Recipe:
    """Read the recipe that a file carries, that lies beside it, or that it is itself.

    Raises `NotFoundError` if there is none and `InputError` if it cannot be read.
    """
    try:
        with path.open("rb") as file:
            text = _find(file)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise InputError("a file that can be read", f"{path.name} ({error})") from error
    beside = path.with_name(path.name + BESIDE)
    if text is None and beside.is_file() and beside.stat().st_size <= LONGEST_BYTES:
        text = beside.read_bytes()
    if text is None:
        raise NotFoundError(
            f"{path.name} carries no recipe.",
            hint="Files that Gesso made do, unless another program has saved them again without their metadata.",
        )
    return Recipe.from_json(text)


# -- reading ----------------------------------------------------------------------------------------------------------


def _kind(head: bytes) -> str | None:
    if head.startswith(_PNG):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    return "webp" if head[:4] == b"RIFF" and head[8:12] == b"WEBP" else None


def _find(file: BinaryIO) -> str | bytes | None:
    head = file.read(16)
    file.seek(0)
    kind = _kind(head)
    try:
        if kind is not None:
            return {"png": _find_in_png, "jpeg": _find_in_jpeg, "webp": _find_in_webp}[kind](file)
        return _find_in_json(file) if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" else None
    except (struct.error, UnicodeDecodeError, ValueError):
        return None


def _find_in_png(file: BinaryIO) -> bytes | None:
    file.seek(len(_PNG))
    for _ in range(_MOST_PIECES):
        length, name = struct.unpack(">I4s", file.read(8))
        if name == b"IEND":
            break
        if name == b"iTXt" and length <= LONGEST_BYTES + 100:
            keyword, _, rest = file.read(length).partition(b"\0")
            if keyword == _KEYWORD and rest[:2] == b"\0\0":
                return rest[2:].split(b"\0", 2)[2] if rest.count(b"\0", 2) >= 2 else None
            file.seek(4, 1)
        else:
            file.seek(length + 4, 1)
    return None


def _find_in_jpeg(file: BinaryIO) -> bytes | None:
    found = b""
    for marker, length in _segments(file):
        if marker == 0xFE and len(found) <= LONGEST_BYTES:
            comment = file.read(length)
            if comment.startswith(_COMMENT):
                found += comment[len(_COMMENT) :]
        else:
            file.seek(length, 1)
    return found or None


def _segments(file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Yield marker and length of each segment before the pixels; whoever asks moves on by that length."""
    file.seek(2)
    for _ in range(_MOST_PIECES):
        head = file.read(4)
        start, marker, length = struct.unpack(">BBH", head) if len(head) == 4 else (0, 0, 0)
        if start != 0xFF or marker in (0xDA, 0xD9) or length < 2:
            return
        yield marker, length - 2


def _find_in_webp(file: BinaryIO) -> str | None:
    file.seek(12)
    for _ in range(_MOST_PIECES):
        head = file.read(8)
        if len(head) < 8:
            break
        name, length = struct.unpack("<4sI", head)
        if name == b"XMP " and length <= 2 * LONGEST_BYTES:
            found = _IN_XMP.search(file.read(length).decode())
            return unescape(found[1]) if found else None
        file.seek(length + length % 2, 1)
    return None


def _find_in_json(file: BinaryIO) -> str | None:
    data = parse_json(file.read(_LARGEST_JSON_BYTES))
    if JSON_NAME in data:
        return json.dumps(data[JSON_NAME])
    return json.dumps(data) if {"schema_version", "model", "command", "seed"} <= set(data) else None


# -- writing ----------------------------------------------------------------------------------------------------------


def _mark_png(data: bytes, text: str) -> bytes:
    body = b"iTXt" + _KEYWORD + b"\0\0\0\0\0" + text.encode()
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    (length,) = struct.unpack(">I", data[8:12])
    after_header = len(_PNG) + 12 + length
    return data[:after_header] + chunk + data[after_header:]


def _mark_jpeg(data: bytes, text: str) -> bytes:
    place = 2
    while data[place] == 0xFF and 0xE0 <= data[place + 1] <= 0xEF:  # JFIF and EXIF want to come first
        place += 2 + struct.unpack(">H", data[place + 2 : place + 4])[0]
    raw = text.encode()
    pieces = [_COMMENT + raw[start : start + _SEGMENT_BYTES] for start in range(0, len(raw), _SEGMENT_BYTES)]
    segments = b"".join(b"\xff\xfe" + struct.pack(">H", len(piece) + 2) + piece for piece in pieces)
    return data[:place] + segments + data[place:]


def _mark_webp(data: bytes, text: str) -> bytes:
    body = data[12:]
    if body[:4] != b"VP8X":
        body = _extended_header(body) + body
    body = body[:8] + bytes([body[8] | 0x04]) + body[9:]  # the flag that says: there is XMP
    raw = _XMP.format(escape(text, quote=False)).encode()
    body += b"XMP " + struct.pack("<I", len(raw)) + raw + b"\0" * (len(raw) % 2)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _extended_header(body: bytes) -> bytes:
    """Return the piece VP8X that a plain WebP lacks: its size and whether it has alpha."""
    if body[:4] == b"VP8L":
        bits = int.from_bytes(body[9:13], "little")
        width, height, has_alpha = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bits >> 28 & 1
    elif body[:4] == b"VP8 ":
        width, height = (int.from_bytes(body[at : at + 2], "little") & 0x3FFF for at in (14, 16))
        has_alpha = 0
    else:
        raise ValueError("not a WebP picture that we know")
    flags = bytes([0x10 if has_alpha else 0, 0, 0, 0])
    return (
        b"VP8X" + struct.pack("<I", 10) + flags + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    )
