from __future__ import annotations

from typing import Any

import pytest

from gesso.errors import DeclarationError, InputError
from gesso.types.landmarks import Landmark, LandmarksType

FACE = LandmarksType(names=["nose", "left eye"], connections=[["nose", "left eye"]])


def test_plain_lists_get_the_names_in_order() -> None:
    assert FACE.coerce([[0.5, 0.5], [0.4, 0.4, 0.9]]) == [
        Landmark("nose", 0.5, 0.5),
        Landmark("left eye", 0.4, 0.4, 0.9),
    ]
    assert [one.name for one in LandmarksType().coerce([[0, 0], [1, 1]])] == ["point 1", "point 2"]


def test_named_landmarks_come_in_any_order() -> None:
    nose, eye = FACE.sample()
    assert FACE.coerce([eye, nose]) == [nose, eye]


def test_nobody_in_the_picture_is_an_empty_list() -> None:
    assert FACE.coerce([]) == []


def test_a_missing_landmark_is_named() -> None:
    with pytest.raises(InputError, match='but got 1 without "left eye"'):
        FACE.coerce([FACE.sample()[0]])


@pytest.mark.parametrize(
    "words",
    [
        {"names": ["a", "a"]},
        {"names": [1]},
        {"names": ["a"], "connections": [["a", "b"]]},
        {"names": ["a"], "connections": [["a"]]},
        {"connections": [["a", "b"]]},
        {"min_length": 2, "max_length": 1},
    ],
)
def test_a_contradiction_is_told(words: dict[str, Any]) -> None:
    with pytest.raises(DeclarationError):
        LandmarksType.declare(words)
