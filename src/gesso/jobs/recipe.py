"""The recipe of a result: all that is needed to make it again, and to say whether it is the same.

Reproduced means: the decoded values are equal. A recipe is JSON with a version, and two recipes are equal if their
canonical JSON is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from gesso.errors import InputError
from gesso.spec.model import Command, ModelSpec, Port
from gesso.spec.runnable import Result
from gesso.storage.blobs import is_reference
from gesso.types.base import Buffer, DataType, Json
from gesso.types.directory import Directory
from gesso.types.list import ListType
from gesso.types.source import parse_json
from gesso.types.stored import Stored
from gesso.version import VERSION

SCHEMA_VERSION: Final = 1
"""The version of a recipe's shape. A reader refuses a larger one."""
LONGEST_BYTES: Final = 1_000_000
"""The longest recipe that is read or written into a file."""

_CHUNK_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a result was made.

    `model` is the reference that was asked for and `model_name` what the model calls itself; `model_digest` is that of
    its files ("" if there are none), `spec_digest` that of its spec. `inputs` are JSON, files as
    `{"blob": sha256, "name", "media_type", "size_bytes"}`, and `inputs_left_out` names those that were too private to
    stand here. `requirements` is what the model's environment was asked to hold, `versions` what it held as far as that
    is known. `outputs` has the SHA-256 of each decoded value.
    """

    gesso: str = VERSION
    model: str
    model_name: str = ""
    model_digest: str = ""
    spec_digest: str = ""
    command: str
    inputs: dict[str, Json] = field(default_factory=dict)
    inputs_left_out: tuple[str, ...] = ()
    options: dict[str, Json] = field(default_factory=dict)
    seed: int
    requirements: tuple[str, ...] = ()
    versions: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    schema_version: int = SCHEMA_VERSION

    def to_json(self) -> str:
        """Return the recipe as canonical JSON: the same text for the same recipe."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @property
    def digest(self) -> str:
        """The SHA-256, in hex, of all that matters: two recipes with one digest make the same.

        What files are called does not matter, and neither does by what reference the model was asked for.
        """
        told = replace(self, model=self.model_name or self.model)
        inputs = {name: _without_names(value) for name, value in self.inputs.items()}
        return hashlib.sha256(replace(told, inputs=inputs).to_json().encode()).hexdigest()

    @classmethod
    def from_json(cls, text: str | bytes) -> Recipe:
        """Read a recipe, wherever it comes from, or raise `InputError`."""
        if len(text) > LONGEST_BYTES:
            raise _refuse("a longer one")
        try:
            data = parse_json(text)
            version = data["schema_version"]
            if isinstance(version, int) and version > SCHEMA_VERSION:
                raise _refuse(f"one of version {version}", "A newer Gesso has made it: update Gesso.")
            return msgspec.convert(data, type=cls)
        except (ValueError, KeyError, TypeError, msgspec.MsgspecError) as error:
            raise _refuse("something else") from error

    @classmethod
    def of(
        cls,
        spec: ModelSpec,
        result: Result,
        *,
        model: str,
        model_digest: str,
        command: Command,
        inputs: Mapping[str, Json],
        options: Mapping[str, Json],
    ) -> Recipe:
        """Write down how a result was made. Reads through all of its outputs: call it in a thread."""
        return cls(
            model=model,
            model_name=spec.name,
            model_digest=model_digest,
            spec_digest=spec.digest,
            command=command.name,
            inputs=dict(inputs),
            options=dict(options),
            seed=result.seed,
            requirements=requirements_of(spec),
            versions=dict(result.versions),
            outputs=output_digests(command, result.outputs),
        )

    def without_words(self, spec: ModelSpec) -> Recipe:
        """Return the recipe for strangers: without texts that somebody wrote, and names of files and folders."""
        inputs = _without_words(spec.command(self.command).inputs, self.inputs)
        return replace(
            self,
            model=self.model_name or spec.name,
            inputs=inputs,
            inputs_left_out=tuple(sorted({*self.inputs_left_out, *self.inputs} - set(inputs))),
            options=_without_words(spec.options, self.options),
        )

    def differences(self, outputs: Mapping[str, str]) -> tuple[str, ...]:
        """Name the outputs whose decoded values are not those of this recipe; none if it was reproduced."""
        names = {*self.outputs, *outputs}
        return tuple(sorted(name for name in names if self.outputs.get(name) != outputs.get(name)))


def _refuse(given: str, hint: str = "") -> InputError:
    return InputError("a recipe of Gesso", given, hint=hint)


def requirements_of(spec: ModelSpec) -> tuple[str, ...]:
    """Return what a model's environment is asked to hold, as a recipe keeps it."""
    wanted = spec.requirements
    python = (f"python{wanted.python}",) if wanted.python else ()
    return (*python, *wanted.dependencies, *wanted.without_dependencies)


# -- what a value is, whatever file it lies in ------------------------------------------------------------------------


def output_digests(command: Command, outputs: Mapping[str, Any]) -> dict[str, str]:
    """Return the SHA-256 of each decoded output, by name."""
    return {name: value_digest(command.output(name).data_type, value) for name, value in outputs.items()}


def value_digest(data_type: DataType[Any], value: Any) -> str:
    """Return the SHA-256 of a decoded value: equal for equal pixels, samples, texts, numbers, file contents."""
    whole = hashlib.sha256()
    _add(whole, value, data_type=data_type)
    return whole.hexdigest()


def _add(whole: Any, value: Any, *, data_type: DataType[Any]) -> None:
    if isinstance(data_type, ListType):
        _add_part(whole, str(len(value)).encode())
        for item in value:
            _add(whole, item, data_type=data_type.item)
    elif isinstance(value, Stored):
        _add_part(whole, _content(value))
    elif isinstance(value, Directory):
        for name in value.relative_names():
            _add_part(whole, name.encode("utf-8", "surrogateescape"))
            _add_part(whole, _file_content(value.path / name))
    else:
        packed = data_type.pack(value)
        _add_part(whole, json.dumps(packed.header, sort_keys=True, separators=(",", ":")).encode())
        for buffer in packed.buffers:
            _add_part(whole, _without_minus_zero(packed.header, buffer))


def _without_minus_zero(header: Json, buffer: Buffer) -> Buffer:
    """Return an array's memory such that equal numbers are equal bytes: -0.0 is 0.0."""
    dtype = header.get("dtype") if isinstance(header, Mapping) else None
    if not isinstance(dtype, str) or not dtype.startswith("float"):
        return buffer
    return (np.frombuffer(buffer, dtype) + 0).tobytes()


def _add_part(whole: Any, part: Buffer) -> None:
    whole.update(memoryview(part).nbytes.to_bytes(8, "big"))
    whole.update(part)


def _content(value: Stored) -> bytes:
    return hashlib.sha256(value.data).digest() if value.data is not None else _file_content(value.path)


def _file_content(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


# -- what is private --------------------------------------------------------------------------------------------------


_WORDS: Final = ("text", "json", "directory")


def _without_words(ports: Iterable[Port], values: Mapping[str, Json]) -> dict[str, Json]:
    types = {port.name: _item_type(port.data_type) for port in ports}
    return {name: _without_names(value) for name, value in values.items() if types.get(name, "text") not in _WORDS}


def _item_type(data_type: DataType[Any]) -> str:
    while isinstance(data_type, ListType):
        data_type = data_type.item
    return data_type.name


def _without_names(value: Json) -> Json:
    if isinstance(value, list):
        return [_without_names(part) for part in value]
    if is_reference(value):
        return {key: part for key, part in value.items() if key != "name"}
    return value
