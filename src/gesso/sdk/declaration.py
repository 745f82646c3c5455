"""Read a `Model` class: its typed commands become data (`Command`) and what is needed to call them (`Binding`)."""

from __future__ import annotations

import collections.abc
import dataclasses
import inspect
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Union

from gesso.errors import DeclarationError, InputError
from gesso.sdk.model import Model, State
from gesso.spec.model import Command, Port
from gesso.types import catalogue
from gesso.types.catalogue import Declared

OUTPUT_NAME = "output"
"""The name of an output that has none of its own, because the command returns a single value."""

_ATTRIBUTE = "__gesso_declaration__"
_LARGEST_BATCH = 1024
_STREAMS = (collections.abc.Iterator, collections.abc.Generator, collections.abc.Iterable)
_ASYNC_STREAMS = (collections.abc.AsyncIterator, collections.abc.AsyncGenerator, collections.abc.AsyncIterable)


@dataclass(frozen=True, kw_only=True)
class Binding:
    """A command and how to call it: its method, parameters that are `State`s, whether outputs are fields of the result.

    The method takes the inputs as keywords; it has the command's own name, but for models of another platform, whose
    names may be no names of Python.
    """

    command: Command
    method: str
    states: Mapping[str, type[State]]
    has_fields: bool


@dataclass(frozen=True)
class Declaration:
    """What a model declares that has no annotations to read: its commands by name, and the options of its `setup`."""

    bindings: Mapping[str, Binding]
    options: tuple[Port, ...]


def attach(model: type[Model], declaration: Declaration) -> None:
    """Give a class that was made of something else its declaration; `bind` and `options` then read that."""
    setattr(model, _ATTRIBUTE, declaration)


def bind(model: type[Model]) -> dict[str, Binding]:
    """Read every command of a model class, by name; a mistake in one raises `DeclarationError` that names it."""
    attached: Declaration | None = getattr(model, _ATTRIBUTE, None)
    if attached is not None:
        return dict(attached.bindings)
    if not model.commands:
        raise DeclarationError(
            f"{model.__name__} has nothing to run.",
            hint="Write a method `run` with annotated inputs and an annotated result, or mark methods with @command.",
        )
    return {name: _bind_command(model, name) for name in model.commands}


def options(model: type[Model]) -> tuple[Port, ...]:
    """Read the options of a model: the parameters of its `setup`."""
    attached: Declaration | None = getattr(model, _ATTRIBUTE, None)
    if attached is not None:
        return attached.options
    ports, states = _read_inputs(model.setup, f"{model.__name__}.setup")
    if states:
        raise DeclarationError(f"{model.__name__}.setup cannot take a State: there is no session yet.")
    return ports


def _bind_command(model: type[Model], name: str) -> Binding:
    function = model.commands[name]
    where = f"{model.__name__}.{name}"
    inputs, states = _read_inputs(function, where)
    returned = _hints(function, where).get("return")
    item, is_streaming = _unwrap_stream(returned)
    outputs, has_fields = _read_outputs(item, where, is_streaming=is_streaming)
    return Binding(
        command=Command(
            name=name,
            description=inspect.cleandoc(function.__doc__ or ""),
            inputs=inputs,
            outputs=outputs,
            is_streaming=is_streaming,
            max_batch=_max_batch(model) if callable(getattr(model, f"{name}_batch", None)) else 1,
            is_stateful=bool(states),
            is_async=inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function),
        ),
        method=name,
        states=states,
        has_fields=has_fields,
    )


def _max_batch(model: type[Model]) -> int:
    most = model.max_batch
    if isinstance(most, bool) or not isinstance(most, int) or not 1 <= most <= _LARGEST_BATCH:
        raise DeclarationError(
            f"{model.__name__}.max_batch is {most!r}.", hint=f"Write a whole number from 1 to {_LARGEST_BATCH}."
        )
    return most


def _hints(function: Callable[..., Any], where: str) -> dict[str, Any]:
    try:
        return typing.get_type_hints(function, include_extras=True)
    except NameError as error:
        raise DeclarationError(f"{where}: the annotation {error.name!r} is not known.", hint="Import it.") from error
    except TypeError as error:
        raise DeclarationError(f"{where}: an annotation is not a type: {error}.") from error


def _read_inputs(function: Callable[..., Any], where: str) -> tuple[tuple[Port, ...], dict[str, type[State]]]:
    hints = _hints(function, where)
    ports, states = [], {}
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            raise DeclarationError(f"{where}: {parameter} cannot be an input.", hint="Name each input by itself.")
        if parameter.name not in hints:
            raise DeclarationError(
                f"{where}: the input {parameter.name!r} has no type.", hint=f"Write `{parameter.name}: Image`, say."
            )
        hint = hints[parameter.name]
        if isinstance(hint, type) and issubclass(hint, State):
            states[parameter.name] = hint
        else:
            ports.append(_input_port(parameter, hint, where=f"{where}, input {parameter.name!r}"))
    return tuple(ports), states


def _input_port(parameter: inspect.Parameter, hint: Any, *, where: str) -> Port:
    plain, is_optional = _without_none(hint)
    declared = _declared(plain, where)
    default = None
    if parameter.default is not parameter.empty and parameter.default is not None:
        try:
            default = declared.type.to_wire(declared.type.coerce(parameter.default))
        except InputError as error:
            raise DeclarationError(f"{where}: its own default does not fit: {error}") from error
    is_required = parameter.default is parameter.empty and not is_optional
    return _port(parameter.name, declared, is_required=is_required, default=default)


def _read_outputs(hint: Any, where: str, *, is_streaming: bool) -> tuple[tuple[Port, ...], bool]:
    if hint in (None, type(None)):
        raise DeclarationError(
            f"{where} does not say what it returns.", hint="Write the type after the arrow: `-> Image:`."
        )
    fields = None if is_streaming else _fields(hint)
    if fields is None:
        declared = _declared(hint, f"{where}, its result")
        if is_streaming and declared.type.name != "text":  # the parts of a text are joined, all others are listed
            declared = _declared(types.GenericAlias(list, (hint,)), f"{where}, its result")
        return (_port(OUTPUT_NAME, declared),), False
    return tuple(_port(name, _declared(of, f"{where}, output {name!r}")) for name, of in fields.items()), True


def _fields(hint: Any) -> dict[str, Any] | None:
    """Return the annotated fields of a dataclass or NamedTuple that names several outputs, or None."""
    if not isinstance(hint, type):
        return None
    names = _field_names(hint)
    if names is None:
        return None
    try:
        catalogue.from_annotation(hint)
    except DeclarationError:
        hints = typing.get_type_hints(hint, include_extras=True)
        return {name: hints[name] for name in names}
    return None  # a data type that happens to be a dataclass is one output


def _field_names(hint: type) -> list[str] | None:
    if dataclasses.is_dataclass(hint):
        return [field.name for field in dataclasses.fields(hint)]
    return list(getattr(hint, "_fields", ())) or None if issubclass(hint, tuple) else None


def _unwrap_stream(hint: Any) -> tuple[Any, bool]:
    if typing.get_origin(hint) in _STREAMS + _ASYNC_STREAMS:
        return typing.get_args(hint)[0], True
    return hint, False


def _without_none(hint: Any) -> tuple[Any, bool]:
    if typing.get_origin(hint) in (Union, types.UnionType):
        rest = [part for part in typing.get_args(hint) if part is not type(None)]
        if len(rest) == 1:
            return rest[0], True
    return hint, False


def _declared(hint: Any, where: str) -> Declared:
    try:
        return catalogue.from_annotation(hint)
    except DeclarationError as error:
        raise DeclarationError(f"{where}: {error.message}", hint=error.hint) from error


def _port(name: str, declared: Declared, *, is_required: bool = True, default: Any = None) -> Port:
    return Port(
        name=name,
        type=declared.type.name,
        title=name.replace("_", " ").capitalize(),
        description=declared.description,
        is_required=is_required,
        default=default,
        constraints=declared.type.constraints,
    )
