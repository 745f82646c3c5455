"""What a worker says to its host. Upward news travels only like this."""

from __future__ import annotations

from typing import Any

import msgspec

from gesso.messages.value import Value
from gesso.spec.model import Command, Port

PROTOCOL_VERSION = 4
"""The version of both files of messages; host and worker must have the same."""


class _Message(msgspec.Struct, frozen=True, tag_field="t", tag=str.lower):
    pass


class Hello(_Message, frozen=True):
    """The worker is there."""

    protocol: int
    pid: int
    python: str


class Described(_Message, frozen=True):
    """What the model's class declares; the rest of a `ModelSpec` stands in its manifest."""

    description: str
    commands: tuple[Command, ...]
    options: tuple[Port, ...]


class Ready(_Message, frozen=True):
    """`setup` is done.

    `setup_s` is how long import and setup took, in seconds; `versions` are those of Python and the libraries asked for.
    `sees_others` says whether it can look at the memory that `Load` names.
    """

    setup_s: float
    versions: dict[str, str] = {}
    sees_others: bool = False


class ProgressMade(_Message, frozen=True):
    """A run is this far, 0..1. `run` 0 is the setup, here and in `Logged` and `Failed`."""

    run: int
    fraction: float
    text: str


class Logged(_Message, frozen=True):
    """The model logged or printed a line."""

    run: int
    text: str
    level: str


class PreviewMade(_Message, frozen=True):
    """An unfinished value of an output ("" if of none), of the data type `type` with its `constraints`."""

    run: int
    output: str
    type: str
    constraints: dict[str, Any]
    value: Value


class PartMade(_Message, frozen=True):
    """A part of a streaming output, of the data type `type` with its `constraints`."""

    run: int
    output: str
    type: str
    constraints: dict[str, Any]
    value: Value


class Done(_Message, frozen=True):
    """A run has succeeded. `run_s` is what the model's own code took, in seconds."""

    run: int
    outputs: dict[str, Value]
    run_s: float


class Failed(_Message, frozen=True):
    """A run, the setup or a description has failed; `error` is a `GessoError` as `to_data` gives it."""

    run: int
    error: dict[str, str]


class Released(_Message, frozen=True):
    """The worker no longer reads these slots of the host's memory (by offset)."""

    offsets: list[int]


ToHost = Hello | Described | Ready | ProgressMade | Logged | PreviewMade | PartMade | Done | Failed | Released
"""Every message from a worker."""
