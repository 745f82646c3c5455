"""`ModelSpec`: the only description of a model. Pure data, JSON, versioned.

The form of the studio, the options of the command line, the schema of HTTP, the addresses of OSC and the page of the
documentation are each a function of it. Everything in it is made of frozen dataclasses and plain values, so that
msgspec and OpenAPI read it alike.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Final

import msgspec

from gesso.errors import DeclarationError, InputError, NotFoundError
from gesso.types import catalogue
from gesso.types.base import DataType, Json

SCHEMA_VERSION: Final = 1
"""The version of this file's shape. A reader refuses a larger one; a smaller one is brought up when it is read."""


@dataclass(frozen=True, kw_only=True)
class Port:
    """One input, output or option: a name, a data type by name with its constraint words, and words for people.

    `default` is in wire form and only for showing; whether one may leave the value out is `is_required`.
    """

    name: str
    type: str
    title: str = ""
    description: str = ""
    is_required: bool = True
    default: Json = None
    constraints: dict[str, Json] = field(default_factory=dict)

    @cached_property
    def data_type(self) -> DataType[Any]:
        """The data type that checks and converts the port's values."""
        return catalogue.declare(self.type, self.constraints)


@dataclass(frozen=True, kw_only=True)
class Command:
    """One thing that a model does, with typed inputs and outputs.

    `is_streaming`: its one output arrives in parts. `is_batching`: several runs may be made as one call.
    `is_stateful`: frames of one session remember each other. `is_async`: runs may wait side by side.
    """

    name: str
    description: str = ""
    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()
    is_streaming: bool = False
    is_batching: bool = False
    is_stateful: bool = False
    is_async: bool = False

    def coerce(self, given: Mapping[str, object]) -> dict[str, Any]:
        """Check a request's inputs against the ports and convert them; see `coerce_ports`."""
        return coerce_ports(self.inputs, given)

    def output(self, name: str) -> Port:
        """Return the output called `name`, or raise `NotFoundError`."""
        return find_port(self.outputs, name, kind="output")


@dataclass(frozen=True, kw_only=True)
class Weights:
    """A file of weights that a model needs: where it comes from, its SHA-256 in hex, its size in bytes (0: unknown)."""

    name: str
    url: str
    sha256: str
    size_bytes: int = 0


@dataclass(frozen=True, kw_only=True)
class Requirements:
    """What a model's environment needs.

    `python` is a version specifier (">=3.11"); `dependencies` are requirements after PEP 508; those of
    `without_dependencies` are installed without what they themselves ask for.
    """

    python: str = ""
    dependencies: tuple[str, ...] = ()
    without_dependencies: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Card:
    """What people want to know of a model before they use it. `licence` is an SPDX expression or plain words.

    `memory_mb` is the memory that a ready worker takes, 0 if unknown. `examples` are inputs that show the model at its
    best, by input name; a value "file:<path>" names a file in the model's folder, "package:<path>" one inside the
    model's own environment.
    """

    licence: str = ""
    authors: tuple[str, ...] = ()
    category: str = ""
    source: str = ""
    memory_mb: int = 0
    preview: str = ""
    examples: tuple[dict[str, Json], ...] = ()


@dataclass(frozen=True, kw_only=True)
class ModelSpec:
    """A model: what it is called, what it can do, what it needs."""

    name: str
    title: str = ""
    description: str = ""
    commands: tuple[Command, ...] = ()
    options: tuple[Port, ...] = ()
    requirements: Requirements = Requirements()
    weights: tuple[Weights, ...] = ()
    card: Card = Card()
    schema_version: int = SCHEMA_VERSION

    def command(self, name: str | None = None) -> Command:
        """Return the command called `name`, or the first; an unknown name raises `NotFoundError`."""
        if name is None:
            return self.commands[0]
        for command in self.commands:
            if command.name == name:
                return command
        known = ", ".join(command.name for command in self.commands)
        raise NotFoundError(f"{self.name} has no command {name!r}.", hint=f"It has: {known}.")

    @property
    def digest(self) -> str:
        """The SHA-256 of the spec's canonical JSON, in hex: two specs with one digest describe the same."""
        canonical = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def to_json(self) -> str:
        """Return the spec as indented JSON with a newline at the end, the same text for the same spec."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> ModelSpec:
        """Read a spec, or raise `DeclarationError` if it is broken or newer than this Gesso."""
        try:
            version = json.loads(text)["schema_version"]
            if not isinstance(version, int) or version > SCHEMA_VERSION:
                raise DeclarationError(
                    f"The model's spec has version {version}; this Gesso reads up to {SCHEMA_VERSION}.",
                    hint="Update Gesso, or take an older version of the model.",
                )
            return msgspec.json.decode(text, type=cls)
        except (ValueError, KeyError, TypeError, msgspec.MsgspecError) as error:
            raise DeclarationError(f"This is not the spec of a model: {error}.") from error


def find_port(ports: Iterable[Port], name: str, *, kind: str) -> Port:
    """Return the port called `name`; `kind` ("input", "output", "option") is for the message if there is none."""
    known = {port.name: port for port in ports}
    if name not in known:
        raise NotFoundError(f"There is no {kind} {name!r}.", hint=f"There are: {', '.join(known) or 'none'}.")
    return known[name]


def coerce_ports(ports: Iterable[Port], given: Mapping[str, object]) -> dict[str, Any]:
    """Check values against ports and convert each to its type's value.

    A name that no port has, a required value that is missing and a value outside its limits raise `InputError`. A
    value left out, or None where it is not required, is left out of the result: the model's own default applies.
    """
    ports = tuple(ports)
    known = {port.name for port in ports}
    for name in given:
        if name not in known:
            raise InputError(
                f"one of the inputs {', '.join(sorted(known)) or '(there are none)'}",
                "an input of that name",
                where=name,
            )
    values = {}
    for port in ports:
        value = given.get(port.name)
        if value is None and (port.name not in given or not port.is_required):
            if port.is_required:
                raise port.data_type.refuse("nothing").at(port.name)
            continue
        try:
            values[port.name] = port.data_type.coerce(value)
        except InputError as error:
            raise error.at(port.name) from error.__cause__
    return values
