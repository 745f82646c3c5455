"""What the host says to a worker."""

from __future__ import annotations

from typing import Any

import msgspec

from gesso.messages.value import Value


class _Message(msgspec.Struct, frozen=True, tag_field="t", tag=str.lower):
    pass


class Describe(_Message, frozen=True):
    """Import the model's file and say what it declares. Answered by `Described` or `Failed`.

    `kind` is the platform that the model was written for, if that is not Gesso: a name of `compat.kinds`.
    """

    entry: str
    class_name: str = ""
    kind: str = ""


class Load(_Message, frozen=True):
    """Get ready: import the model, choose the device, call `setup` with these options (wire form).

    `weights` are the paths of the model's weights, by name; `distributions` are the libraries whose versions the answer
    should tell; `memory` names one of the host's, to try whether it can be opened; `kind` as in `Describe`; `cache` is
    where the model may keep what it can make again. Answered by `Ready` or `Failed`.
    """

    entry: str
    class_name: str = ""
    options: dict[str, Any] = {}
    device: str = "auto"
    weights: dict[str, str] = {}
    distributions: list[str] = []
    memory: str = ""
    kind: str = ""
    cache: str = ""


class Run(_Message, frozen=True):
    """Run a command once. Answered by `Done` or `Failed`, after any number of progress, log, preview and part.

    `is_seed_given`: the request named the seed. `checkpoints` is the folder that outlives the run, if it has one.
    """

    run: int
    command: str
    inputs: dict[str, Value]
    seed: int
    session: str | None = None
    scratch: str = ""
    is_seed_given: bool = False
    checkpoints: str = ""


class Batch(_Message, frozen=True):
    """Run a command for several requests in one call; each is answered by itself."""

    runs: list[Run]


class Cancel(_Message, frozen=True):
    """Stop a run as soon as it asks or says anything; it is answered by `Failed` with the code `canceled`."""

    run: int


class EndSession(_Message, frozen=True):
    """Forget what the model remembers of a session."""

    session: str


class Release(_Message, frozen=True):
    """The host no longer reads these slots of the worker's memory (by offset)."""

    offsets: list[int]


class Stop(_Message, frozen=True):
    """End when what runs is done."""


ToWorker = Describe | Load | Run | Batch | Cancel | EndSession | Release | Stop
"""Every message from the host."""
