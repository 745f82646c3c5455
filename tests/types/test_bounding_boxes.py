from __future__ import annotations

from typing import Any

import pytest

from gesso.errors import InputError
from gesso.types.bounding_boxes import BoundingBox, BoundingBoxesType


@pytest.mark.parametrize(
    "given",
    [
        [BoundingBox(0, 0.25, 0.5, 1, "fox", 0.9)],
        [{"x0": 0, "y0": 0.25, "x1": 0.5, "y1": 1, "label": "fox", "confidence": 0.9}],
        [[0, 0.25, 0.5, 1, "fox", 0.9]],
    ],
)
def test_boxes_come_in_many_forms(given: Any) -> None:
    assert BoundingBoxesType().coerce(given) == [BoundingBox(0, 0.25, 0.5, 1, "fox", 0.9)]


@pytest.mark.parametrize("box", [[0.5, 0, 0.5, 1], [0, 1, 1, 0]])
def test_an_empty_or_turned_box_is_refused(box: list[float]) -> None:
    with pytest.raises(InputError, match=r"^\[0\]: expected a bounding box with its left edge x0 < x1"):
        BoundingBoxesType().coerce([box])


def test_the_schema_says_what_the_coordinates_mean() -> None:
    properties = BoundingBoxesType().schema()["items"]["properties"]
    assert properties["x0"]["description"] == "a fraction of the picture's width, from its left edge"
    assert properties["confidence"]["description"] == "0: not at all, 1: certain"
