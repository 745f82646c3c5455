"""A recipe inside the file that it made: in the metadata of PNG, JPEG and WebP, or as a name of a JSON object.

Pixels are not touched: the file is taken apart into its pieces and put together again with one more, and without those
of a recipe that it carried before. A JSON text that is no object stays as it is, because a list with something else
around it is another list; its recipe lies beside it, in `points.json.recipe.json`. Reading is for files of strangers:
sizes are limited, nothing is decompressed, and no XML parser is involved.
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
_TEXTS: Final = (b"iTXt", b"tEXt", b"zTXt")
_SEGMENT_BYTES: Final = 65_000  # a segment of JPEG has at most 65,533; one with less is the last of a recipe
_HAS_XMP: Final = 0x04  # a flag of WebP
_XMP: Final = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b"</rdf:RDF></x:xmpmeta>"
)
_XMP_END: Final = b"</rdf:RDF>"
_DESCRIPTION: Final = (
    '<rdf:Description rdf:about="" xmlns:gesso="urn:gesso:recipe"><gesso:recipe>{}</gesso:recipe></rdf:Description>'
)
_IN_XMP: Final = re.compile(rb"<gesso:recipe>([^<]*)</gesso:recipe>")
_OWN_XMP: Final = re.compile(
    rb'<rdf:Description rdf:about="" xmlns:gesso="urn:gesso:recipe">'
    rb"<gesso:recipe>[^<]*</gesso:recipe></rdf:Description>"
)


def mark(data: bytes, recipe: Recipe) -> bytes:
    """Return a PNG, JPEG or WebP file with this recipe in its metadata and no other one.

    Any other file, or a broken one, stays as it is. A recipe that is too long to be read again is left out.
    """
    raw, kind = recipe.to_json().encode(), _kind(data[:16])
    if kind is None:
        return data
    try:
        mark_kind = {"png": _mark_png, "jpeg": _mark_jpeg, "webp": _mark_webp}[kind]
        return mark_kind(data, raw if len(raw) <= LONGEST_BYTES else None)
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
            if keyword == _KEYWORD and rest[:2] == b"\0\0" and rest.count(b"\0", 2) >= 2:
                return rest[2:].split(b"\0", 2)[2]
            file.seek(4, 1)
        else:
            file.seek(length + 4, 1)
    return None


def _find_in_jpeg(file: BinaryIO) -> bytes | None:
    found = b""
    for marker, length in _segments(file):
        segment = file.read(length) if marker == 0xFE else b""
        file.seek(length - len(segment), 1)
        if segment.startswith(_COMMENT):
            found += segment[len(_COMMENT) :]
            if len(segment) < len(_COMMENT) + _SEGMENT_BYTES or len(found) > LONGEST_BYTES:
                break
    return found or None


def _segments(file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Yield marker and length of each segment before the pixels; whoever asks moves on by that length."""
    file.seek(2)
    for _ in range(_MOST_PIECES):
        start, marker = file.read(1), file.read(1)
        while marker == b"\xff":  # as many of them as one likes may stand before a marker
            marker = file.read(1)
        length = int.from_bytes(file.read(2), "big")
        if start != b"\xff" or marker in (b"", b"\xda", b"\xd9") or length < 2:
            return
        yield marker[0], length - 2


def _find_in_webp(file: BinaryIO) -> str | None:
    file.seek(12)
    for _ in range(_MOST_PIECES):
        head = file.read(8)
        if len(head) < 8:
            break
        name, length = struct.unpack("<4sI", head)
        is_xmp = name == b"XMP " and length <= 6 * LONGEST_BYTES  # & alone is written with five letters
        if found := _IN_XMP.search(file.read(length)) if is_xmp else None:
            return unescape(found[1].decode())
        file.seek(length % 2 if is_xmp else length + length % 2, 1)
    return None


def _find_in_json(file: BinaryIO) -> str | None:
    data = parse_json(file.read(_LARGEST_JSON_BYTES))
    if JSON_NAME in data:
        return json.dumps(data[JSON_NAME])
    return json.dumps(data) if {"schema_version", "model", "command", "seed"} <= set(data) else None


# -- writing ----------------------------------------------------------------------------------------------------------


def _mark_png(data: bytes, raw: bytes | None) -> bytes:
    header, *chunks = _png_chunks(data)
    kept = [chunk for chunk in chunks if not (chunk[4:8] in _TEXTS and chunk[8:].startswith(_KEYWORD + b"\0"))]
    body = b"" if raw is None else b"iTXt" + _KEYWORD + b"\0\0\0\0\0" + raw
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body)) if body else b""
    return b"".join([_PNG, header, chunk, *kept])


def _png_chunks(data: bytes) -> Iterator[bytes]:
    """Yield the chunks of a PNG, whole; the last has all that follows the picture, too."""
    place = len(_PNG)
    while data[place + 4 : place + 8] != b"IEND":
        end = place + 12 + int.from_bytes(data[place : place + 4], "big")
        if end > len(data):
            raise ValueError("a chunk that is cut short")
        yield data[place:end]
        place = end
    yield data[place:]


def _mark_jpeg(data: bytes, raw: bytes | None) -> bytes:
    pieces = [] if raw is None else [raw[at : at + _SEGMENT_BYTES] for at in range(0, len(raw) + 1, _SEGMENT_BYTES)]
    comments = [_COMMENT + piece for piece in pieces]
    own = [b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment for comment in comments]
    segments, rest = _jpeg_segments(data)
    kept = [segment for segment in segments if not (segment[1] == 0xFE and segment[4:].startswith(_COMMENT))]
    first = next((at for at, segment in enumerate(kept) if not 0xE0 <= segment[1] <= 0xEF), len(kept))
    return b"".join([data[:2], *kept[:first], *own, *kept[first:], rest])  # JFIF and EXIF want to come first


def _jpeg_segments(data: bytes) -> tuple[list[bytes], bytes]:
    """Return the segments before the pixels of a JPEG, and all from there on."""
    segments, place = [], 2
    while data[place : place + 2] not in (b"\xff\xda", b"\xff\xd9"):
        if data[place : place + 2] == b"\xff\xff":  # as many of them as one likes may stand before a marker
            place += 1
            continue
        length = int.from_bytes(data[place + 2 : place + 4], "big")
        end = place + 2 + length
        if data[place] != 0xFF or length < 2 or end > len(data):
            raise ValueError("a segment that is cut short")
        segments.append(data[place:end])
        place = end
    return segments, data[place:]


def _mark_webp(data: bytes, raw: bytes | None) -> bytes:
    end = 8 + int.from_bytes(data[4:8], "little")
    chunks = list(_webp_chunks(data[12:end]))
    kept = [chunk for chunk in chunks if chunk[:4] != b"XMP "]
    packets = [_without_recipe(chunk[8:]) for chunk in chunks if chunk[:4] == b"XMP "]
    packets = [packet for packet in packets if packet != _XMP]
    if raw is not None:
        first, *others = packets or [_XMP]
        packets = [_with_recipe(first, raw), *others]
    header = kept.pop(0) if kept[0][:4] == b"VP8X" else _extended_header(kept[0])
    flags = header[8] & ~_HAS_XMP | (_HAS_XMP if packets else 0)
    xmp = [b"XMP " + struct.pack("<I", len(packet)) + packet + b"\0" * (len(packet) % 2) for packet in packets]
    body = b"".join([header[:8], bytes([flags]), header[9:], *kept, *xmp])
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body + data[end:]


def _webp_chunks(body: bytes) -> Iterator[bytes]:
    """Yield the chunks of a WebP, whole, of an even length."""
    place = 0
    while place < len(body):
        end = place + 8 + int.from_bytes(body[place + 4 : place + 8], "little")
        if end > len(body):
            raise ValueError("a chunk that is cut short")
        yield body[place:end] + b"\0" * (end % 2)
        place = end + end % 2


def _without_recipe(packet: bytes) -> bytes:
    return _IN_XMP.sub(b"", _OWN_XMP.sub(b"", packet.rstrip(b"\0")))


def _with_recipe(packet: bytes, raw: bytes) -> bytes:
    """Return the XMP of a picture with a recipe beside what others have written there."""
    before, end, after = packet.rpartition(_XMP_END)
    if not end:
        raise ValueError("XMP in another form")
    return before + _DESCRIPTION.format(escape(raw.decode(), quote=False)).encode() + end + after


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
