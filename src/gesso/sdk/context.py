"""What a model may say while it runs, and what it may ask.

It says `progress`, `log` and `preview`, and asks for `seed`, `scratch` and `checkpoints`, `is_seed_given`, `wanted` and
`is_canceled`.
Outside a run (a model called from a plain script) they do nothing, so that a model needs no special case.
"""

from __future__ import annotations

import functools
import math
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias

from gesso.errors import CanceledError


class RunContext(Protocol):
    """Where a run's news goes: the worker sends it to the host, a test collects it."""

    seed: int
    is_seed_given: bool

    @property
    def is_canceled(self) -> bool:
        """Whether nobody wants the run any more."""

    @property
    def scratch(self) -> Path:
        """The run's own folder; it is there."""

    @property
    def checkpoints(self) -> Path:
        """The folder that outlives the run; it is there."""

    def progress(self, fraction: float, text: str) -> None:
        """Take the fraction done, 0..1, and what is being done."""

    def log(self, text: str, level: str) -> None:
        """Take a line of the model's log."""

    def preview(self, value: Any, output: str) -> None:
        """Take an unfinished value of the output of that name ("" for the only one)."""


_current: ContextVar[RunContext | None] = ContextVar("gesso_run", default=None)
_under_way: list[RunContext] = []
"""The runs that have begun and not ended, the latest last: for threads that the model itself started, where no context
variable reaches."""
LEVELS = ("debug", "info", "warning", "error")
"""The levels of a log's lines."""
Wanted: TypeAlias = Literal["go on", "pause", "finish"]
"""What is wanted of a run that takes long."""


@contextmanager
def running(context: RunContext) -> Iterator[None]:
    """Make `context` the current run for the code inside."""
    _under_way.append(context)
    token = _current.set(context)
    try:
        yield
    finally:
        _current.reset(token)
        _under_way.remove(context)


def current() -> RunContext | None:
    """Return the current run, or None outside one."""
    return _current.get() or (_under_way[-1] if _under_way else None)


def _checked() -> RunContext | None:
    context = current()
    if context is not None and context.is_canceled:
        raise CanceledError("The run was canceled.")
    return context


def progress(fraction: float, text: str = "") -> None:
    """Say how far the run is: `fraction` 0..1 (larger or smaller values are cut), and what it does in a few words.

    Also the place where a canceled run stops: it raises `CanceledError`.
    """
    context = _checked()
    if context is not None:
        fraction = float(fraction)
        context.progress(0.0 if math.isnan(fraction) else min(max(fraction, 0.0), 1.0), str(text))


def log(text: str, level: str = "info") -> None:
    """Write a line to the run's log. `level` is "debug", "info", "warning" or "error"."""
    context = _checked()
    if context is not None:
        context.log(str(text), level if level in LEVELS else "info")


def preview(value: Any, output: str = "") -> None:
    """Show an unfinished value of an output (by name; not needed where there is only one)."""
    context = _checked()
    if context is not None:
        context.preview(value, output)


def is_canceled() -> bool:
    """Say whether somebody canceled the run; a model that would rather clean up than be stopped asks this."""
    context = current()
    return context is not None and context.is_canceled


def seed() -> int:
    """Return the run's seed, 0 .. 2**32 - 1. `random`, numpy and torch are seeded with it before the run already."""
    context = current()
    return 0 if context is None else context.seed


def is_seed_given() -> bool:
    """Say whether somebody named the run's seed, or a job wrote it down: then the same must come out again."""
    context = current()
    return context is not None and context.is_seed_given


def scratch() -> Path:
    """Return a folder for files that the run makes; an output in it is kept, the rest goes when the run is over."""
    context = current()
    return Path.cwd() if context is None else context.scratch


def checkpoints() -> Path:
    """Return the folder of a run that takes long: it outlives the run, and is there again when the run is taken up.

    Where nobody keeps one (any other run, a plain script) it is a temporary one.
    """
    context = current()
    return _temporary() if context is None else context.checkpoints


def wanted() -> Wanted:
    """Return what is wanted of a run that takes long; whoever wants something writes it into the file `wanted` there.

    "pause": keep a checkpoint and raise `CanceledError`; "finish": take what is there, and return; else "go on".
    """
    try:
        said = (checkpoints() / "wanted").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return "go on"
    return "pause" if said == "pause" else "finish" if said == "finish" else "go on"


@functools.cache
def _temporary() -> Path:
    return Path(tempfile.mkdtemp(prefix="gesso-checkpoints-"))
