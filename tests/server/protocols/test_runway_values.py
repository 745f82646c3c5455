"""Values on Runway's wire."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from gesso.errors import InputError
from gesso.server.protocols.runway_values import given_of, read_formats, wire_of
from gesso.spec.model import Port, coerce_ports
from gesso.types.bounding_boxes import BoundingBox
from gesso.types.image import Image
from gesso.types.landmarks import Landmark
from gesso.types.mask import Mask
from gesso.types.points import Point
from gesso.types.segmentation import Segmentation
from tests.server.protocols.painter import opened, picture

LABELS: dict[str, Any] = {"labels": {"sky": 0, "sea": 7}, "colours": {"sky": "#ff0000", "sea": "#0000ff"}}


def port(kind: str, **constraints: Any) -> Port:
    return Port(name="x", type=kind, constraints=constraints)


def read(kind: str, value: Any, **constraints: Any) -> Any:
    ports = (port(kind, **constraints),)
    return coerce_ports(ports, given_of(ports, {"x": value}))["x"]


def write(kind: str, value: Any, form: str | None = None, /, **constraints: Any) -> Any:
    formats = {} if form is None else {"x": form}
    told = wire_of((port(kind, **constraints),), {"x": value}, formats=formats)["x"]
    return json.loads(json.dumps(told))


@pytest.mark.parametrize("head", ["", "data:image/png;base64,", "image/png;base64,", "data:image/jpeg;base64,"])
def test_a_picture_comes_as_a_data_uri_or_as_bare_base64(head: str) -> None:
    image = read("image", head + picture())
    assert (image.width, image.height, image.channels) == (6, 4, 3)


@pytest.mark.parametrize(("mode", "channels"), [("L", 3), ("RGBA", 3), ("RGB", 1), ("RGB", 4), ("RGBA", 1)])
def test_a_picture_is_brought_to_the_channels(mode: str, channels: int) -> None:
    assert read("image", picture(mode), channels=channels).channels == channels


@pytest.mark.parametrize("value", ["", "fox", "data:image/png;base64,AAAA", 7, None, ["a"], {"url": 1}, "/etc/passwd"])
def test_what_is_no_picture_is_refused(value: Any) -> None:
    with pytest.raises(InputError):
        read("image", value)


def test_a_segmentation_is_read_by_the_nearest_colour() -> None:
    pixels = np.array([[[250, 3, 9], [4, 4, 240]]], np.uint8)
    uri = write("image", Image(pixels), "PNG")
    assert read("segmentation", uri, **LABELS).ids.tolist() == [[0, 7]]
    drawn = opened(write("segmentation", Segmentation(np.array([[0, 7]], np.uint8)), **LABELS))
    assert (drawn.format, np.asarray(drawn.convert("RGB")).tolist()) == ("PNG", [[[255, 0, 0], [0, 0, 255]]])


@pytest.mark.parametrize(
    ("kind", "value", "constraints"),
    [
        ("points", [0.5, 0.25], {"min_length": 1, "max_length": 1}),
        ("points", [[0.5, 0.25], [0, 1]], {}),
        ("bounding_boxes", [0.1, 0.2, 0.3, 0.4], {"max_length": 1}),
        ("bounding_boxes", [[0.1, 0.2, 0.3, 0.4]], {}),
        ("landmarks", [[0.5, 0.25], [0, 1]], {"names": ["a", "b"]}),
        ("landmarks", [[0.5, 0.25]], {"min_length": 1, "max_length": 1}),
        ("number", 0.5, {}),
        ("number", 64, {"is_integer": True}),
        ("boolean", True, {}),
        ("text", "fuchs \N{FOX FACE}", {}),
        ("category", 64, {"choices": [64, 128]}),
        ("vector", [1.0, 2.0, 3.0], {"length": 3}),
        ("list", ["a", "b"], {"items": {"type": "text"}}),
        ("json", {"a": [1, None]}, {}),
    ],
)
def test_what_comes_in_goes_out_the_same(kind: str, value: Any, constraints: dict[str, Any]) -> None:
    assert write(kind, read(kind, value, **constraints), **constraints) == value


@pytest.mark.parametrize(
    ("kind", "value", "constraints"),
    [
        ("points", [0.5], {"max_length": 1}),
        ("points", [[0.5, 300]], {}),
        ("bounding_boxes", [0.3, 0.2, 0.1, 0.4], {"max_length": 1}),
        ("bounding_boxes", "all", {}),
        ("landmarks", [[0.5, 0.25]], {"names": ["a", "b"]}),
        ("number", "much", {}),
        ("boolean", "perhaps", {}),
        ("category", 65, {"choices": [64, 128]}),
        ("vector", [1, 2], {"length": 3}),
        ("vector", [[1], "a"], {}),
        ("file", "/etc/passwd", {}),
        ("file", "file:///etc/passwd", {}),
        ("text", 7, {}),
    ],
)
def test_what_is_wrong_is_refused(kind: str, value: Any, constraints: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        read(kind, value, **constraints)
    assert caught.value.where.startswith("x")


def test_places_lose_what_runway_has_no_word_for() -> None:
    assert write("points", [Point(0.5, 0.25, "fox")]) == [[0.5, 0.25]]
    assert write("landmarks", [Landmark("head", 0.5, 0.25, 0.9)]) == [[0.5, 0.25]]
    assert write("bounding_boxes", [BoundingBox(0, 0.1, 0.2, 0.3, "fox", 0.4)]) == [[0, 0.1, 0.2, 0.3]]
    assert write("bounding_boxes", [], max_length=1) is None
    assert write("landmarks", [], names=["a"]) == []


def test_a_file_is_fetched_from_its_address() -> None:
    ports = (port("file"), Port(name="s", type="text"))
    given = given_of(ports, {"x": "https://example.com/a.pkl", "s": "https://example.com", "more": 1})
    assert given == {"x": {"url": "https://example.com/a.pkl"}, "s": "https://example.com"}


@pytest.mark.parametrize(
    ("channels", "constraints", "wanted", "form"),
    [
        (3, {}, None, "JPEG"),
        (3, {"channels": 3}, None, "JPEG"),
        (4, {}, None, "PNG"),
        (4, {"channels": 4}, None, "PNG"),
        (1, {"channels": 1}, None, "PNG"),
        (3, {}, "PNG", "PNG"),
        (4, {"channels": 4}, "JPEG", "JPEG"),
        (1, {}, "JPEG", "JPEG"),
    ],
)
def test_pictures_go_out_as_jpeg_or_png(
    channels: int, constraints: dict[str, Any], wanted: str | None, form: str
) -> None:
    shape = (4, 6) if channels == 1 else (4, 6, channels)
    uri = write("image", Image(np.full(shape, 200, np.uint8)), wanted, **constraints)
    assert uri.startswith(f"data:image/{form.lower()};base64,")
    assert (opened(uri).format, opened(uri).size) == (form, (6, 4))


def test_masks_are_never_smeared_unless_somebody_asks() -> None:
    mask = Mask(np.full((2, 3), 255, np.uint8))
    assert opened(write("mask", mask)).format == "PNG"
    assert opened(write("mask", mask, "JPEG")).format == "JPEG"


def test_a_list_of_pictures_goes_out_in_one_form() -> None:
    images = [Image(np.zeros((2, 2, 3), np.uint8))] * 2
    told = write("list", images, "PNG", items={"type": "image"})
    assert [opened(uri).format for uri in told] == ["PNG", "PNG"]


@pytest.mark.parametrize(
    ("header", "formats"),
    [
        ("", {}),
        ("image=PNG", {"image": "PNG"}),
        ("a=png; b = JPEG ;", {"a": "PNG", "b": "JPEG"}),
        (";;;", {}),
    ],
)
def test_the_header_names_the_form_of_each_output(header: str, formats: dict[str, str]) -> None:
    assert read_formats(header) == formats


@pytest.mark.parametrize("header", ["image=EXR", "image", "a=PNG=JPEG", "image=" + "x" * 9000])
def test_another_form_is_refused(header: str) -> None:
    with pytest.raises(InputError):
        read_formats(header)
