"""What `gesso.connect` returns: a `Runnable` with a face for people who do not write `async`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gesso.errors import RunInterruptedError
from gesso.remote.patient import Patient
from gesso.spec.model import ModelSpec
from gesso.spec.runnable import Event, Part, Preparable, Request, Result, Runnable


@dataclass(frozen=True)
class Connected:
    """A model elsewhere: `model(prompt="a fox")` runs it and returns what it makes.

    Inputs go by name: texts and numbers, `gesso.Image` and the other values, PIL pictures and numpy arrays, and a
    `Path` for a file. `seed` and `command` may stand beside them, where no input is called so. One output is returned
    as it is, several as a dictionary. `hear` gets the news of a run as it happens.

    It is a `Runnable`, too: `spec`, and `run`, which is asynchronous.
    """

    runnable: Runnable

    @property
    def spec(self) -> ModelSpec:
        """What it is called, takes and gives."""
        return self.runnable.spec

    def run(self, request: Request) -> AsyncGenerator[Event, None]:
        """Run once, asynchronously; see `Runnable`."""
        return self.runnable.run(request)

    def __call__(self, /, *, hear: Callable[[Event], None] = lambda _: None, **inputs: Any) -> Any:
        """Run once, and return what it makes."""
        for event in self.events(**inputs):
            if isinstance(event, Result):
                outputs = dict(event.outputs)
                return next(iter(outputs.values())) if len(outputs) == 1 else outputs
            hear(event)
        raise RunInterruptedError("The run ended without a result.")

    def stream(self, /, **inputs: Any) -> Iterator[Any]:
        """Run once, and yield the parts of what it makes: the pieces of a text, the items of a list."""
        for event in self.events(**inputs):
            if isinstance(event, Part):
                yield event.value

    def events(self, /, **inputs: Any) -> Iterator[Event]:
        """Run once, and yield all that it tells; the last is the `Result`. Leaving the loop early cancels the run."""
        with Patient() as patient:
            yield from patient.each(self.run(self._request(inputs)))

    def wake(self, hear: Callable[[Event], None] = lambda _: None) -> None:
        """Wake it if it sleeps, and wait until it is awake; `hear` gets how that goes on."""
        if isinstance(self.runnable, Preparable):
            with Patient() as patient:
                patient.wait(self.runnable.prepare(hear))

    def _request(self, inputs: Mapping[str, Any]) -> Request:
        given, said = dict(inputs), {}
        command = self.spec.command(given.get("command") if not self._has_input("command") else None)
        for word in ("seed", "command"):
            if word in given and word not in {port.name for port in command.inputs}:
                said[word] = given.pop(word)
        types = {port.name: port.data_type for port in command.inputs}
        read = {
            name: types[name].read(value) if isinstance(value, Path) and name in types else value
            for name, value in given.items()
        }
        return Request(inputs=read, **{"command": command.name, **said})

    def _has_input(self, name: str) -> bool:
        return any(port.name == name for command in self.spec.commands for port in command.inputs)
