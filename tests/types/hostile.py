"""Inputs that nobody should send: too large, cut short, of the wrong kind, bombs, tricks with paths.

`HOSTILE` is data: for each case the type, its constraints, and a value that a client could send (JSON, or the bytes of
a file). Each must be answered with an `InputError`, by the type itself and by a worker that has an input of that type.
"""

from __future__ import annotations

import base64
import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import PIL.Image


@dataclass(frozen=True)
class Hostile:
    """A case: `value` for an input of the data type `type` with `constraints`."""

    name: str
    type: str
    value: Any
    constraints: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.type}: {self.name}"


# -- files ------------------------------------------------------------------------------------------------------------


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IEND", b"")


def png_pixels(width: int, height: int) -> bytes:
    return chunk(b"IDAT", zlib.compress(bytes((width + 1) * height)))


def picture(form: str, mode: str = "RGB") -> bytes:
    file = io.BytesIO()
    PIL.Image.effect_noise((64, 48), 64).convert(mode).save(file, form)
    return file.getvalue()


def wav(*, kind: int = 1, channels: int = 1, rate: int = 8000, bits: int = 16, data: bytes = bytes(160)) -> bytes:
    form = struct.pack("<HHIIHH", kind, channels, rate, rate * 2 % 2**32, 2, bits)
    body = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def npy(header: str, data: bytes = b"") -> bytes:
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data


def data_uri(data: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


# -- values that are wrong for nearly every type ----------------------------------------------------------------------

PATHS: dict[str, str] = {
    "a relative path": "../../etc/passwd",
    "an absolute path": "/etc/passwd",
    "a path that is as long as base64": "/usr/share/common/licences/GPL3/text",
    "a file address": "file:///etc/passwd",
    "a file address with a host": "file://server/share/photo.png",
    "the command line's way to say a file": "@/etc/passwd",
    "a Windows path": "C:\\Windows\\System32\\config\\SAM",
    "a share": "\\\\server\\share\\photo.png",
    "a device of Windows": "\\\\.\\PhysicalDrive0",
    "a home": "~/.ssh/id_rsa",
    "a process's own memory": "/proc/self/mem",
    "an endless device": "/dev/zero",
    "a path with NUL": "photo.png\0.txt",
    "a path with a line end": "photo\n.png",
    "an address inside the network": "http://169.254.169.254/latest/meta-data/",
    "an address": "https://example.org/photo.png",
    "an address with capital letters": "HTTPS://example.org/photo.png",
    "an FTP address": "ftp://example.org/photo.png",
    "another scheme": "gopher://example.org/1photo",
    "a script": "javascript:alert(1)",
}

WRONG_KINDS: dict[str, Any] = {
    "nothing": None,
    "yes": True,
    "a number": 5,
    "a large number": 10**400,
    "not a number": float("nan"),
    "an empty text": "",
    "a word": "dogs",
    "an object": {"data": "x"},
    "a list of numbers": [1, 2, 3],
    "deep lists": nested(5000),
}

NOT_MEDIA = {
    "no bytes": b"",
    "one byte": b"\x00",
    "noise": np.random.default_rng(7).bytes(5000),
    "zeros": bytes(5000),
    "a PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj",
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(%pipe%id) (r) file",
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "HTML": b"<!doctype html><script>alert(1)</script>",
    "a ZIP archive": b"PK\x03\x04" + bytes(100),
    "a gzip archive": zlib.compress(bytes(10**6), wbits=31),
    "a program": b"\x7fELF\x02\x01\x01" + bytes(100),
    "a pickle": b"\x80\x04\x95\x1d\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x8c\x06system\x93\x8c\x02id\x85R.",
    "UTF-16": "a photo".encode("utf-16"),
    "HEIC": b"\x00\x00\x00\x18ftypheic" + bytes(100),
}

DATA_URIS = {
    "a data URI without a comma": "data:image/png;base64",
    "an empty data URI": "data:,",
    "a data URI of nothing": "data:image/png;base64,",
    "a data URI with broken base64": "data:image/png;base64,!!!!" + "A" * 60,
    "a data URI with half a byte": "data:image/png;base64,A",
    "a data URI of text": "data:text/plain,hello%20world",
    "a data URI with broken signs": "data:text/plain,\ud800",
    "a data URI of a pickle": data_uri(NOT_MEDIA["a pickle"]),
    "a data URI of HTML": data_uri(NOT_MEDIA["HTML"], "text/html"),
    "long base64 of noise": base64.b64encode(NOT_MEDIA["noise"]).decode(),
    "base64 with letters of other scripts": "Ä" * 64,
    "a long text of one letter": "A" * 1_000_000,
}


def broken_pictures() -> dict[str, bytes]:
    whole = {"PNG": picture("PNG"), "JPEG": picture("JPEG"), "GIF": picture("GIF"), "WebP": picture("WEBP")}
    whole |= {"TIFF": picture("TIFF"), "BMP": picture("BMP")}
    cut = {f"half of a {name}": data[: len(data) // 2] for name, data in whole.items()}
    heads = {f"the first bytes of a {name}": data[:20] for name, data in whole.items()}
    return cut | heads


def bombs() -> dict[str, bytes]:
    pixel = png_pixels(1, 1)
    text = zlib.compress(bytes(70_000_000), 9)
    profile = zlib.compress(bytes(20_000_000), 9)
    return {
        "a PNG that claims 60000 x 60000": png(60_000, 60_000, pixel),
        "a PNG that claims 2147483647 x 1": png(2**31 - 1, 1, pixel),
        "a PNG that claims 2147483647 x 2147483647": png(2**31 - 1, 2**31 - 1, pixel),
        "a PNG of nothing": png(0, 0, pixel),
        "a small PNG that is 11000 x 11000": png(11_000, 11_000, png_pixels(11_000, 11_000)),
        "a PNG with compressed text of 70 MB": png(1, 1, chunk(b"zTXt", b"a\0\0" + text), pixel),
        "a PNG with international text of 70 MB": png(1, 1, chunk(b"iTXt", b"a\0\1\0\0\0" + text), pixel),
        "a PNG with a hundred texts of 1 MB": png(
            1, 1, *[chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(1_000_000), 9))] * 100, pixel
        ),
        "a PNG with a colour profile of 20 MB": png(1, 1, chunk(b"iCCP", b"a\0\0" + profile), pixel),
        "a PNG without pixels": png(64, 64),
        "a PNG with a broken sum": png(1, 1, pixel)[:29] + bytes(4) + png(1, 1, pixel)[33:],
        "a PNG with an endless chunk": b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffIHDR",
        "a GIF that claims 65535 x 65535": b"GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\x02\x02L\x01\0;",
        "a BMP that claims 100000 x 100000": b"BM"
        + struct.pack("<IHHIIiiHHIIiiII", 54, 0, 0, 54, 40, 10**5, 10**5, 1, 24, 0, 0, 0, 0, 0, 0),
        "a JPEG that claims 65535 x 65535": bytes.fromhex("ffd8ffc0001108ffffffff03012200021101031101ffd9"),
        "a TIFF that claims 4 thousand million columns": b"II*\0\x08\0\0\0\x02\0"
        + struct.pack("<HHIIHHII", 256, 4, 1, 2**32 - 1, 257, 4, 1, 2**32 - 1)
        + bytes(4),
    }


def pictures() -> Iterator[Hostile]:
    payloads = WRONG_KINDS | PATHS | NOT_MEDIA | DATA_URIS | broken_pictures() | bombs()
    for name, value in payloads.items():
        yield Hostile(name, "image", value)
    for kind in ("mask", "segmentation"):
        for name in ("a PNG that claims 60000 x 60000", "half of a JPEG", "a file address", "a pickle", "deep lists"):
            yield Hostile(name, kind, payloads[name])
    for name, words in {
        "too wide": {"max_width": 63},
        "too high": {"max_height": 47},
        "not wide enough": {"min_width": 65},
        "not high enough": {"min_height": 49},
        "too many pixels": {"max_pixels": 64 * 48 - 1},
    }.items():
        yield Hostile(name, "image", picture("PNG"), words)
        yield Hostile(f"{name}, as a data URI", "image", data_uri(picture("JPEG"), "image/jpeg"), words)
    yield Hostile("floating point", "image", picture("TIFF", "F"))
    yield Hostile("an id without a label", "segmentation", picture("PNG", "L"), {"labels": {"sky": 0, "sea": 1}})
    yield Hostile("colours without labels", "segmentation", picture("PNG"))


def sounds() -> Iterator[Hostile]:
    whole = wav()
    cases = {
        "cut short": whole[:-20],
        "half a header": whole[:20],
        "a header only": whole[:44],
        "no sound": wav(data=b""),
        "no channel": wav(channels=0),
        "65535 channels": wav(channels=65535),
        "no rate": wav(rate=0),
        "a rate without end": wav(rate=2**32 - 1),
        "17 bits": wav(bits=17),
        "no bits": wav(bits=0),
        "MP3 in a WAV": wav(kind=85),
        "not numbers": wav(kind=3, bits=32, data=struct.pack("<f", float("nan")) * 8),
        "infinite": wav(kind=3, bits=32, data=struct.pack("<f", float("inf")) * 8),
        "chunks without end": b"RIFF\xff\xff\xff\xffWAVE" + b"junk\xff\xff\xff\xff",
        "a hundred thousand empty chunks": b"RIFF\xff\xff\xff\xffWAVE" + b"junk\0\0\0\0" * 100_000,
        "MP3": b"ID3\x04" + bytes(100),
        "FLAC": b"fLaC" + bytes(100),
        "Ogg": b"OggS" + bytes(100),
    }
    payloads: dict[str, Any] = WRONG_KINDS | NOT_MEDIA | cases
    for name, value in payloads.items():
        yield Hostile(name, "audio", value)
    yield Hostile("too long", "audio", wav(data=bytes(8000)), {"max_duration_s": 0.25})
    yield Hostile("a path", "audio", "/tmp/sound.wav")


def files() -> Iterator[Hostile]:
    for name, value in (PATHS | WRONG_KINDS).items():
        yield Hostile(name, "file", value)
    yield Hostile("too large", "file", data_uri(bytes(2000)), {"max_size_bytes": 1000})
    yield Hostile("too large, in percent signs", "file", "data:," + "%00" * 2000, {"max_size_bytes": 1000})
    yield Hostile("another ending", "file", "data:;name=model.pkl;base64,AAAA", {"extensions": [".safetensors"]})
    payloads: dict[str, Any] = {**NOT_MEDIA, **PATHS}
    for name, value in payloads.items():
        yield Hostile(name, "video", value)
    yield Hostile("AVIF", "video", b"\x00\x00\x00\x18ftypavif" + bytes(100))
    yield Hostile("too large", "video", b"GIF89a" + bytes(2000), {"max_size_bytes": 1000})


NAMES = ["../up.txt", "a/../../up.txt", "/etc/passwd", "C:/up.txt", "a\\b.txt", "\\\\server\\a", "", ".", "..", "a//b"]
NAMES += ["NUL", "com1.txt", "a.", "a ", "a\0b", "a\nb", "a:stream", "a?", "\ud800", "a/" * 40 + "a", "a" * 300]


def folders() -> Iterator[Hostile]:
    for name in NAMES:
        yield Hostile(f"the name {name[:20]!r}", "directory", {"files": {name: "data:,x"}})
    cases: dict[str, Any] = {
        "a file and a folder of one name": {"files": {"a": "data:,x", "a/b": "data:,x"}},
        "a path instead of bytes": {"files": {"a": "/etc/passwd"}},
        "an address instead of bytes": {"files": {"a": "https://example.org/a"}},
        "a number instead of bytes": {"files": {"a": 5}},
        "a list of files": {"files": ["a"]},
        "more fields": {"files": {}, "path": "/etc"},
        "a path beside": {"path": "/etc"},
    }
    for name, value in (cases | PATHS | WRONG_KINDS).items():
        yield Hostile(name, "directory", value)
    yield Hostile("too many files", "directory", {"files": dict.fromkeys("abc", "data:,x")}, {"max_files": 2})
    yield Hostile("too large", "directory", {"files": dict.fromkeys("abc", "data:,xxx")}, {"max_size_bytes": 8})


NAN, INF, HUGE, LONE = float("nan"), float("inf"), 10**400, "fox \ud800"
NOSE = {"name": "nose", "x": 0.5, "y": 0.5}
EVEN = {"is_integer": True, "ge": 2, "le": 32, "step": 2}
COLOURS = {"choices": ["red", "green", 64, False]}
FACE = {"names": ["nose", "left eye"]}
NUMBERS = {"items": {"type": "number"}}

# Each row: a type, its constraints, and values that do not fit them.
PLAIN: list[tuple[str, dict[str, Any], list[Any]]] = [
    (
        "number",
        {},
        ["", " ", "six", "1_000", "0x10", "nan", "inf", "-Infinity", "1e999", "0,5", "1 2", "٣x", "9" * 5000],
    ),
    ("number", {}, [None, True, [], {}, [1], NAN, INF, HUGE, -HUGE]),
    ("number", EVEN, [1, 33, 2.5, 5, 2**63, 1e300, "2.5"]),
    ("text", {}, [None, 5, True, [], {}, ["a"], "a\0b", LONE, "a" * 1_000_001]),
    ("text", {"min_length": 3}, ["", "ab"]),
    ("boolean", {}, [None, 2, -1, 0.5, "", "maybe", "truee", [], {}, [True], LONE, HUGE, NAN]),
    ("category", COLOURS, [None, 1, True, [], {}, ["red"], "Red", "rde", "", LONE, "r" * 1_000_000, HUGE, NAN]),
    ("vector", {}, [None, 5, True, {}, "a", "1,,2", "1_0", "nan", LONE, nested(5000)]),
    ("vector", {}, [[True], [None], ["1"], [[1, 2], [3, 4]], [[1], [1, 2]], [1e39], [HUGE], [NAN], [INF]]),
    ("vector", {"length": 3, "ge": -1}, [[1, 2], [1, 2, 3, 4], [1, 2, -3], []]),
    ("points", {}, [None, 5, True, "0.5, 0.5", {"x": 0, "y": 0}, [5], [None], [[0, 0]] * 10_001, nested(5000)]),
    ("points", {}, [[[0.5]], [[0.5, 300]], [[0.5, -0.1]], [[True, 0]], [["0", 0]], [[0, 0, 5]], [[0, 0, "", 0]]]),
    ("points", {}, [[{"x": 0}], [{"x": 0, "y": 0, "z": 0}], [{"x": 0, "y": 0, "label": LONE}], [{"x": {}, "y": []}]]),
    ("points", {}, [[[NAN, 0]], [[INF, 0]], [[HUGE, 0]], [{1: 2}]]),
    ("bounding_boxes", {}, [[[0, 0, 0, 1]], [[0.5, 0, 0.4, 1]], [[0, 0, 1, 2]], [[0, 0, 1]], [{"x0": 0}], [{}], "box"]),
    ("landmarks", FACE, [[NOSE], [NOSE, NOSE], [NOSE, {**NOSE, "name": "tail"}], [[0, 0]] * 3]),
    ("landmarks", {}, [[{**NOSE, "confidence": 2}], [{**NOSE, "name": 5}], [{**NOSE, "name": LONE}], "nose"]),
    ("json", {}, [nested(5000), {"a": [NAN]}, [INF], HUGE, [LONE], {LONE: 1}, {"a": b"x"}, {1: 2}, {1, 2}]),
    ("json", {}, [[0] * 1_000_001]),
    ("json", {"max_depth": 2, "max_items": 3}, [[[[]]], [1, 2, 3]]),
    ("list", NUMBERS, [None, 5, "1, 2", {"0": 1}, [0, 1, 2, "three"], [[1]], [0] * 10_001, nested(5000)]),
    ("list", {"items": {"type": "image"}}, [["data:,x"], [None], ["/etc/passwd"]]),
]


def shown(value: Any) -> str:
    try:
        return ascii(value)[:60]
    except RecursionError:
        return "deep lists"


def plain_values() -> Iterator[Hostile]:
    for kind, constraints, values in PLAIN:
        for value in values:
            words = f" for {constraints!a}" if constraints else ""
            yield Hostile(f"{shown(value)}{words}", kind, value, constraints)


HOSTILE: tuple[Hostile, ...] = (*pictures(), *sounds(), *files(), *folders(), *plain_values())
