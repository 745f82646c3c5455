"""From the bytes of a file to its text, whatever it was saved with: found out, repaired, or refused in words."""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from gesso.errors import InputError
from gesso.types.given import describe_bytes, size

EXPECTED: Final = "a file with text"
"""What every file of a dataset has to be."""

_MARKS: Final = (
    (codecs.BOM_UTF8, "UTF-8"),
    (codecs.BOM_UTF32_LE, "UTF-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_LINE_ENDS: Final = re.compile("\r\n|\r|\x0b|\x0c|\x85|\u2028|\u2029")
_CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")
_MOST_CONTROLS: Final = 0.002  # a text has hardly any, a program or a picture one in ten
_HALF: Final = re.compile("[\udc80-\udcff]")
_ODD_BYTES: Final = bytes(range(0x80, 0xA0))
_AS_WINDOWS: Final = {
    byte: bytes([byte]).decode("cp1252", "ignore") or chr(byte)  # five bytes mean nothing there
    for byte in range(0x80, 0x100)
}
_AS_BYTES: Final = {sign: byte for byte, sign in _AS_WINDOWS.items()}
_LATER: Final = "".join(re.escape(_AS_WINDOWS[byte]) for byte in range(0x80, 0xC0))
_DOUBLED: Final = re.compile(  # what UTF-8 looks like to a program that takes it for Windows-1252: "Ã©" for "é"
    f"[\u00c2-\u00df][{_LATER}]|[\u00e0-\u00ef][{_LATER}]{{2}}|[\u00f0-\u00f4][{_LATER}]{{3}}"
)
_FEWEST_DOUBLED: Final = 2  # once, it may be meant


@dataclass(frozen=True)
class Decoded:
    """A text with plain line ends, what its file was saved with, and what had to be mended in it."""

    text: str
    encoding: str
    repairs: tuple[str, ...] = ()


def decode_text(data: bytes) -> Decoded:
    """Return the text in a file. Raises `InputError` for one that is empty, or is none."""
    if not data.strip():
        raise InputError(EXPECTED, "an empty file" if not data else f"one with nothing but spaces ({size(len(data))})")
    text, encoding, repairs = _decode(data)
    if text.count("\0") or len(_CONTROLS.findall(text)) > max(8, len(text) * _MOST_CONTROLS):
        raise _no_text(data)
    text, doubled = _undouble(text)
    if doubled:
        repairs = [*repairs, f"{_signs(doubled)} had been saved twice over (like Ã© for é)"]
    text = unicodedata.normalize("NFC", _CONTROLS.sub("", _LINE_ENDS.sub("\n", text)))
    return Decoded(text, encoding, tuple(repairs))


def _decode(data: bytes) -> tuple[str, str, list[str]]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _marked(data, encoding)
    try:
        return data.decode(), "UTF-8", []
    except UnicodeDecodeError:
        return _mended(data)


def _marked(data: bytes, encoding: str) -> tuple[str, str, list[str]]:
    name = "utf-8-sig" if encoding == "UTF-8" else encoding
    try:
        return data.decode(name), encoding, []
    except UnicodeDecodeError as error:
        if encoding == "UTF-8":
            return _mended(data.removeprefix(codecs.BOM_UTF8))
        raise InputError(
            EXPECTED, f"one that says it is {encoding} and is not (byte {error.start + 1})", hint="Save it as UTF-8."
        ) from error


def _mended(data: bytes) -> tuple[str, str, list[str]]:
    """Read what is not UTF-8: either all of it is Windows-1252, or a few signs among much that is UTF-8 are."""
    if b"\0" in data:
        raise _no_text(data)
    text = data.decode("utf-8", "surrogateescape")
    wrong = len(_HALF.findall(text))
    right = sum(sign > "\x7f" for sign in text) - wrong
    if right > wrong:
        mended = _HALF.sub(lambda found: _AS_WINDOWS[ord(found[0]) - 0xDC00], text)
        return mended, "UTF-8", [f"{_signs(wrong)} were not UTF-8 and were read as Windows-1252"]
    is_windows = any(byte in data for byte in _ODD_BYTES)
    if not is_windows:
        return data.decode("latin-1"), "Latin-1", []
    decoded = data.decode("cp1252", "surrogateescape")
    return _HALF.sub(lambda found: chr(ord(found[0]) - 0xDC00), decoded), "Windows-1252", []


def _undouble(text: str) -> tuple[str, int]:
    """Mend a text whose UTF-8 was once taken for Windows-1252 and saved again. Returns it, and how many signs."""
    found = _DOUBLED.findall(text)
    if len(found) < _FEWEST_DOUBLED or len(found) < sum(sign > "\x7f" for sign in _DOUBLED.sub("", text)):
        return text, 0
    mended = _DOUBLED.sub(lambda one: _as_meant(one[0]), text)
    return mended, len(found)


def _as_meant(doubled: str) -> str:
    try:
        return bytes(_AS_BYTES[sign] for sign in doubled).decode()
    except (KeyError, UnicodeDecodeError):
        return doubled


def _signs(count: int) -> str:
    return "1 sign" if count == 1 else f"{count} signs"


def _no_text(data: bytes) -> InputError:
    given = describe_bytes(data)
    if given.startswith("a text file"):
        given = f"one with signs in it that no text has ({size(len(data))})"
    return InputError(EXPECTED, given, hint="Save it as plain text, in UTF-8.")
