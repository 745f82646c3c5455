from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gesso.errors import DeclarationError, InputError
from gesso.types import catalogue
from gesso.types.json import Json, JsonType


@pytest.mark.parametrize("annotation", [Json, dict, dict[str, int], Any])
def test_anything_without_a_shape_is_json(annotation: object) -> None:
    assert catalogue.from_annotation(annotation).type == JsonType()


def test_order_stays_and_tuples_become_lists() -> None:
    value = {"b": (1, [2, (3,)]), "a": {"y": None, "x": "é"}}
    made = JsonType().coerce(value)
    assert made == {"b": [1, [2, [3]]], "a": {"y": None, "x": "é"}}
    assert list(made) == ["b", "a"]


def test_numbers_of_numpy_become_plain() -> None:
    made = JsonType().coerce([np.float32(0.5), np.int64(3)])
    assert [type(one) for one in made] == [float, int]


def test_the_value_is_a_copy() -> None:
    value: dict[str, Any] = {"a": []}
    made = JsonType().coerce(value)
    made["a"].append(1)
    assert value == {"a": []}


def test_a_value_in_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(InputError, match="a deeper one"):
        JsonType().coerce(value)


def test_a_small_value_that_unfolds_without_end_is_refused() -> None:
    value: list[Any] = ["lol"]
    for _ in range(30):
        value = [value, value]
    with pytest.raises(InputError, match="a larger one"):
        JsonType(max_items=1000).coerce(value)


@pytest.mark.parametrize(
    "text", ["", "fox", "{", "[1,]", "NaN", "[Infinity]", "[" * 100_000, "9" * 5000, '{"a": 1e999}']
)
def test_what_is_typed_must_be_json(text: str) -> None:
    with pytest.raises(InputError):
        JsonType().parse(text)


def test_too_deep_is_told() -> None:
    with pytest.raises(DeclarationError):
        JsonType(max_depth=10_000)
