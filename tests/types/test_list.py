from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
import pytest

from gesso.errors import DeclarationError, InputError
from gesso.types import catalogue
from gesso.types.base import Packed
from gesso.types.image import Image
from gesso.types.list import ListType
from gesso.types.words import Range

PICTURES = ListType(items={"type": "image"})


@pytest.mark.parametrize("annotation", [list[int], tuple[int, ...], Sequence[int]])
def test_lists_are_written_in_several_ways(annotation: object) -> None:
    assert catalogue.from_annotation(annotation).type.coerce((1, 2.0, "3")) == [1, 2, 3]


def test_items_have_constraints_of_their_own() -> None:
    declared = catalogue.from_annotation(list[Annotated[int, Range(0, 5)]]).type
    assert declared.constraints["items"] == {"type": "number", "constraints": {"is_integer": True, "ge": 0, "le": 5}}
    with pytest.raises(InputError, match=r"^\[3\]: expected a whole number from 0 to 5"):
        declared.coerce([0, 1, 2, 9])


@pytest.mark.parametrize("annotation", [list, list[dict[str, Any]], list[Any]])
def test_a_list_of_anything_is_a_list_of_json(annotation: object) -> None:
    assert catalogue.from_annotation(annotation).type.coerce([1, "a", None]) == [1, "a", None]


@pytest.mark.parametrize("annotation", [tuple[int, str], set[int], list[object]])
def test_other_collections_are_no_lists(annotation: object) -> None:
    with pytest.raises(DeclarationError):
        catalogue.from_annotation(annotation)


def test_an_array_is_a_list_of_its_rows() -> None:
    assert PICTURES.coerce(np.zeros((2, 3, 4), np.uint8)) == [Image(np.zeros((3, 4), np.uint8))] * 2
    with pytest.raises(InputError):
        PICTURES.coerce(np.array(5))


def test_big_items_travel_as_buffers_and_are_not_copied() -> None:
    pictures = [Image(np.zeros((2, 2), np.uint8)), Image(np.ones((3, 3, 3), np.uint8))]
    packed = PICTURES.pack(pictures)
    assert [len(memoryview(buffer)) for buffer in packed.buffers] == [4, 27]
    again = PICTURES.unpack(packed)
    assert again == pictures
    assert np.shares_memory(again[1].pixels, pictures[1].pixels)


@pytest.mark.parametrize(
    "header", [None, 5, [5], [{}], [{"header": {}, "buffers": 5}], [{"header": {}, "buffers": "1"}]]
)
def test_a_damaged_message_is_refused(header: Any) -> None:
    with pytest.raises(InputError):
        PICTURES.unpack(Packed(header, [b"1234"]))


def nested(depth: int) -> dict[str, Any]:
    items: dict[str, Any] = {"type": "number"}
    for _ in range(depth):
        items = {"type": "list", "constraints": {"items": items}}
    return items


@pytest.mark.parametrize(
    "words",
    [
        {"items": {"type": "nothing"}},
        {"items": {}},
        {"items": {"type": "text", "more": 1}},
        {"items": {"type": "text"}, "min_length": 2, "max_length": 1},
        {"items": nested(200)},
        {},
    ],
)
def test_a_contradiction_is_told(words: dict[str, Any]) -> None:
    with pytest.raises(DeclarationError):
        ListType.declare(words)
