"""Which deployments write text, and how what a client asks for becomes their inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from gesso.errors import InputError
from gesso.spec.model import Command, ModelSpec, Port

_PROMPTS: Final = ("prompt", "text", "input", "text_prompt", "caption")
_SYSTEMS: Final = ("system_prompt", "system")
_ALSO: Final[Mapping[str, tuple[str, ...]]] = {
    "max_tokens": ("max_new_tokens", "max_length", "length", "max_characters"),
    "top_p": ("nucleus",),
}
"""What inputs are called elsewhere that mean the same."""
_USUAL: Final[Mapping[str, tuple[Any, ...]]] = {
    "max_tokens": (16,),
    "temperature": (1,),
    "top_p": (1,),
    "presence_penalty": (0,),
    "frequency_penalty": (0,),
    "logit_bias": ({},),
    "logprobs": (False,),
    "top_logprobs": (0,),
    "best_of": (1,),
    "suffix": ("",),
    "response_format": ({"type": "text"},),
    "tools": ([],),
    "functions": ([],),
    "tool_choice": ("none", "auto"),
    "function_call": ("none", "auto"),
    "parallel_tool_calls": (True, False),
    "modalities": (["text"],),
    "service_tier": ("auto", "default"),
    "store": (False,),
    "verbosity": ("medium",),
}
"""What says nothing: parameters that a model has no input for may have these values."""
_COUNTER: Final = "count_tokens"
"""The command of a model that says how many tokens a text has; its stream then has a part for each."""
_FOR_NOBODY: Final = ("user", "metadata", "safety_identifier", "prompt_cache_key")
"""What is about the one who asks, and never about the text."""


@dataclass(frozen=True)
class TextModel:
    """A command that goes on with a text. `prompt` is where the text goes in, `output` where it comes out.

    `messages` is there where it takes a conversation as it is, `system` where it takes instructions by themselves,
    `counter` where the model says how many tokens a text has.
    """

    command: Command
    output: Port
    prompt: Port | None
    messages: Port | None = None
    system: Port | None = None
    counter: Command | None = None

    @classmethod
    def find(cls, spec: ModelSpec, command: Command) -> TextModel | None:
        """Return what a deployment of a command writes text with: the command itself, or one beside it that streams.

        The one beside it takes the very same, so that it gives nothing away that was not deployed.
        """
        beside = (each for each in spec.commands if each.is_streaming and each.inputs == command.inputs)
        found = next((model for each in (command, *beside) if (model := cls.of(each)) is not None), None)
        if found is None or not found.command.is_streaming:
            return found
        return replace(found, counter=next((each for each in spec.commands if _is_counter(each)), None))

    @classmethod
    def of(cls, command: Command) -> TextModel | None:
        """Return the command as one that writes text; None if it is none: it needs something else, or gives it."""
        texts = [port for port in command.inputs if port.type == "text"]
        named = {port.name: port for port in command.inputs}
        messages = next((port for port in command.inputs if port.name == "messages" and port.type == "json"), None)
        system = next((named[name] for name in _SYSTEMS if name in named and named[name].type == "text"), None)
        prompt = _prompt(texts, system)
        needed = {port.name for port in command.inputs if port.is_required}
        has_text = len(command.outputs) == 1 and command.outputs[0].type == "text"
        known = {port.name for port in (prompt, messages, system) if port is not None}
        if not has_text or (prompt is None and messages is None) or needed - known:
            return None
        return cls(command, command.outputs[0], prompt, messages, system)

    def parameters(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return parameters as inputs. Raises `InputError` for one that the model has no input for."""
        names, inputs = {port.name for port in self.command.inputs}, {}
        for name, value in given.items():
            own = next((each for each in (name, *_ALSO.get(name, ())) if each in names), None)
            if own is not None:
                inputs[own] = value
            elif name not in _FOR_NOBODY and value is not None and not _is_usual(name, value):
                raise _refuse(name, value)
        return inputs

    def read(self, given: Sequence[Mapping[str, Any]]) -> list[str]:
        """Return the texts that the model reads for several runs, each of them once."""
        texts = [inputs.get(self.prompt.name, "") for inputs in given] if self.prompt is not None else []
        return list(dict.fromkeys(texts))

    def name_of(self, where: str) -> str:
        """Return what a client calls an input."""
        return next((name for name, others in _ALSO.items() if where in others), where)

    def continuation(self, text: str) -> dict[str, Any]:
        """Return the inputs for a text that is to be gone on with."""
        if self.prompt is not None:
            return {self.prompt.name: text}
        assert self.messages is not None
        return {self.messages.name: [{"role": "user", "content": text}]}

    def conversation(self, turns: Sequence[tuple[str, str]]) -> tuple[dict[str, Any], list[str]]:
        """Return the inputs for a conversation (who, what), and what the model would begin with as the next one."""
        if self.messages is not None:
            return {self.messages.name: [{"role": role, "content": text} for role, text in turns]}, []
        assert self.prompt is not None
        inputs: dict[str, Any] = {}
        instructions = [text for role, text in turns if role in {"system", "developer"}]
        if self.system is not None and instructions:
            inputs[self.system.name] = "\n\n".join(instructions)
            instructions = []
        said = [f"{role.capitalize()}: {text}" for role, text in turns if role in {"user", "assistant"}]
        transcript = "\n".join([*said, "Assistant:"])
        return inputs | {self.prompt.name: "\n\n".join([*instructions, transcript])}, ["\nUser:"]


def _is_counter(command: Command) -> bool:
    takes, gives = [port.type for port in command.inputs], [port.type for port in command.outputs]
    return command.name == _COUNTER and (takes, gives) == (["text"], ["number"])


def _prompt(texts: Sequence[Port], system: Port | None) -> Port | None:
    """Return the input that is the text: by its name, or because it is the only one, or the only one that must be."""
    left = [port for port in texts if port is not system]
    for name in _PROMPTS:
        for port in left:
            if port.name == name:
                return port
    required = [port for port in left if port.is_required]
    return left[0] if len(left) == 1 else required[0] if len(required) == 1 else None


def _is_usual(name: str, value: Any) -> bool:
    return any(value == usual and isinstance(value, bool) == isinstance(usual, bool) for usual in _USUAL.get(name, ()))


def _refuse(name: str, value: Any) -> InputError:
    usual = _USUAL.get(name)
    expected = f"nothing, or {usual[0]!r}" if usual else "only what is known"
    hint = "This model has no input of that name, and to ignore it would give something else than was asked for."
    return InputError(expected, repr(value)[:80], hint=hint, where=name)
