"""A model's own example: inputs that show it at its best."""

from __future__ import annotations

from collections.abc import Set

from gesso.app import App
from gesso.cli.given import Input
from gesso.errors import NotFoundError
from gesso.registry.source import ModelSource
from gesso.runtime.host.attempt import Report
from gesso.spec.model import Command, ModelSpec


async def example_inputs(
    app: App, source: ModelSource, *, spec: ModelSpec, command: Command, given: Set[str], report: Report
) -> dict[str, Input]:
    """Return the values of the first example that fits the command, but for the inputs that are given already."""
    known = {port.name: port.data_type for port in command.inputs}
    example = next((example for example in spec.card.examples if set(example) <= set(known)), None)
    if example is None:
        raise NotFoundError(f"{spec.name} has no example for {command.name!r}.", hint="Give it inputs with -i.")
    inputs: dict[str, Input] = {}
    for name, value in example.items():
        if name in given:
            continue
        path = await app.runtime.example_file(source.manifest, value, report=report)
        checked = known[name].coerce(value) if path is None else known[name].read(path)
        inputs[name] = Input(checked, checked if path is None else path)
    return inputs
