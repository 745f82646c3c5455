"""A predictor's parameters: each becomes an input of ours, and a way from our value to what the model gets."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cog.input import FieldInfo

from gesso.compat.cog.annotations import bare, hints_of, without_none
from gesso.compat.cog.input_kinds import InputKind, read_kind
from gesso.compat.cog.prediction import Prediction
from gesso.errors import DeclarationError, InputError
from gesso.sdk import context
from gesso.spec.model import Port
from gesso.types.base import Json

REQUIRED: Final = inspect.Parameter.empty
"""The default of a parameter that has none."""


@dataclass(frozen=True, kw_only=True)
class CogInput:
    """One parameter: its port, what it takes, and the model's own default, `REQUIRED` if it has none."""

    port: Port
    kind: InputKind
    default: Any

    def value(self, prediction: Prediction, given: Mapping[str, Any]) -> Any:
        """Return what the model gets: what was given, or its own default."""
        if self.port.name in given:
            try:
                return self.kind.take(prediction, given[self.port.name])
            except InputError as error:
                raise error.at(self.port.name) from error
        if self.default is None:
            return self._seed()
        return self.kind.take_default(prediction, self.default)

    def _seed(self) -> Any:
        """Return the run's own seed for an input `seed` that was left out: drawn by the model, it would be lost."""
        if self.port.name != "seed" or self.port.type != "number":
            return None
        try:
            return self.port.data_type.coerce(context.seed())
        except InputError:  # larger than the model takes
            return None


def read_inputs(function: Callable[..., Any], where: str, *, has_self: bool) -> tuple[CogInput, ...]:
    """Read the parameters of a predictor's method; one that cannot be an input raises `DeclarationError`."""
    hints = hints_of(function, where)
    parameters = list(inspect.signature(function).parameters.values())[has_self:]
    return tuple(_read_input(parameter, hints, where=where) for parameter in parameters)


def _read_input(parameter: inspect.Parameter, hints: Mapping[str, Any], *, where: str) -> CogInput:
    if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
        raise DeclarationError(f"{where}: {parameter} cannot be an input.", hint="Name each input by itself.")
    place = f"{where}, input {parameter.name!r}"
    if parameter.name not in hints:
        raise DeclarationError(f"{place} has no type.", hint=f"Write `{parameter.name}: str`, say.")
    info = parameter.default if isinstance(parameter.default, FieldInfo) else FieldInfo(default=parameter.default)
    hint, may_be_none = without_none(bare(hints[parameter.name]))
    is_missing = info.default in (..., REQUIRED) if isinstance(info.default, type | type(...)) else False
    default = (None if may_be_none else REQUIRED) if is_missing else info.default
    try:
        kind = read_kind(hint, info, name=parameter.name)
    except DeclarationError as error:
        raise DeclarationError(f"{place}: {error.message}", hint=error.hint) from error
    return CogInput(port=_port(parameter.name, kind, info=info, default=default), kind=kind, default=default)


def _port(name: str, kind: InputKind, *, info: FieldInfo, default: Any) -> Port:
    return Port(
        name=name,
        type=kind.data_type.name,
        title=name.replace("_", " ").capitalize(),
        description=_description(info, kind),
        is_required=default is REQUIRED,
        default=_shown(kind, default),
        constraints=kind.data_type.constraints,
    )


def _description(info: FieldInfo, kind: InputKind) -> str:
    said = ["Deprecated." if info.deprecated else "", " ".join(str(info.description or "").split()), kind.note]
    return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in said if part)


def _shown(kind: InputKind, default: Any) -> Json:
    """Return a default as people see it; None for one outside its own limits, which the model may still use."""
    if default is REQUIRED or default is None or not kind.is_shown:
        return None
    try:
        return kind.data_type.to_wire(kind.data_type.coerce(default))
    except InputError:
        return None
