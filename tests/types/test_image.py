from __future__ import annotations

from typing import Any

import numpy as np
import PIL.Image
import pytest

from gesso.errors import DeclarationError, InputError
from gesso.types.image import Image, ImageType

RED, WHITE = (255, 0, 0), (255, 255, 255)


def flat(*colour: int, dtype: Any = np.uint8) -> np.ndarray[Any, Any]:
    return np.full((2, 3, len(colour)), colour, dtype)


def test_it_keeps_the_array_without_a_copy() -> None:
    pixels = flat(*RED)
    image = ImageType().coerce(Image(pixels))
    assert image.pixels is pixels
    assert image.rgb is pixels
    assert np.asarray(image) is pixels
    assert (image.width, image.height, image.channels) == (3, 2, 3)


@pytest.mark.parametrize(
    "pixels", [flat(1, 2), flat(*RED, dtype=np.float32), flat(*RED, dtype=np.uint16), np.zeros((0, 3), np.uint8)]
)
def test_it_refuses_arrays_that_are_no_picture(pixels: np.ndarray[Any, Any]) -> None:
    with pytest.raises(InputError, match="shape"):
        Image(pixels)


def test_numpy_gets_the_kind_of_array_that_it_asks_for() -> None:
    image = Image(flat(*RED))
    assert np.asarray(image, dtype=np.float32).dtype == np.float32
    assert np.array(image) is not image.pixels
    with pytest.raises(ValueError, match="copy"):
        image.__array__(np.float32, copy=False)


def test_pictures_are_equal_if_their_values_are() -> None:
    assert Image(flat(*RED)) == Image(flat(*RED))
    assert Image(flat(*RED)) != Image(flat(*WHITE))
    assert Image(np.zeros((2, 3), np.uint8)) != Image(np.zeros((2, 3), np.uint16))
    assert Image(flat(*RED)) != "red"
    assert repr(Image(flat(*RED))) == "Image(3 x 2 x 3 channels, uint8)"


def test_alpha_is_laid_over_white() -> None:
    image = Image(flat(255, 0, 0, 0))
    assert image.rgb[0, 0].tolist() == [255, 255, 255]
    assert image.grey[0, 0] == 255
    assert ImageType(channels=3).coerce(Image(flat(255, 0, 0, 128))).pixels[0, 0].tolist() == [255, 127, 127]


def test_channels_are_converted() -> None:
    for channels, pixel in ((1, 76), (3, [255, 0, 0]), (4, [255, 0, 0, 255])):
        made = ImageType(channels=channels).coerce(Image(flat(*RED)))
        assert made.channels == channels
        assert made.pixels[0, 0].tolist() == pixel
    assert ImageType(channels=3).coerce(Image(np.full((2, 2), 7, np.uint8))).pixels[0, 0].tolist() == [7, 7, 7]


def test_sixteen_bits_stay_unless_eight_are_asked_for() -> None:
    deep = np.array([[0, 257, 65535]], np.uint16)
    assert ImageType().coerce(deep).pixels.tolist() == [[0, 257, 65535]]
    assert ImageType(depth=8).coerce(deep).pixels.tolist() == [[0, 1, 255]]
    assert ImageType(channels=3).coerce(deep).pixels.dtype == np.uint8
    assert ImageType(channels=1, depth=16).coerce(np.array([[1, 255]], np.uint8)).pixels.tolist() == [[257, 65535]]


@pytest.mark.parametrize(
    ("array", "pixels"),
    [
        (np.array([[True, False]]), [[255, 0]]),
        (np.array([[0.0, 0.5, 1.0]], np.float64), [[0, 128, 255]]),
        (np.array([[1.0005]], np.float32), [[255]]),
        (np.array([[[7]]], np.uint8), [[7]]),
    ],
)
def test_arrays_of_several_kinds_are_taken(array: np.ndarray[Any, Any], pixels: list[list[int]]) -> None:
    assert ImageType().coerce(array).pixels.tolist() == pixels


@pytest.mark.parametrize(
    ("array", "hint"),
    [
        (np.array([[0.0, float("nan")]]), "clip"),
        (np.array([[0.0, 255.0]]), "divide by 255"),
        (np.array([[0, 255]]), "uint8"),
        (np.array([[1j]]), "uint8"),
        (np.array([["a"]]), "uint8"),
        (np.zeros((2, 2, 2, 3), np.uint8), "shape"),
        (np.zeros(5, np.uint8), "shape"),
    ],
)
def test_arrays_that_could_mean_anything_are_refused(array: np.ndarray[Any, Any], hint: str) -> None:
    with pytest.raises(InputError, match=hint):
        ImageType().coerce(array)


def test_an_object_whose_array_fails_is_refused() -> None:
    class Tensor:
        def __array__(self, *_: Any) -> None:
            raise RuntimeError("on another device")

    with pytest.raises(InputError, match="numpy"):
        ImageType().coerce(Tensor())


def test_an_array_is_measured_before_it_is_converted() -> None:
    with pytest.raises(InputError, match="smaller"):
        ImageType(max_pixels=10).coerce(np.zeros((4, 4)))


def test_a_pil_picture_is_taken() -> None:
    assert Image.from_pil(PIL.Image.new("RGB", (3, 2), "red")) == Image(flat(*RED))
    assert Image(flat(*RED)).pil.mode == "RGB"
    assert Image(np.zeros((2, 2), np.uint16)).pil.mode == "I;16"


def test_a_photo_of_50_megapixels_passes() -> None:
    assert ImageType().coerce(Image(np.zeros((5792, 8688), np.uint8))).width == 8688


@pytest.mark.parametrize(
    "words",
    [
        {"channels": 2},
        {"depth": 12},
        {"depth": 16},
        {"channels": 3, "depth": 16},
        {"min_width": 0},
        {"min_width": 9, "max_width": 8},
        {"max_pixels": 10**9},
    ],
)
def test_a_contradiction_is_told(words: dict[str, Any]) -> None:
    with pytest.raises(DeclarationError):
        ImageType.declare(words)


def test_it_says_what_it_expects() -> None:
    assert ImageType().expected.startswith("a picture (PNG, JPEG, WebP")
    assert ImageType(min_width=64, min_height=32).expected.endswith("of at least 64 x 32 pixels")
    assert ImageType(max_width=64, max_pixels=2_000_000).expected.endswith(
        "at most 64 x any pixels and at most 2 megapixels"
    )
