"""Test a model without a process of its own, and test what calls models without a model.

    from gesso.testing import run_model

    def test_two_colours_are_left() -> None:
        trial = run_model(Posterise, photo=Image(pixels), colours=2)
        assert ... trial.outputs["output"] ...

`run_model` runs a model right here, with the checks that a worker makes. `FakeWorker` is a `Runnable` that only plays.
"""

from __future__ import annotations

import asyncio
import atexit
import inspect
import shutil
import tempfile
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from gesso.errors import GessoError
from gesso.runtime.worker.device import give_device
from gesso.runtime.worker.invoke import as_model_error, call, call_async, check_preview, preview_port
from gesso.runtime.worker.seeding import seed_libraries
from gesso.sdk import context, declaration
from gesso.sdk.declaration import Binding
from gesso.sdk.model import Model, WeightPaths
from gesso.spec.model import ModelSpec, Port, coerce_ports
from gesso.spec.runnable import Event, Log, Part, Preview, Progress, Request, Result

__all__ = ["Answer", "FakeWorker", "Trial", "run_model", "set_up"]


@dataclass(frozen=True)
class Trial(Result):
    """What a run in this process gave: a `Result`, and in `events` what the model said on the way, in order."""

    events: tuple[Event, ...] = ()

    @property
    def output(self) -> Any:
        """The output of a model that has only one."""
        (only,) = self.outputs.values()
        return only


def set_up(
    model: type[Model], *, weights: Mapping[str, Path] | None = None, cache_folder: Path | None = None, **options: Any
) -> Model:
    """Make a model and get it ready as a worker does: options checked, device chosen, `setup` called.

    `weights` are the files that stand for those which the model declares, by name; nothing is downloaded.
    `cache_folder` is a temporary one if none is named.
    """
    made = model()
    values = coerce_ports(declaration.options(model), options)
    seed_libraries(0)
    give_device(made, "auto")
    made.weights = WeightPaths(weights or {})
    made.cache_folder = cache_folder or _temporary("gesso-test-cache-")
    waiting = made.setup(**values)
    if inspect.iscoroutine(waiting):
        asyncio.run(waiting)
    return made


def run_model(
    model: type[Model] | Model,
    /,
    command: str | None = None,
    *,
    seed: int | None = None,
    checkpoints: Path | None = None,
    options: Mapping[str, Any] | None = None,
    **inputs: Any,
) -> Trial:
    """Run a model once in this process, with the checks, the seed and the errors of a worker.

    A class is made and set up (with `options`) for this run; an object, say from `set_up`, is used as it is and may be
    run again. `seed` None is the seed 0, and not given; `checkpoints` is the folder that outlives the run, by default a
    temporary one. `inputs` are given as a client gives them. A `State` is given like an input; without one the run gets
    a new one. Raises `InputError` for a bad input and `ModelError` where the model fails or returns what it did not
    declare. What the model prints is printed.
    """
    ready = set_up(model, **(options or {})) if isinstance(model, type) else model
    bindings = declaration.bind(type(ready))
    described = ModelSpec(name=type(ready).__name__, commands=tuple(each.command for each in bindings.values()))
    binding = bindings[described.command(command).name]
    states = {name: inputs.pop(name) if name in inputs else make() for name, make in binding.states.items()}
    arguments = binding.command.coerce(inputs) | states
    run = _Run(binding, seed, checkpoints=checkpoints)
    seed_libraries(run.seed)
    began = time.perf_counter()
    try:
        with context.running(run):
            outputs = _call(ready, binding, arguments=arguments, run=run)
    except Exception as error:
        raise as_model_error(error) from error
    run_s = time.perf_counter() - began
    return Trial(outputs, run.seed, run_s=run_s, total_s=run_s, events=tuple(run.events))


def _call(model: Model, binding: Binding, *, arguments: Mapping[str, Any], run: _Run) -> dict[str, Any]:
    if binding.command.is_async:
        return asyncio.run(call_async(model, binding, arguments=arguments, on_part=run.part))
    return call(model, binding, arguments=arguments, on_part=run.part)


def _temporary(prefix: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


class _Run:
    """A `RunContext` that keeps what the model says."""

    def __init__(self, binding: Binding, seed: int | None, *, checkpoints: Path | None) -> None:
        self._binding = binding
        self._scratch: Path | None = None
        self._checkpoints = checkpoints
        self.events: list[Event] = []
        self.seed = seed or 0
        self.is_seed_given = seed is not None
        self.is_canceled = False

    @property
    def scratch(self) -> Path:
        """A folder that stays until the tests are over: outputs may lie in it."""
        if self._scratch is None:
            self._scratch = _temporary("gesso-test-")
        return self._scratch

    @property
    def checkpoints(self) -> Path:
        """The folder that was given, or one beside what the run makes."""
        folder = self._checkpoints or self.scratch / "checkpoints"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def progress(self, fraction: float, text: str) -> None:
        self.events.append(Progress(fraction, text))

    def log(self, text: str, level: str) -> None:
        self.events.append(Log(text, level))

    def preview(self, value: Any, output: str) -> None:
        port = preview_port(self._binding, value, output=output)
        self.events.append(Preview(port.name, port.type, check_preview(port, value)))

    def part(self, port: Port, value: Any) -> None:
        self.events.append(Part(port.name, value))


Answer: TypeAlias = Iterable[Event | GessoError] | Callable[[Request], Mapping[str, Any]]
"""What a `FakeWorker` does: events to tell and errors to raise, in order; or a function from a request to outputs."""


class FakeWorker:
    """A `Runnable` without a model, for tests of what runs models. `requests` has what was asked of it."""

    def __init__(self, spec: ModelSpec, answer: Answer) -> None:
        self.spec = spec
        self.requests: list[Request] = []
        self._answer = answer

    async def run(self, request: Request) -> AsyncGenerator[Event, None]:
        """Check the request as a worker does, and answer it."""
        command = self.spec.command(request.command)
        values = command.coerce(request.inputs)
        self.requests.append(request)
        if callable(self._answer):
            outputs = self._answer(replace(request, inputs=values, command=command.name))
            for name in outputs:
                command.output(name)
            yield Result(dict(outputs), request.seed or 0)
            return
        for event in self._answer:
            if isinstance(event, GessoError):
                raise event
            yield event
