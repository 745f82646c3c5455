"""`Model`, the class that every model derives from, and what stands beside it."""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from gesso.errors import CanceledError, DeclarationError

_Method = TypeVar("_Method", bound=Callable[..., Any])

COMMAND_MARK = "__gesso_command__"
"""The attribute that `@command` leaves on a method."""


class WeightPaths(dict[str, Path]):
    """Where the files of weights lie that a model has declared, by name."""

    def __missing__(self, name: str) -> Path:
        raise DeclarationError(
            f"The model asks for the weights {name!r}, but it declares {', '.join(self) or 'none'}.",
            hint=f'Write in gesso.toml: [[weights]], and below it name = "{name}", url, sha256.',
        )


class Model:
    """A machine-learning model: `setup` once per worker, then `run` for each request.

    Inputs and outputs are declared by the annotations of `run`; a model with several commands marks each with
    `@command`. A model that can do several requests in one call has `run_batch` (or `<command>_batch`): the same
    parameters, each a list, and a list of results; it gets at most `max_batch` at once. Options of `setup` are declared
    by its annotations likewise.
    """

    device: str = "auto"
    """Where to compute: "cuda", "mps" or "cpu". The worker has it say so before `setup`; "auto" only before that.

    Who reads it waits for torch, where that is installed, to say which GPU there is. A class that says `device = "cpu"`
    computes nowhere else, if nobody asks for it: torch is not even looked for.
    """

    weights: WeightPaths = WeightPaths()
    """Where the files lie that `[[weights]]` in `gesso.toml` declares: `self.weights["model.onnx"]` is a `Path`.

    The worker has them downloaded, checked and set before `setup`. They are shared by models: read them only.
    """

    cache_folder: Path = Path(tempfile.gettempdir(), "gesso-cache")
    """Where the model may keep what takes long to make and can be made again: in Gesso's home, by the model's name.

    The worker sets it before `setup`. It may not be there yet; several workers, and other versions of the model, use it
    at once; and somebody may empty it while none runs.
    """

    max_batch: ClassVar[int] = 16
    """How many requests `run_batch` gets at most in one call: 1 .. 1024. More need more memory."""

    canceled_by: ClassVar[type[BaseException]] = CanceledError
    """What a cancel raises in the code of a command that is not async; models of another platform have their own."""

    commands: ClassVar[dict[str, Callable[..., Any]]] = {}
    """The functions of the model's commands by name, in the order they are written."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        marked = {name: value for name, value in vars(cls).items() if getattr(value, COMMAND_MARK, False)}
        plain = {"run": vars(cls)["run"]} if "run" in vars(cls) else {}
        cls.commands = cls.commands | plain | marked

    def setup(self) -> Awaitable[None] | None:
        """Load weights and whatever else takes time, once per worker; may be async where the commands are.

        A model may declare options as parameters.
        """
        return None


class State:
    """What a model remembers from one frame to the next.

    A command with a parameter annotated with a subclass of `State` gets one object per session (a camera, a video),
    made with no arguments when the session begins and forgotten when it ends. A run without a session gets a new one.
    """


def command(method: _Method) -> _Method:
    """Mark a method of a `Model` as one of its commands; its name is the command's."""
    setattr(method, COMMAND_MARK, True)
    return method
