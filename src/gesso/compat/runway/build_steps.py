"""The `build_steps` of a `runway.yml`: which packages they install, and what else they do."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping

from gesso.compat.commands import PassedOver, Wanted, read_commands
from gesso.errors import DeclarationError
from gesso.types.base import Json
from gesso.types.given import describe


def read_steps(steps: Json, *, elsewhere: str) -> Iterator[Wanted | PassedOver]:
    """Yield what the steps install, and what else they would do.

    Raises `DeclarationError` for what is no list of steps, and for one that only a system of its own can do: then
    `elsewhere` says where the model can run instead.
    """
    if not isinstance(steps, list):
        raise DeclarationError(f"build_steps in runway.yml is not a list: {describe(steps)}.")
    for number, step in enumerate(steps, 1):
        where = f"runway.yml, build step {number}"
        for command in read_commands(_for_this_computer(step, where), where):
            if isinstance(command, PassedOver) and command.is_of_the_system:
                raise DeclarationError(
                    f"{where}: `{command.command}` changes the system, which Gesso does not do.",
                    hint=f"If all of it is there already, take the step away from runway.yml. {elsewhere}",
                )
            yield command


def _for_this_computer(step: Json, where: str) -> str:
    """Return the command of a step, "" if it is for a computer of another kind."""
    if isinstance(step, str):
        return step
    if isinstance(step, Mapping) and len(step) == 1:
        (condition, command), has_gpu = next(iter(step.items())), shutil.which("nvidia-smi") is not None
        if condition in {"if_gpu", "if_cpu"} and isinstance(command, str):
            return command if (condition == "if_gpu") == has_gpu else ""
    raise DeclarationError(
        f"{where}: expected a command, or if_gpu or if_cpu with one, but got {describe(step)}.",
        hint="As in: - pip install -r requirements.txt",
    )
