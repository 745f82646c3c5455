from __future__ import annotations

from typing import Any

import pytest

from gesso.errors import InputError
from gesso.server.hosted.text_model import TextModel
from gesso.spec.model import Command, ModelSpec, Port


def port(name: str, kind: str = "text", *, is_required: bool = False) -> Port:
    return Port(name=name, type=kind, is_required=is_required)


def model(*inputs: Port, outputs: tuple[Port, ...] = (Port(name="output", type="text"),)) -> TextModel | None:
    return TextModel.of(Command(name="run", inputs=inputs, outputs=outputs))


@pytest.mark.parametrize(
    ("inputs", "prompt"),
    [
        ([port("prompt")], "prompt"),
        ([port("question", is_required=True)], "question"),
        ([port("style"), port("text")], "text"),
        ([port("style"), port("question", is_required=True)], "question"),
        ([port("system"), port("question")], "question"),
        ([port("prompt"), port("length", "number")], "prompt"),
    ],
)
def test_the_text_is_found(inputs: list[Port], prompt: str) -> None:
    found = model(*inputs)
    assert found is not None
    assert found.prompt is not None
    assert found.prompt.name == prompt


@pytest.mark.parametrize(
    "inputs",
    [
        [],
        [port("image", "image")],
        [port("one"), port("two")],
        [port("prompt"), port("image", "image", is_required=True)],
        [port("system")],
    ],
)
def test_others_are_none(inputs: list[Port]) -> None:
    assert model(*inputs) is None
    assert model(port("prompt"), outputs=(port("image", "image"),)) is None
    assert model(port("prompt"), outputs=(port("one"), port("two"))) is None


@pytest.mark.parametrize(
    "given",
    [
        {"temperature": 1, "top_p": 1.0, "max_tokens": 16},
        {"user": "me", "metadata": {"a": "b"}},
        {"logit_bias": None, "tools": [], "tool_choice": "none", "response_format": {"type": "text"}},
        {"logprobs": False, "store": False, "parallel_tool_calls": True},
    ],
)
def test_what_says_nothing_is_left_out(given: dict[str, Any]) -> None:
    found = model(port("prompt"))
    assert found is not None
    assert found.parameters(given) == {}


@pytest.mark.parametrize(
    "given",
    [{"temperature": 0}, {"logprobs": 0}, {"store": True}, {"n_best": 1}, {"tools": [{}]}, {"stop_token": "x"}],
)
def test_what_would_be_something_else_is_refused(given: dict[str, Any]) -> None:
    found = model(port("prompt"))
    assert found is not None
    with pytest.raises(InputError) as error:
        found.parameters(given)
    assert error.value.where == next(iter(given))


def test_parameters_find_inputs_that_mean_the_same() -> None:
    found = model(port("prompt"), port("max_new_tokens", "number"), port("top_k", "number"))
    assert found is not None
    assert found.parameters({"max_tokens": 3, "top_k": 4}) == {"max_new_tokens": 3, "top_k": 4}
    assert found.name_of("max_new_tokens") == "max_tokens"


def test_a_conversation_goes_in_as_the_model_takes_it() -> None:
    turns = [("system", "Be kind."), ("user", "Hi"), ("assistant", "Hello"), ("user", "Bye")]
    plain = model(port("prompt"))
    assert plain is not None
    inputs, ends = plain.conversation(turns)
    assert inputs == {"prompt": "Be kind.\n\nUser: Hi\nAssistant: Hello\nUser: Bye\nAssistant:"}
    assert ends == ["\nUser:"]
    instructed = model(port("prompt"), port("system_prompt"))
    assert instructed is not None
    assert instructed.conversation(turns)[0]["system_prompt"] == "Be kind."
    whole = model(port("messages", "json"))
    assert whole is not None
    inputs, ends = whole.conversation(turns)
    assert [turn["role"] for turn in inputs["messages"]] == ["system", "user", "assistant", "user"]
    assert ends == []
    assert whole.continuation("Hi") == {"messages": [{"role": "user", "content": "Hi"}]}


TEXT = Port(name="output", type="text")
COUNTER = Command(name="count_tokens", inputs=(port("text"),), outputs=(Port(name="output", type="number"),))


def find(*commands: Command) -> TextModel | None:
    return TextModel.find(ModelSpec(name="m", commands=commands), commands[0])


def test_one_beside_it_that_streams_the_same_answers() -> None:
    inputs = (port("prompt"), port("top_k", "number"))
    told = Command(name="run", inputs=inputs, outputs=(TEXT, Port(name="encountered_end", type="boolean")))
    streams = Command(name="stream", inputs=inputs, outputs=(TEXT,), is_streaming=True)
    found = find(told, streams, COUNTER)
    assert found is not None
    assert (found.command, found.counter) == (streams, COUNTER)
    assert find(told, Command(name="stream", inputs=inputs, outputs=(TEXT,))) is None
    assert find(told, Command(name="more", inputs=(*inputs, port("file")), outputs=(TEXT,), is_streaming=True)) is None


def test_tokens_are_counted_only_where_each_is_a_part() -> None:
    plain = Command(name="run", inputs=(port("prompt"),), outputs=(TEXT,))
    found = find(plain, COUNTER)
    assert found is not None
    assert found.counter is None
    streams = Command(name="run", inputs=(port("prompt"),), outputs=(TEXT,), is_streaming=True)
    other = Command(name="count_tokens", inputs=(port("image", "image"),), outputs=COUNTER.outputs)
    found = find(streams, other)
    assert found is not None
    assert found.counter is None


def test_a_text_is_read_once_however_often_it_is_gone_on_with() -> None:
    found = model(port("prompt"))
    assert found is not None
    assert found.read([{"prompt": "a"}, {"prompt": "b"}, {"prompt": "a"}]) == ["a", "b"]
