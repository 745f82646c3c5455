"""Runway's fields become ports of Gesso's: with limits for what goes in, without for what comes out."""

from __future__ import annotations

from typing import Any

import pytest

from gesso.compat.runway.fields import command_of, port_of
from gesso.errors import DeclarationError


def field(kind: str, **words: Any) -> dict[str, Any]:
    return {"name": "some_name", "type": kind, "description": None, **words}


@pytest.mark.parametrize(
    ("given", "name", "constraints"),
    [
        (field("any"), "json", {}),
        (field("text", default="", minLength=0), "text", {}),
        (field("text", default="", minLength=2, maxLength=9), "text", {"min_length": 2, "max_length": 9}),
        (field("number", default=0), "number", {}),
        (field("number", default=0.5, min=0, max=1, step=0.1), "number", {"ge": 0, "le": 1, "step": 0.1}),
        (field("number", default=0.5, min=0.01, max=1, step=0.1), "number", {"ge": 0.01, "le": 1}),
        (field("number", default=9, min=0, max=1), "number", {}),
        (field("number", default=5, min=1, max=9, step=1), "number", {"is_integer": True, "ge": 1, "le": 9, "step": 1}),
        (field("number", default=1, min=0, max=1), "number", {"ge": 0, "le": 1}),
        (field("number", default=1, min=3, max=1), "number", {}),
        (field("number", default=1, step=0), "number", {}),
        (field("boolean", default=False), "boolean", {}),
        (field("category", oneOf=[64, "b"], default=64), "category", {"choices": [64, "b"]}),
        (field("category", oneOf=["a", "a"], default="a"), "json", {}),
        (field("vector", length=4, samplingMean=0, samplingStd=0.5), "vector", {"length": 4, "sampling_std": 0.5}),
        (field("image", channels=4, width=8), "image", {"channels": 4, "depth": 8}),
        (field("image", channels=7), "json", {}),
        (field("file"), "file", {}),
        (field("file", extension=".PTH"), "file", {"extensions": [".pth"]}),
        (field("file", extension="h5"), "file", {"extensions": [".h5"]}),
        (field("file", isDirectory=True), "directory", {}),
        (field("image_point"), "points", {"min_length": 1, "max_length": 1}),
        (field("image_bounding_box"), "bounding_boxes", {"min_length": 1, "max_length": 1}),
        (field("image_landmarks", length=2), "landmarks", {"min_length": 2, "max_length": 2}),
        (
            field("image_landmarks", length=2, labels=["a", "b"], connections=[["a", "b"]]),
            "landmarks",
            {"names": ["a", "b"], "connections": [["a", "b"]]},
        ),
        (field("image_landmarks", length=2, labels=["a", "a"]), "landmarks", {"min_length": 2, "max_length": 2}),
        (
            field("array", itemType=field("number", default=0, min=1), minLength=0, maxLength=3),
            "list",
            {"items": {"type": "number", "constraints": {}}, "max_length": 3},
        ),
        (field("array", itemType=field("image_point"), minLength=2), "points", {"min_length": 2}),
        (field("array"), "json", {}),
        (field("hologram"), "json", {}),
    ],
)
def test_an_input(given: dict[str, Any], name: str, constraints: dict[str, Any]) -> None:
    port = port_of(given)
    assert (port.type, port.constraints) == (name, constraints)
    assert port.title == "Some name"
    assert port.data_type is not None


@pytest.mark.parametrize(
    ("given", "name", "constraints"),
    [
        (field("text", maxLength=3), "text", {}),
        (field("number", default=1, min=1, max=2, step=1), "number", {}),
        (field("category", oneOf=["a"], default="a"), "text", {}),
        (field("category", oneOf=[64], default=64), "json", {}),
        (field("vector", length=4), "vector", {}),
        (field("image_bounding_box"), "bounding_boxes", {"max_length": 1}),
        (field("array", itemType=field("text"), maxLength=3), "list", {"items": {"type": "text", "constraints": {}}}),
    ],
)
def test_an_output_has_no_limits(given: dict[str, Any], name: str, constraints: dict[str, Any]) -> None:
    port = port_of(given, is_output=True)
    assert (port.type, port.constraints, port.is_required) == (name, constraints, True)


def test_labels_that_are_said_twice_are_taken_once() -> None:
    given = field(
        "segmentation",
        labelToId={"sky": 0, "air": 0, "sea": 1, "odd": -1},
        labelToColor={"sky": [1, 2, 3], "sea": [1, 2, 3], "air": [9, 9, 9]},
        defaultLabel="sky",
    )
    assert port_of(given).constraints == {
        "labels": {"sky": 0, "sea": 1},
        "colours": {"sky": "#010203"},
        "default_label": "sky",
    }
    assert port_of(field("segmentation")).constraints == {}


@pytest.mark.parametrize(
    ("given", "is_required", "default"),
    [
        (field("text", default=""), False, ""),
        (field("number", default=3), False, 3),
        (field("any"), True, None),
        (field("image"), True, None),
        (field("file"), False, None),
        (field("file", default="a.pth"), False, None),
        (field("vector", length=2, default=None), True, None),
        (field("vector", length=2, default=[1, 2]), False, [1, 2]),
        (field("array", itemType=field("text")), True, None),
    ],
)
def test_what_may_be_left_out(given: dict[str, Any], is_required: bool, default: Any) -> None:
    port = port_of(given)
    assert (port.is_required, port.default) == (is_required, default)


def test_what_is_only_for_people_is_told_in_words() -> None:
    assert port_of(field("image", width=8, minHeight=2, maxHeight=4)).description == (
        "(width 8, height at least 2 and at most 4 pixels)"
    )
    assert port_of(field("file", default="a.pth", description="Weights.")).description == (
        "Weights. (if left out: a.pth)"
    )


@pytest.mark.parametrize("given", [None, 3, [], {}, {"name": "a"}, {"name": "a", "inputs": 3, "outputs": []}])
def test_what_is_no_command_is_refused(given: Any) -> None:
    with pytest.raises(DeclarationError, match="not a command of a Runway model"):
        command_of(given)
