"""How a model is called: outputs are checked, streams joined, batches told apart, state kept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, cast

import numpy as np
import pytest

from gesso import Field, GessoError, Image, InputError, Model, Range, State
from gesso.errors import ModelError
from gesso.runtime.worker import invoke
from gesso.sdk.declaration import Binding, bind
from gesso.spec.model import Port


@dataclass
class Pair:
    word: str
    share: Annotated[float, Range(0, 1)]


class Memory(State):
    count = 0


def ignore(port: Port, value: Any) -> None:
    """Take a part and do nothing with it."""


def returning(value: Any) -> tuple[Model, Binding]:
    class Returning(Model):
        def run(self) -> Pair:
            return cast("Pair", value)

    return Returning(), bind(Returning)["run"]


@pytest.mark.parametrize("value", [Pair("a", 0.5), {"word": "a", "share": 0.5}, ("a", 0.5)])
def test_several_outputs_may_come_in_several_forms(value: Any) -> None:
    assert invoke.call(*returning(value), arguments={}, on_part=ignore) == {"word": "a", "share": 0.5}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Pair("a", 3), "'share' should be a number from 0 to 1, but it returned the number 3"),
        ({"word": "a"}, "returned dict, but its outputs are word, share"),
        (None, "returned NoneType"),
        (("a",), "returned tuple"),
    ],
)
def test_a_wrong_result_is_named(value: Any, words: str) -> None:
    with pytest.raises(ModelError) as caught:
        invoke.call(*returning(value), arguments={}, on_part=ignore)
    assert words in caught.value.message


def test_a_stream_of_text_is_joined_and_its_parts_are_told() -> None:
    class Talking(Model):
        def run(self, words: int) -> Iterator[Annotated[str, Field(min_length=4)]]:
            for number in range(words):
                yield f"{number} "

    heard: list[str] = []
    outputs = invoke.call(
        Talking(), bind(Talking)["run"], arguments={"words": 3}, on_part=lambda _, part: heard.append(part)
    )
    assert (outputs, heard) == ({"output": "0 1 2 "}, ["0 ", "1 ", "2 "])


async def test_an_asynchronous_stream_of_numbers_is_a_list() -> None:
    class Counting(Model):
        async def run(self) -> AsyncIterator[int]:
            for number in range(3):
                yield number

    outputs = await invoke.call_async(Counting(), bind(Counting)["run"], arguments={}, on_part=ignore)
    assert outputs == {"output": [0, 1, 2]}


class Halving(Model):
    def run(self, number: float, times: int = 1) -> Annotated[float, Range(0, 10)]:
        return float(number / 2**times)

    def run_batch(self, number: list[float], times: list[int]) -> list[Any]:
        """Halve each; three is odd."""
        return [
            ValueError("odd") if value == 3 else value / 2**count for value, count in zip(number, times, strict=True)
        ]


def test_a_batch_fills_in_defaults_and_each_item_fails_by_itself() -> None:
    requests = [{"number": 4.0}, {"number": 3.0}, {"number": 8.0, "times": 2}, {"number": 100.0}]
    first, second, third, fourth = invoke.call_batch(Halving(), bind(Halving)["run"], requests=requests)
    assert (first, third) == ({"output": 2.0}, {"output": 2.0})
    assert isinstance(second, ValueError)
    assert isinstance(fourth, ModelError)


def test_a_batch_that_returns_too_few_is_refused() -> None:
    class Lazy(Halving):
        def run_batch(self, number: list[float], times: list[int]) -> list[Any]:
            return number[:1]

    with pytest.raises(ModelError, match="returned 1 results for 2 requests"):
        invoke.call_batch(Lazy(), bind(Halving)["run"], requests=[{"number": 1.0}, {"number": 2.0}])


def test_state_lasts_as_long_as_its_session() -> None:
    class Remembering(Model):
        def run(self, memory: Memory) -> int:
            memory.count += 1
            return memory.count

    binding = bind(Remembering)["run"]
    sessions = invoke.Sessions()

    def run(session: str | None) -> Any:
        states = sessions.states(binding, session)
        return invoke.call(Remembering(), binding, arguments=states, on_part=ignore)["output"]

    assert [run("a"), run("a"), run("b"), run(None), run(None)] == [1, 2, 1, 1, 1]
    sessions.end("a")
    assert [run("a"), run("b")] == [1, 2]


def test_an_exception_of_the_model_is_told_from_its_own_first_line() -> None:
    try:
        dict[str, int]()["a"]
    except KeyError as error:
        told = invoke.as_model_error(error)
    assert isinstance(told, ModelError)
    assert told.message == "The model failed: KeyError: 'a'."
    assert "test_invoke.py" in told.detail


def test_a_model_may_refuse_an_input() -> None:
    with pytest.raises(InputError) as caught:
        raise InputError("a face", "a wall")
    assert invoke.as_model_error(caught.value) is caught.value


def test_what_a_model_itself_made_wrong_is_its_fault() -> None:
    try:
        Image(np.zeros((2, 2, 3)))
    except InputError as error:
        told = invoke.as_model_error(error)
    assert isinstance(told, ModelError)
    assert "float64" in told.message
    assert "test_invoke.py" in told.detail


def test_what_a_model_says_to_people_is_told_as_it_is() -> None:
    def fail() -> None:
        raise GessoError("The paint is dry.", hint="Add water.")

    with pytest.raises(GessoError) as raised:
        fail()
    told = invoke.as_model_error(raised.value)
    assert isinstance(told, ModelError)
    assert (told.message, told.hint, told.detail) == ("The paint is dry.", "Add water.", "")
