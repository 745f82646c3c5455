from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gesso.errors import InputError
from gesso.types.points import Point, PointsType


@pytest.mark.parametrize(
    "given",
    [
        [Point(0.25, 1.0)],
        [{"x": 0.25, "y": 1}],
        [[0.25, 1]],
        [(0.25, 1)],
        np.array([[0.25, 1]], np.float32),
        [{"x": np.float32(0.25), "y": 1.0000001}],
    ],
)
def test_points_come_in_many_forms(given: Any) -> None:
    assert PointsType().coerce(given) == [Point(0.25, 1.0)]


def test_an_error_says_where_it_is_and_what_to_do() -> None:
    with pytest.raises(InputError) as caught:
        PointsType().coerce([[0.5, 0.5], [0.5, 340]])
    error = caught.value.at("clicks")
    assert error.message == (
        "clicks[1].y: expected a number from 0 to 1 (a fraction of the picture's height, from its top edge), "
        "but got the number 340."
    )
    assert error.hint.startswith("Divide pixels by")


def test_an_unknown_field_is_named() -> None:
    with pytest.raises(InputError, match='one with the text "z"'):
        PointsType().coerce([{"x": 0, "y": 0, "z": 0}])
