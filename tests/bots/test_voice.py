from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace

import pytest

from gesso.bots.persona import Persona
from gesso.bots.voice import Voice
from gesso.errors import InputError, NotFoundError
from gesso.spec.model import Command, ModelSpec, Port
from gesso.spec.runnable import Event, Request, Result
from tests.bots.poet import Poet, chain

PERSONA = Persona(name="Poet", model="poet")


@dataclass(frozen=True)
class Described:
    """A model of which only the spec matters."""

    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]

    @property
    def spec(self) -> ModelSpec:
        command = Command(name="run", inputs=self.inputs, outputs=self.outputs)
        return ModelSpec(name="described", commands=(command,))

    async def run(self, request: Request) -> AsyncGenerator[Event, None]:
        yield Result({self.outputs[0].name: request.inputs}, seed=0)


def text(name: str, *, is_required: bool = True) -> Port:
    return Port(name=name, type="text", is_required=is_required)


async def test_a_streaming_command_is_preferred_and_its_pieces_are_heard() -> None:
    pieces: list[str] = []
    voice = Voice.of(Poet(), PERSONA)
    assert voice.command.name == "stream"
    made = await voice.speak("hello", patience_s=20, hear=pieces.append)
    assert "".join(pieces) == made == "".join(chain("hello", 120))


async def test_without_one_the_first_command_speaks() -> None:
    voice = Voice.of(Poet(has_stream=False), PERSONA)
    assert (voice.command.name, voice.output) == ("run", "generated_text")
    assert await voice.speak("hello", patience_s=20) == "".join(chain("hello", 120))


def test_a_command_can_be_named() -> None:
    assert Voice.of(Poet(), replace(PERSONA, command="run")).command.name == "run"
    with pytest.raises(NotFoundError):
        Voice.of(Poet(), replace(PERSONA, command="sing"))


@pytest.mark.parametrize(
    ("inputs", "prompt"),
    [
        ((text("prompt"), text("style", is_required=False)), "prompt"),
        ((text("question"),), "question"),
        ((text("question"), text("style", is_required=False)), "question"),
        ((text("style", is_required=False),), "style"),
    ],
)
def test_the_prompt_is_the_input_that_is_called_so_or_the_only_text(inputs: tuple[Port, ...], prompt: str) -> None:
    assert Voice.of(Described(inputs, (text("answer"),)), PERSONA).prompt == prompt


@pytest.mark.parametrize(
    ("inputs", "outputs"),
    [
        ((Port(name="image", type="image"),), (text("caption"),)),
        ((text("prompt"),), (Port(name="image", type="image"),)),
        ((text("prompt"),), (text("one"), text("two"))),
        ((text("one"), text("two")), (text("answer"),)),
    ],
)
def test_what_makes_no_text_of_a_text_is_refused(inputs: tuple[Port, ...], outputs: tuple[Port, ...]) -> None:
    with pytest.raises(InputError, match="a model that makes a text of a text"):
        Voice.of(Described(inputs, outputs), PERSONA)


def test_other_inputs_are_checked_before_anybody_speaks() -> None:
    with pytest.raises(InputError, match="temperature"):
        Voice.of(Poet(), replace(PERSONA, inputs={"temperature": 1}))
    with pytest.raises(InputError, match="max_characters"):
        Voice.of(Poet(), replace(PERSONA, inputs={"max_characters": "long"}))
    assert Voice.of(Poet(), replace(PERSONA, inputs={"max_characters": 7})).inputs == {"max_characters": 7}


def with_inputs(*ports: Port) -> Described:
    return Described((text("prompt", is_required=False), *ports), (text("answer"),))


def test_no_more_is_asked_for_than_the_model_gives() -> None:
    short = Port(name="max_characters", type="number", is_required=False, constraints={"le": 100})
    assert Voice.of(with_inputs(short), PERSONA).inputs == {"max_characters": 100}


async def test_a_prompt_that_is_too_long_loses_its_beginning_and_stops_are_told() -> None:
    asked: list[Request] = []

    @dataclass(frozen=True)
    class Speaker(Described):
        async def run(self, request: Request) -> AsyncGenerator[Event, None]:
            asked.append(request)
            yield Result({"answer": "ok"}, seed=0)

    prompt = Port(name="prompt", type="text", constraints={"max_length": 5})
    stop = Port(name="stop", type="list", is_required=False, constraints={"items": {"type": "text"}})
    voice = Voice.of(Speaker((prompt, stop), (text("answer"),)), PERSONA)
    assert await voice.speak("0123456789", patience_s=20, stops=["\nAda:"]) == "ok"
    assert dict(asked[0].inputs) == {"prompt": "56789", "stop": ["\nAda:"]}
    voice = Voice.of(Speaker((prompt, stop), (text("answer"),)), replace(PERSONA, inputs={"stop": ["."]}))
    await voice.speak("x", patience_s=20, stops=["\nAda:"])
    assert asked[1].inputs["stop"] == ["."]
