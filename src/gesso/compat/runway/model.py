"""Make a `Model` of what a Runway model has declared, in the worker, once its script has run."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

from gesso.compat.runway.fields import command_of, port_of
from gesso.compat.runway.values import given_to, taken_from
from gesso.errors import DeclarationError, ModelError
from gesso.sdk import context
from gesso.sdk.declaration import Binding, Declaration, attach
from gesso.sdk.model import Model
from gesso.spec.model import Command, Port
from gesso.types.base import Json

if TYPE_CHECKING:
    from runway.data_types import BaseType
    from runway.model import RunwayModel


def collect_commands() -> None:
    """Have `import runway` collect what a model declares, and `runway.run()` serve nothing."""
    import runway
    import runway.model

    if runway.model.collected is None:
        runway.model.collected = [runway.__defaultmodel__]


def read(module: ModuleType) -> type[Model]:
    """Return the class of the model that a script has declared. Raises `DeclarationError` if that is none."""
    import runway.model

    found = [model for model in runway.model.collected or () if model.command_fns]
    if not found:
        raise DeclarationError(
            f"{module.__file__} declares no command of a Runway model.",
            hint="It has a function with @runway.command(name, inputs={...}, outputs={...}) above it.",
        )
    declared = found[-1]
    methods = {f"command_{number}": _method(name) for number, name in enumerate(declared.command_fns)}
    bindings = {
        name: Binding(command=_command(declared, name), method=method, states={}, has_fields=True)
        for method, name in zip(methods, declared.command_fns, strict=True)
    }
    attributes: dict[str, Any] = {"__doc__": module.__doc__ or "", "__module__": module.__name__, **methods}
    made = type("RunwayScript", (_Script,), attributes | {"declared": declared, "bindings": bindings})
    attach(made, Declaration(bindings, tuple(_option(declared, option) for option in declared.options)))
    return made


def _option(declared: RunwayModel, option: BaseType) -> Port:
    """Return an option as a port; what the script itself gives to `runway.run` need not be given."""
    port = port_of(_json(option.to_dict()))
    return replace(port, is_required=False) if option.name in declared.model_options else port


def _command(declared: RunwayModel, name: str) -> Command:
    from runway.utils import serialize_command

    command, function = declared.command_named(name)
    described = command["description"] or inspect.getdoc(function)
    return command_of(_json({**serialize_command(command), "description": described}))


def _json(declared: Mapping[str, Any]) -> Any:
    """Return a declaration as JSON has it: tuples as lists, numbers of numpy as plain ones."""
    try:
        return json.loads(json.dumps(declared, default=_plain))
    except (TypeError, ValueError) as error:
        name = declared.get("name", "")
        raise DeclarationError(f"{name}: something in its declaration is no JSON: {error}.") from error


def _plain(value: Any) -> Json:
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, set | frozenset | range) or hasattr(value, "__iter__"):
        return list(value)
    raise TypeError(f"{type(value).__name__} is not what JSON can say")


def _method(name: str) -> Callable[..., dict[str, Any]]:
    def command(self: _Script, **given: Any) -> dict[str, Any]:
        return self.run_command(name, given)

    return command


class _Script(Model):
    """What the made classes share: values on their way to the script's functions and back."""

    declared: ClassVar[RunwayModel]
    bindings: ClassVar[Mapping[str, Binding]]

    def setup(self, **options: Any) -> None:
        """Call the script's setup. An option that is not given is what the script says in `run`, or its default."""
        from runway.exceptions import MissingOptionError, SetupError

        self._held = options  # a file of an option lives as long as the model
        values = {}
        for option in self.declared.options:
            port = port_of(_json(option.to_dict()))
            if option.name in options:
                values[option.name] = given_to(option, port.data_type, value=options[option.name])
            elif option.name in self.declared.model_options:
                values[option.name] = option.deserialize(self.declared.model_options[option.name])
            elif hasattr(option, "default"):
                values[option.name] = option.default
            else:
                raise MissingOptionError(option.name)
        try:
            self.declared.set_up(values)
        except SetupError as error:
            raise error.__cause__ or error from None

    def run_command(self, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Run a command. Of several outputs (a generator) the last counts, and each is shown as it comes."""
        command, function = self.declared.command_named(name)
        types = {port.name: port.data_type for port in self.bindings[name].command.inputs}
        values = {}
        for field in command["inputs"]:
            if field.name in given:
                values[field.name] = given_to(field, types[field.name], value=given[field.name])
            else:
                values[field.name] = getattr(field, "default", None)
        outputs: dict[str, Any] | None = None
        for output, progress in self.declared.infer(name, values):
            outputs = self._outputs(name, output)
            if isinstance(progress, int | float):
                context.progress(progress)
            if inspect.isgeneratorfunction(function):
                for port_name, value in outputs.items():
                    context.preview(value, port_name)
        if outputs is None:
            raise ModelError(f"The command {name} gave no output.")
        return outputs

    def _outputs(self, name: str, output: Any) -> dict[str, Any]:
        fields = self.declared.commands[name]["outputs"]
        if not isinstance(output, dict):
            if len(fields) > 1:
                names = ", ".join(field.name for field in fields)
                raise ModelError(f"The command {name} gave {type(output).__name__}, but its outputs are {names}.")
            output = {fields[0].name: output}
        missing = [field.name for field in fields if field.name not in output]
        if missing:
            raise ModelError(f"The command {name} gave no output {missing[0]!r}.")
        ports = self.bindings[name].command.outputs
        return {
            port.name: taken_from(field, port, value=output[field.name])
            for field, port in zip(fields, ports, strict=True)
        }
