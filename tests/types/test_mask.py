from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gesso.errors import InputError
from gesso.types.image import Image, ImageType
from gesso.types.mask import Mask, MaskType


@pytest.mark.parametrize(
    ("given", "pixels"),
    [
        (np.array([[True, False]]), [[255, 0]]),
        (np.array([[0.0, 1.0]]), [[0, 255]]),
        (np.array([[0, 65535]], np.uint16), [[0, 255]]),
        (np.array([[[7]]], np.uint8), [[7]]),
        (np.array([[[255, 255, 255], [0, 0, 0]]], np.uint8), [[255, 0]]),
        (Image(np.array([[[0, 0, 0, 255], [255, 255, 255, 0]]], np.uint8)), [[255, 0]]),
        (Image(np.array([[[0, 0, 0, 255], [255, 255, 255, 255]]], np.uint8)), [[0, 255]]),
    ],
)
def test_it_is_read_from_brightness_or_from_transparency(given: Any, pixels: list[list[int]]) -> None:
    assert MaskType().coerce(given).pixels.tolist() == pixels


def test_a_file_is_read_by_the_same_rules() -> None:
    clear = Image(np.array([[[255, 0, 0, 0], [255, 0, 0, 200]]], np.uint8))
    assert MaskType().coerce(ImageType().to_wire(clear)).pixels.tolist() == [[0, 200]]


def test_whole_numbers_that_are_no_bytes_are_refused() -> None:
    with pytest.raises(InputError, match="uint8"):
        MaskType().coerce(np.array([[0, 1]]))
    with pytest.raises(InputError):
        Mask(np.zeros((2, 2, 3), np.uint8))
