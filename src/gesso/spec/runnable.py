"""`Runnable`: the only verb. A model in a worker, a workflow, a deployment and a remote URL all have `spec` and `run`.

A run is asked for with a `Request` and answers with events as they happen: progress, logs, previews and parts of the
output, and at the end exactly one `Result` - or a `RunError` raised from the iteration. Closing the iteration (or
canceling the task that iterates) cancels the run.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeAlias, runtime_checkable

from gesso.spec.model import ModelSpec

MAX_SEED = 2**32 - 1
"""Seeds are 0 .. 2**32 - 1: the range that `random`, numpy and torch share."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked of a `Runnable`.

    `inputs` by name, in any form that the ports' types coerce. `command` None means the first. `seed` None means that
    one is drawn. `session` joins the frames of one stream, for models that remember. `is_background`: whoever waits at
    a screen goes first. `checkpoints` is the folder where a run that takes long, such as a training, keeps what it
    needs to be taken up again; None for others.
    """

    inputs: Mapping[str, object] = field(default_factory=dict)
    command: str | None = None
    seed: int | None = None
    session: str | None = None
    is_background: bool = False
    checkpoints: Path | None = None


@dataclass(frozen=True)
class Progress:
    """How far a run is: `fraction` 0..1, and what it does now in a few words."""

    fraction: float
    text: str = ""


@dataclass(frozen=True)
class Log:
    """A line that the model logged or printed. `level` is debug, info, warning or error; prints are info."""

    text: str
    level: str = "info"


@dataclass(frozen=True)
class Preview:
    """An unfinished value of an output, for looking at. `output` names the port it previews ("" if none)."""

    output: str
    type: str
    value: Any


@dataclass(frozen=True)
class Part:
    """A part of a streaming output, in order: a chunk of a text, an item of a list."""

    output: str
    value: Any


@dataclass(frozen=True)
class Result:
    """The end of a run: every output by name, the seed that was used, and where the time went.

    `queue_s` is how long it waited for its turn, `setup_s` for the worker to get ready (0 if it was warm), `run_s` what
    the model's own code took, `total_s` all of it as the caller saw it; seconds. `versions` says by name which versions
    the result depends on, as far as whoever ran it knows them: {"python": "3.11.7", "numpy": "2.4.6"}.
    """

    outputs: Mapping[str, Any]
    seed: int
    queue_s: float = 0.0
    setup_s: float = 0.0
    run_s: float = 0.0
    total_s: float = 0.0
    versions: Mapping[str, str] = field(default_factory=dict)


Event: TypeAlias = Progress | Log | Preview | Part | Result
"""What a run may say: any number of these, and one `Result` at the end."""


@runtime_checkable
class Runnable(Protocol):
    """Something that can be run: it says what it is, and runs."""

    @property
    def spec(self) -> ModelSpec:
        """What it is called, takes and gives."""
        ...

    def run(self, request: Request) -> AsyncGenerator[Event, None]:
        """Run once. Raises `InputError` or `NotFoundError` for a bad request and `RunError` for a failed run."""
        ...


@runtime_checkable
class Preparable(Protocol):
    """A `Runnable` that can get ready before it is run: make its environment, start its worker, load its weights."""

    async def prepare(self, report: Callable[[Event], None]) -> None:
        """Get ready; `report` hears how it goes on. Does nothing where all is ready. Canceling the task stops it."""
        ...
