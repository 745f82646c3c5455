"""The ledger of contacts: which other computers Gesso has spoken with, when, what for, and how much came back.

A contact is written down when it begins and again when it ends, each as one line of JSON, so that one in whose middle
the power failed is there too. What somebody fetched may be a secret: hosts are written down, not whole addresses.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, TypeAlias

import msgspec
from filelock import FileLock

Outcome: TypeAlias = Literal["done", "failed", "canceled", "unfinished"]
"""How a contact ended. "unfinished": it still goes on, or nobody was left to say how it ended."""

_FILE_BYTES: Final = 1_000_000  # about 3000 contacts
_OLDER_FILES: Final = 4


@dataclass(frozen=True, kw_only=True)
class Contact:
    """One request to one host. `began_at` is ISO 8601 in UTC; `what_for` and `error` are words for people."""

    began_at: str
    host: str
    what_for: str
    received_bytes: int = 0
    outcome: Outcome = "unfinished"
    error: str = ""


class _Line(msgspec.Struct, omit_defaults=True):
    """A line of the file: the beginning of a contact has a host, its end has not."""

    id: str
    at: str
    host: str = ""
    what_for: str = ""
    received_bytes: int = 0
    outcome: Outcome = "unfinished"
    error: str = ""


class Ledger:
    """The contacts of a home, kept in `contacts.jsonl` and, for a while, in `contacts.1.jsonl` and so on."""

    def __init__(self, home: Path) -> None:
        self._path = home / "contacts.jsonl"

    def begin(self, host: str, what_for: str) -> str:
        """Write down that a contact begins. Returns what `end` knows it by. Raises `OSError` if it cannot be kept."""
        line = _Line(secrets.token_hex(8), _now(), host=host, what_for=what_for)
        self._append(line)
        return line.id

    def end(self, contact_id: str, *, received_bytes: int, outcome: Outcome, error: str = "") -> None:
        """Write down how a contact ended. Raises `OSError` if it cannot be kept."""
        self._append(_Line(contact_id, _now(), received_bytes=received_bytes, outcome=outcome, error=error))

    def contacts(self) -> list[Contact]:
        """Return the contacts that are still known, the oldest first."""
        begun: dict[str, Contact] = {}
        for line in self._lines():
            if line.host:
                begun[line.id] = Contact(began_at=line.at, host=line.host, what_for=line.what_for)
            elif line.id in begun:
                begun[line.id] = replace(
                    begun[line.id], received_bytes=line.received_bytes, outcome=line.outcome, error=line.error
                )
        return list(begun.values())

    def _append(self, line: _Line) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self._path.with_suffix(".lock")):
            if self._path.exists() and self._path.stat().st_size >= _FILE_BYTES:
                self._rotate()
            descriptor = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "ab+") as file:
                file.seek(max(file.tell() - 1, 0))
                is_cut_off = file.read(1) not in {b"", b"\n"}  # a crash in the middle of the last line
                file.write((b"\n" if is_cut_off else b"") + msgspec.json.encode(line) + b"\n")

    def _rotate(self) -> None:
        for number in range(_OLDER_FILES, 0, -1):
            younger = self._older(number - 1)
            if younger.exists():
                younger.replace(self._older(number))

    def _older(self, number: int) -> Path:
        return self._path if number == 0 else self._path.with_suffix(f".{number}.jsonl")

    def _lines(self) -> Iterator[_Line]:
        """Yield every line; one that was cut off by a crash is left out."""
        for number in range(_OLDER_FILES, -1, -1):
            path = self._older(number)
            for text in path.read_bytes().splitlines() if path.exists() else ():
                try:
                    yield msgspec.json.decode(text, type=_Line)
                except msgspec.MsgspecError:
                    continue


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
