"""A voice: any `Runnable` that makes a text of a prompt."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Final

from gesso.bots.persona import Persona
from gesso.errors import DeadlineError, InputError, ModelError, NotFoundError
from gesso.spec.model import Command, ModelSpec, Port
from gesso.spec.runnable import Event, Part, Preparable, Request, Result, Runnable

_PROMPT: Final = "prompt"
_OUTPUT: Final = "generated_text"
_STREAM: Final = "stream"
_LENGTH: Final = "max_characters"
_STOP: Final = "stop"


@dataclass(frozen=True, kw_only=True)
class Voice:
    """A model that speaks: which command, which input takes the prompt, which output is the text.

    `inputs` are the others. `can_stop`: it takes texts at which it is to stop.
    """

    runnable: Runnable
    command: Command
    prompt: str
    output: str
    inputs: dict[str, object]
    can_stop: bool = False

    @classmethod
    def of(cls, runnable: Runnable, persona: Persona) -> Voice:
        """Find out how a model is spoken with. Raises `InputError` for one that makes no text of a text."""
        command = _command(runnable.spec, persona.command)
        prompt, output = _prompt(command), _output(command)
        if prompt is None or output is None:
            raise InputError(
                "a model that makes a text of a text",
                f"{runnable.spec.name}, which does not",
                hint="`gesso show` says what a model takes and gives.",
                where="model",
            )
        inputs: dict[str, object] = dict(persona.inputs)
        for port in command.inputs:
            if port.name == _LENGTH and port.type == "number":
                inputs.setdefault(port.name, _at_most(persona.answers.characters, port.constraints.get("le")))
        command.coerce({**inputs, prompt: "x"})  # what is wrong with the inputs is said before anybody speaks
        can_stop = any(port.name == _STOP and port.type == "list" for port in command.inputs) and _STOP not in inputs
        return cls(runnable=runnable, command=command, prompt=prompt, output=output, inputs=inputs, can_stop=can_stop)

    async def wake(self, report: Callable[[Event], None] = lambda _: None) -> None:
        """Wait until the model is awake."""
        if isinstance(self.runnable, Preparable):
            await self.runnable.prepare(report)

    async def speak(
        self,
        prompt: str,
        *,
        patience_s: float,
        stops: Sequence[str] = (),
        hear: Callable[[str], None] = lambda _: None,
    ) -> str:
        """Return what the model makes of a prompt; `hear` gets the pieces meanwhile. Raises `RunError`.

        Of a prompt that is longer than the model takes, the beginning is left out. At one of the `stops` it may stop.
        """
        inputs = {**self.inputs, self.prompt: self._end_of(prompt), **({_STOP: list(stops)} if self.can_stop else {})}
        try:
            async with asyncio.timeout(patience_s):
                return await self._speak(inputs, hear)
        except TimeoutError as error:
            raise DeadlineError(f"The model has not answered within {patience_s:g} seconds.") from error

    def _end_of(self, prompt: str) -> str:
        port = next(port for port in self.command.inputs if port.name == self.prompt)
        most = _at_most(len(prompt), port.constraints.get("max_length"))
        return prompt[len(prompt) - most :]

    async def _speak(self, inputs: Mapping[str, object], hear: Callable[[str], None]) -> str:
        request = Request(inputs=inputs, command=self.command.name)
        async with aclosing(self.runnable.run(request)) as events:
            async for event in events:
                if isinstance(event, Part) and event.output == self.output and isinstance(event.value, str):
                    hear(event.value)
                elif isinstance(event, Result):
                    return _text(event.outputs.get(self.output))
        raise ModelError("The model has ended without a text.")


def _at_most(wanted: int, limit: object) -> int:
    return min(wanted, int(limit)) if isinstance(limit, int | float) else wanted


def _text(made: object) -> str:
    return made if isinstance(made, str) else "".join(map(str, made)) if isinstance(made, list | tuple) else ""


def _command(spec: ModelSpec, name: str | None) -> Command:
    if name is None:
        with suppress(NotFoundError):
            stream = spec.command(_STREAM)
            if _prompt(stream) is not None and _output(stream) is not None:
                return stream
    return spec.command(name)


def _prompt(command: Command) -> str | None:
    """Return the input that takes the prompt: the one called so, or the only text that is asked for."""
    texts = [port for port in command.inputs if port.type == "text"]
    if any(port.name == _PROMPT for port in texts):
        return _PROMPT
    return _only([port for port in texts if port.is_required] or texts)


def _output(command: Command) -> str | None:
    """Return the output that is the answer: the one called so, or the only text."""
    texts = [port for port in command.outputs if port.type == "text"]
    return _OUTPUT if any(port.name == _OUTPUT for port in texts) else _only(texts)


def _only(ports: list[Port]) -> str | None:
    return ports[0].name if len(ports) == 1 else None
