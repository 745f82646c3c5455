from __future__ import annotations

import io
from typing import Any

import numpy as np
import PIL.Image
import pytest

from gesso.errors import DeclarationError, InputError
from gesso.types.segmentation import Segmentation, SegmentationType

LABELS = {"sky": 0, "sea": 7, "sand": 300}
COLOURS = {"sky": "#0000ff", "sea": "#00ff00", "sand": "#ffff00"}
BEACH = SegmentationType(labels=LABELS, colours=COLOURS)


def png(source: PIL.Image.Image) -> bytes:
    file = io.BytesIO()
    source.save(file, "PNG")
    return file.getvalue()


def test_a_picture_in_colours_is_read_by_the_nearest() -> None:
    rgb = np.array([[[10, 0, 240], [0, 255, 0], [255, 250, 100]]], np.uint8)
    assert BEACH.coerce(rgb).ids.tolist() == [[0, 7, 300]]
    assert BEACH.coerce(png(PIL.Image.fromarray(rgb))).ids.tolist() == [[0, 7, 300]]


def test_a_photo_has_too_many_colours_to_compare_one_by_one() -> None:
    rgb = np.random.default_rng(1).integers(0, 256, (300, 400, 3), np.uint8)
    found = BEACH.coerce(rgb)
    near = np.abs(rgb[5, 7].astype(int) - [[0, 0, 255], [0, 255, 0], [255, 255, 0]]) ** 2
    assert found.ids[5, 7] == [0, 7, 300][int(near.sum(axis=1).argmin())]


@pytest.mark.parametrize("mode", ["L", "I;16", "P"])
def test_a_picture_in_grey_or_with_a_palette_is_read_as_ids(mode: str) -> None:
    source = PIL.Image.fromarray(np.array([[0, 7]], np.uint16 if mode == "I;16" else np.uint8))
    if mode == "P":
        source = source.convert("L")
        source.putpalette([5, 5, 5] * 8)
    assert BEACH.coerce(png(source)).ids.tolist() == [[0, 7]]


def test_a_palette_of_our_own_colours_is_read_by_colour() -> None:
    source = PIL.Image.fromarray(np.array([[[255, 255, 0], [0, 0, 255]]], np.uint8)).quantize(2)
    assert BEACH.coerce(png(source)).ids.tolist() == [[300, 0]]


def test_an_id_without_a_label_is_refused_or_becomes_the_default() -> None:
    ids = np.array([[0, 5]], np.uint8)
    with pytest.raises(InputError, match="the id 5"):
        BEACH.coerce(ids)
    lenient = SegmentationType(labels=LABELS, default_label="sand")
    assert lenient.coerce(ids).ids.tolist() == [[0, 300]]
    assert SegmentationType().coerce(ids).ids.tolist() == [[0, 5]]


def test_whole_numbers_of_any_width_are_ids() -> None:
    assert SegmentationType().coerce(np.array([[0, 5]])).ids.dtype == np.uint8
    assert SegmentationType().coerce(np.array([[0, 500]])).ids.dtype == np.uint16
    for wrong in (np.array([[-1]]), np.array([[70_000]]), np.array([[0.5]]), np.zeros((2, 2, 2), np.uint8)):
        with pytest.raises(InputError):
            SegmentationType().coerce(wrong)


def test_missing_colours_are_made_and_can_be_told_apart() -> None:
    palette = SegmentationType(labels={f"label {number}": number for number in range(150)}).palette
    rgb = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in palette.values()])
    distances = np.sqrt(((rgb[:, None] - rgb[None]) ** 2).sum(axis=-1)) + 999 * np.eye(len(rgb))
    assert distances.min() > 25
    assert list(palette.values())[:2] == ["#d60000", "#8c3bff"]  # Runway's
    mixed = SegmentationType(labels=LABELS, colours={"sea": "#D60000"}).palette
    assert mixed["sea"] == "#d60000"
    assert len(set(mixed.values())) == 3


@pytest.mark.parametrize(
    "words",
    [
        {"labels": {"a": 0, "b": 0}},
        {"labels": {"a": -1}},
        {"labels": {"a": True}},
        {"labels": {"a": 70_000}},
        {"labels": {str(number): number for number in range(5000)}},
        {"labels": {"a": 0}, "colours": {"b": "#000000"}},
        {"labels": {"a": 0}, "colours": {"a": "red"}},
        {"labels": {"a": 0, "b": 1}, "colours": {"a": "#ff0000", "b": "#FF0000"}},
        {"labels": {"a": 0}, "default_label": "b"},
    ],
)
def test_a_contradiction_is_told(words: dict[str, Any]) -> None:
    with pytest.raises(DeclarationError):
        SegmentationType.declare(words)


def test_the_value_is_two_dimensional() -> None:
    with pytest.raises(InputError):
        Segmentation(np.zeros((2, 2, 3), np.uint8))
