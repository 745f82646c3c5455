"""What a model's annotations say, and what is said of those that are wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
import pytest

from gesso import Field, Image, Model, Range, State, command
from gesso.errors import DeclarationError
from gesso.sdk.declaration import bind, options
from gesso.spec.model import Command


class Two(NamedTuple):
    first: Image
    second: Annotated[int, Range(0, 9)]


@dataclass
class Named:
    text: str
    share: Annotated[float, Field("how much", ge=0, le=1)]


class Memory(State):
    seen = 0


def only(model: type[Model]) -> Command:
    [binding] = bind(model).values()
    return binding.command


def test_inputs_come_from_the_annotations() -> None:
    class Posterise(Model):
        def run(self, photo: Image, colours: Annotated[int, Range(2, 32), Field("How many")] = 6) -> Image:
            """Make it flat."""
            return photo

    command_ = only(Posterise)
    photo, colours = command_.inputs
    assert (photo.name, photo.type, photo.is_required, photo.title) == ("photo", "image", True, "Photo")
    assert (colours.type, colours.is_required, colours.default, colours.description) == ("number", False, 6, "How many")
    assert colours.constraints == {"is_integer": True, "ge": 2, "le": 32}
    assert [(port.name, port.type) for port in command_.outputs] == [("output", "image")]
    assert command_.description == "Make it flat."


@pytest.mark.parametrize("result", [Two, Named])
def test_a_dataclass_or_named_tuple_names_several_outputs(result: Any) -> None:
    [binding] = bind(model_with(size=int, **{"return": result})).values()
    assert [port.name for port in binding.command.outputs] == list(result.__annotations__)
    assert binding.has_fields


def test_several_commands_keep_their_order_and_the_first_is_the_default() -> None:
    class M(Model):
        @command
        def paint(self, size: int) -> str:
            return ""

        @command
        def draw(self, size: int) -> str:
            return ""

        def helper(self, unannotated):  # type: ignore[no-untyped-def]  # a method that is no command may be anything
            return unannotated

    assert list(bind(M)) == ["paint", "draw"]


def test_a_state_is_no_input() -> None:
    class M(Model):
        def run(self, memory: Memory, size: int = 1) -> int:
            return size

    [binding] = bind(M).values()
    assert [port.name for port in binding.command.inputs] == ["size"]
    assert binding.states == {"memory": Memory}
    assert binding.command.is_stateful


def test_an_optional_input_may_be_left_out() -> None:
    class M(Model):
        def run(self, mask: Image | None = None, *, name: str | None) -> int:
            return 0

    assert [(port.type, port.is_required) for port in only(M).inputs] == [("image", False), ("text", False)]


def test_a_stream_of_text_is_a_text_and_any_other_a_list() -> None:
    class Words(Model):
        def run(self) -> Iterator[str]:
            yield "a"

    class Frames(Model):
        async def run(self) -> AsyncIterator[Image]:
            for size in (1, 2):
                yield Image(np.zeros((size, size), np.uint8))

    words, frames = only(Words), only(Frames)
    assert words.is_streaming
    assert (words.outputs[0].type, words.is_async) == ("text", False)
    assert (frames.outputs[0].type, frames.is_async) == ("list", True)
    assert frames.outputs[0].constraints["items"]["type"] == "image"


def test_a_batch_method_is_seen() -> None:
    class M(Model):
        def run(self, size: int) -> int:
            return size

        def run_batch(self, size: list[int]) -> list[int]:
            return size

    assert only(M).is_batching


def test_options_are_the_parameters_of_setup() -> None:
    class M(Model):
        def setup(self, size: Literal["small", "large"] = "small") -> None: ...

        def run(self) -> int:
            return 0

    [size] = options(M)
    assert (size.name, size.type, size.default) == ("size", "category", "small")


def model_with(**annotations: Any) -> type[Model]:
    def run(self: Any, size: int = 3) -> Any: ...

    run.__annotations__ = annotations
    return type("Wrong", (Model,), {"run": run})


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (type("Empty", (Model,), {}), ["Empty has nothing to run", "run"]),
        (model_with(size=int), ["Wrong.run does not say what it returns", "-> Image"]),
        (model_with(size="Colour", **{"return": int}), ["'Colour' is not known", "Import it"]),
        (model_with(**{"return": int}), ["the input 'size' has no type"]),
        (model_with(size=set, **{"return": int}), ["input 'size'", "set is not a type"]),
        (model_with(size=Annotated[int, Field(colours=3)], **{"return": int}), ["size", "'colours'", "It knows"]),
        (model_with(size=Annotated[int, Range(5, 9)], **{"return": int}), ["its own default does not fit", "3"]),
        (model_with(size=Annotated[int, Range(9, 5)], **{"return": int}), ["larger than"]),
    ],
)
def test_a_wrong_declaration_says_where_and_what(model: type[Model], words: list[str]) -> None:
    with pytest.raises(DeclarationError) as caught:
        bind(model)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_star_arguments_cannot_be_inputs() -> None:
    class M(Model):
        def run(self, *sizes: int) -> int:
            return 0

    with pytest.raises(DeclarationError, match="Name each input"):
        bind(M)


def test_what_may_be_left_out_may_be_described() -> None:
    class Kept(Model):
        def run(self, seed: Annotated[int, Range(0, 9), Field("A seed.", step=1)] | None = None) -> str:
            return str(seed)

    (port,) = bind(Kept)["run"].command.inputs
    assert (port.is_required, port.description) == (False, "A seed.")
    assert port.constraints["le"] == 9
