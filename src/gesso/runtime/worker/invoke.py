"""Call a model: one run, or several as a batch, synchronous or not, streaming or not, with its state.

The same code runs a model in its worker and, for tests, in the process at hand (`gesso.testing`).
"""

from __future__ import annotations

import dataclasses
import inspect
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from gesso.errors import GessoError, InputError, ModelError, RunError
from gesso.runtime.worker.loading import own_traceback
from gesso.runtime.worker.texts import said_by
from gesso.sdk.declaration import Binding
from gesso.sdk.model import Model, State
from gesso.spec.model import Port
from gesso.types import catalogue

_PACKAGE = Path(__file__).parents[2]
_SPEAKS_FOR_A_MODEL = tuple(str(_PACKAGE / room) for room in ("compat", "models", "trainers"))

OnPart = Callable[[Port, Any], None]
"""Told of each part of a streaming output, with a port for the part's own data type."""


class Sessions:
    """What stateful commands remember, by session."""

    def __init__(self) -> None:
        self._states: dict[tuple[str, str, str], State] = {}

    def states(self, binding: Binding, session: str | None) -> dict[str, State]:
        """Return the `State` arguments of a command for a session; without one they are new each time."""
        if session is None:
            return {name: make() for name, make in binding.states.items()}
        return {
            name: self._states.setdefault((session, binding.command.name, name), make())
            for name, make in binding.states.items()
        }

    def end(self, session: str) -> None:
        """Forget a session."""
        self._states = {key: state for key, state in self._states.items() if key[0] != session}


def as_model_error(error: BaseException) -> GessoError:
    """Return what to tell of an exception from a model's code.

    A failed run stays what it is, and so does an `InputError` that the model itself raises: it refuses what it was
    given. One that comes from Gesso's own code, as for a picture that the model made wrong, is the model's fault. What
    a model says by a plain `GessoError` is meant for people, and told as it is.
    """
    if isinstance(error, RunError) or (isinstance(error, InputError) and not _is_raised_by_us(error)):
        return error
    if type(error) is GessoError and not _is_raised_by_us(error):
        return ModelError(error.message, hint=error.hint, detail=error.detail)
    kind = "" if isinstance(error, GessoError) else type(error).__name__
    said = ": ".join(filter(None, ["The model failed", kind, said_by(error)]))
    return ModelError(said.rstrip(".") + ".", detail=own_traceback(error))


def _is_raised_by_us(error: BaseException) -> bool:
    frames = [frame.f_code.co_filename for frame, _ in traceback.walk_tb(error.__traceback__)]
    return bool(frames) and frames[-1].startswith(str(_PACKAGE)) and not frames[-1].startswith(_SPEAKS_FOR_A_MODEL)


def call(model: Model, binding: Binding, *, arguments: Mapping[str, Any], on_part: OnPart) -> dict[str, Any]:
    """Run a synchronous command. Returns its outputs by name, checked against the ports."""
    result = getattr(model, binding.method)(**arguments)
    if not binding.command.is_streaming:
        return outputs_of(binding, result)
    stream = _Stream(binding, on_part)
    for item in result:
        stream.take(item)
    return stream.outputs()


async def call_async(
    model: Model, binding: Binding, *, arguments: Mapping[str, Any], on_part: OnPart
) -> dict[str, Any]:
    """Run a command written with `async def`; otherwise like `call`."""
    result = getattr(model, binding.method)(**arguments)
    if not binding.command.is_streaming:
        return outputs_of(binding, await result)
    stream = _Stream(binding, on_part)
    async for item in result:
        stream.take(item)
    return stream.outputs()


def call_batch(
    model: Model, binding: Binding, *, requests: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any] | Exception]:
    """Run a command's `_batch` method for several requests. Returns outputs or an error for each, in order.

    Each parameter is a list with one value per request (the parameter's own default where a request has none); the
    method returns a list of results, in which an exception stands for a request that failed by itself.
    """
    name = binding.command.name
    parameters = inspect.signature(getattr(model, name)).parameters
    lists = {
        key: [request.get(key, parameter.default) for request in requests] for key, parameter in parameters.items()
    }
    results = list(getattr(model, f"{name}_batch")(**lists))
    if len(results) != len(requests):
        raise ModelError(f"{name}_batch returned {len(results)} results for {len(requests)} requests.")
    return [_checked(binding, result) for result in results]


def _checked(binding: Binding, result: Any) -> dict[str, Any] | Exception:
    if isinstance(result, Exception):
        return result
    try:
        return outputs_of(binding, result)
    except GessoError as error:
        return error


def outputs_of(binding: Binding, result: Any) -> dict[str, Any]:
    """Check what a command returned against its output ports and return the values by name."""
    ports = binding.command.outputs
    if not binding.has_fields:
        return {ports[0].name: _coerce(ports[0], result)}
    return {port.name: _coerce(port, value) for port, value in zip(ports, _fields(ports, result), strict=True)}


def _fields(ports: Sequence[Port], result: Any) -> Iterator[Any]:
    names = [port.name for port in ports]
    if isinstance(result, Mapping) and set(result) == set(names):
        return (result[name] for name in names)
    is_dataclass = dataclasses.is_dataclass(result) and not isinstance(result, type)
    if is_dataclass or (isinstance(result, tuple) and hasattr(result, "_fields")):
        return (getattr(result, name) for name in names)
    if isinstance(result, tuple) and len(result) == len(names):
        return iter(result)
    raise ModelError(f"The model returned {type(result).__name__}, but its outputs are {', '.join(names)}.")


def _coerce(port: Port, value: Any) -> Any:
    try:
        return port.data_type.coerce(value)
    except InputError as error:
        where = f"output {port.name!r}" + (f" at {error.where}" if error.where else "")
        # its hint is for people who send inputs, and does not help who wrote the model
        raise ModelError(f"The model's {where} should be {error.expected}, but it returned {error.given}.") from error


class _Stream:
    """Joins the parts of a streaming output: texts to one text, all else to a list."""

    def __init__(self, binding: Binding, on_part: OnPart) -> None:
        self._port = binding.command.outputs[0]
        self._on_part = on_part
        self._parts: list[Any] = []
        if self._port.type == "text":  # the limits are those of the whole text
            self._item_port = dataclasses.replace(self._port, constraints=_loose(self._port))
        else:
            items = self._port.constraints["items"]
            self._item_port = dataclasses.replace(self._port, type=items["type"], constraints=items["constraints"])

    def take(self, item: Any) -> None:
        """Check a part, keep it and pass it on."""
        part = _coerce(self._item_port, item)
        self._parts.append(part)
        self._on_part(self._item_port, part)

    def outputs(self) -> dict[str, Any]:
        """Return the whole."""
        whole = "".join(self._parts) if self._port.type == "text" else self._parts
        return {self._port.name: _coerce(self._port, whole)}


def type_of_preview(value: Any) -> str:
    """Return the data type in which a value without a port is shown: text for a text, else a picture."""
    return "text" if isinstance(value, str) else "image"


def preview_port(binding: Binding, value: Any, *, output: str) -> Port:
    """Return the port that a preview belongs to: the one named, the only one, or one made for the value."""
    outputs = binding.command.outputs
    if output:
        return binding.command.output(output)
    if len(outputs) == 1 and not binding.command.is_streaming:
        return outputs[0]
    return Port(name="", type=type_of_preview(value))


def check_preview(port: Port, value: Any) -> Any:
    """Check a preview against its port's data type, without the limits that only a finished value must keep."""
    return _coerce(dataclasses.replace(port, constraints=_loose(port)), value)


def _loose(port: Port) -> dict[str, Any]:
    limits = ("min_", "max_", "length")
    known = {field.name for field in dataclasses.fields(catalogue.by_name(port.type))}
    return {word: value for word, value in port.constraints.items() if word in known and not word.startswith(limits)}
