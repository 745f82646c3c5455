"""Open Sound Control, version 1.0: messages and bundles as they lie in a packet.

https://opensoundcontrol.stanford.edu/spec-1_0.html
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final, TypeAlias

Argument: TypeAlias = str | int | float | bytes | bool | None
"""What an argument of a message may be."""

LARGEST_BYTES: Final = 65_507
"""The largest packet that UDP carries."""
_BUNDLE: Final = b"#bundle\0"
_DEEPEST: Final = 8
_MOST_MESSAGES: Final = 256
_NUMBERS: Final = {"i": ">i", "f": ">f", "h": ">q", "d": ">d", "t": ">Q", "c": ">i", "r": ">I", "m": ">I"}
_PLAIN: Final[dict[str, Argument]] = {"T": True, "F": False, "N": None, "I": True}


@dataclass(frozen=True)
class Message:
    """A message: an address like "/query", and what is said."""

    address: str
    arguments: tuple[Argument, ...] = ()


def encode(address: str, text: str) -> bytes:
    """Return the packet of a message with one text."""
    return _padded(address.encode()) + _padded(b",s") + _padded(text.encode(errors="replace").replace(b"\0", b""))


def decode(packet: bytes) -> list[Message]:
    """Return the messages in a packet, those of a bundle one after the other. Raises `ValueError` if it is none."""
    messages: list[Message] = []
    try:
        _read_packet(packet, messages, depth=0)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise ValueError(f"a broken packet of OSC: {error}") from error
    return messages


def _read_packet(packet: bytes, messages: list[Message], *, depth: int) -> None:
    if len(messages) >= _MOST_MESSAGES or depth > _DEEPEST:
        raise ValueError("a packet of OSC with too much in it")
    if not packet.startswith(_BUNDLE):
        messages.append(_read_message(packet))
        return
    place = 16  # after the time, which we don't wait for
    while place < len(packet):
        (length,) = struct.unpack_from(">I", packet, place)
        if not 0 < length <= len(packet) - place - 4:
            raise ValueError("a bundle of OSC that is cut short")
        _read_packet(packet[place + 4 : place + 4 + length], messages, depth=depth + 1)
        place += 4 + length


def _read_message(packet: bytes) -> Message:
    address, place = _read_text(packet, 0)
    if not address.startswith("/"):
        raise ValueError("a message of OSC without an address")
    if place >= len(packet):  # as very old programs send it
        return Message(address)
    tags, place = _read_text(packet, place)
    if not tags.startswith(","):
        raise ValueError("a message of OSC without types")
    arguments: list[Argument] = []
    for tag in tags[1:]:
        if tag in "[]":  # arrays are read flat
            continue
        argument, place = _read_argument(packet, tag, place=place)
        arguments.append(argument)
    return Message(address, tuple(arguments))


def _read_argument(packet: bytes, tag: str, *, place: int) -> tuple[Argument, int]:
    if tag in _PLAIN:
        return _PLAIN[tag], place
    if tag in _NUMBERS:
        (number,) = struct.unpack_from(_NUMBERS[tag], packet, place)
        return number, place + struct.calcsize(_NUMBERS[tag])
    if tag in {"s", "S"}:
        return _read_text(packet, place)
    if tag == "b":
        (length,) = struct.unpack_from(">I", packet, place)
        if length > len(packet) - place - 4:
            raise ValueError("bytes in OSC that are cut short")
        return packet[place + 4 : place + 4 + length], place + 4 + length + -length % 4
    raise ValueError(f"the type {tag!r}, which OSC does not have")


def _read_text(packet: bytes, place: int) -> tuple[str, int]:
    end = packet.find(b"\0", place)
    if end < 0:
        raise ValueError("a text in OSC that does not end")
    return packet[place:end].decode(), end + 4 - (end - place) % 4


def _padded(text: bytes) -> bytes:
    return text + b"\0" * (4 - len(text) % 4)
