"""Ports as Runway's fields, and back from them what its clients make of a value."""

from __future__ import annotations

from typing import Any

import pytest

from gesso.compat.runway.fields import port_of
from gesso.server.protocols.runway_fields import command_of, field_of
from gesso.spec.model import Command, Port

TEXT = {"name": "x", "type": "text", "description": None, "default": "", "minLength": 0}


@pytest.mark.parametrize(
    ("kind", "constraints", "field"),
    [
        ("text", {}, {"type": "text", "default": "", "minLength": 0}),
        ("text", {"min_length": 1, "max_length": 9}, {"type": "text", "default": "", "minLength": 1, "maxLength": 9}),
        ("number", {}, {"type": "number", "default": 0}),
        (
            "number",
            {"ge": 8, "le": 1024, "is_integer": True},
            {"type": "number", "default": 8, "min": 8, "max": 1024, "step": 1},
        ),
        ("number", {"ge": 0, "le": 1, "step": 0.1}, {"type": "number", "default": 0, "min": 0, "max": 1, "step": 0.1}),
        ("boolean", {}, {"type": "boolean", "default": False}),
        ("category", {"choices": [64, 128]}, {"type": "category", "oneOf": [64, 128], "default": 64}),
        (
            "vector",
            {"length": 512, "sampling_std": 0.5},
            {"type": "vector", "length": 512, "samplingMean": 0, "samplingStd": 0.5, "default": None},
        ),
        ("image", {}, {"type": "image", "channels": 3, "defaultOutputFormat": "JPEG"}),
        ("image", {"channels": 3}, {"type": "image", "channels": 3, "defaultOutputFormat": "JPEG"}),
        (
            "image",
            {"channels": 4, "min_width": 64, "max_height": 512},
            {"type": "image", "channels": 4, "minWidth": 64, "maxHeight": 512, "defaultOutputFormat": "PNG"},
        ),
        ("mask", {}, {"type": "image", "channels": 1, "defaultOutputFormat": "PNG"}),
        (
            "segmentation",
            {"labels": {"sky": 0, "sea": 7}, "colours": {"sea": "#0000ff"}},
            {
                "type": "segmentation",
                "labels": ["sky", "sea"],
                "defaultLabel": "sky",
                "labelToId": {"sky": 0, "sea": 7},
                "labelToColor": {"sky": [214, 0, 0], "sea": [0, 0, 255]},
            },
        ),
        ("segmentation", {}, {"type": "image", "channels": 1, "defaultOutputFormat": "PNG"}),
        ("points", {"max_length": 1}, {"type": "image_point"}),
        ("bounding_boxes", {"min_length": 1, "max_length": 1}, {"type": "image_bounding_box"}),
        (
            "points",
            {},
            {
                "type": "array",
                "itemType": {"name": "image_point_array_item", "type": "image_point", "description": None},
                "minLength": 0,
            },
        ),
        (
            "landmarks",
            {"names": ["a", "b"], "connections": [["a", "b"]]},
            {"type": "image_landmarks", "length": 2, "labels": ["a", "b"], "connections": [["a", "b"]]},
        ),
        ("landmarks", {"min_length": 5, "max_length": 5}, {"type": "image_landmarks", "length": 5}),
        (
            "landmarks",
            {"max_length": 9},
            {
                "type": "array",
                "itemType": {"name": "image_point_array_item", "type": "image_point", "description": None},
                "minLength": 0,
                "maxLength": 9,
            },
        ),
        (
            "list",
            {"items": {"type": "text"}, "max_length": 3},
            {
                "type": "array",
                "itemType": TEXT | {"name": "text_array_item"},
                "minLength": 0,
                "maxLength": 3,
            },
        ),
        ("file", {"extensions": [".pkl"]}, {"type": "file", "extension": ".pkl"}),
        ("file", {}, {"type": "file"}),
        ("json", {}, {"type": "any"}),
        ("video", {}, {"type": "any"}),
        ("audio", {}, {"type": "any"}),
        ("directory", {}, {"type": "any"}),
    ],
)
def test_each_type_has_a_word(kind: str, constraints: dict[str, Any], field: dict[str, Any]) -> None:
    port = Port(name="x", type=kind, constraints=constraints)
    assert field_of(port) == {"name": "x", "description": None, **field}


def test_the_spec_of_gpt_2_is_the_one_that_was_hosted() -> None:
    """As Runway's documentation shows it."""
    ports = (
        Port(name="prompt", type="text", is_required=False, default=""),
        _number("max_characters", 64, ge=8, le=1024, is_integer=True),
        _number("top_p", 0.9, ge=0.1, le=1, step=0.1),
        _number("seed", 1000, ge=0, le=1000, is_integer=True),
    )
    outputs = (Port(name="generated_text", type="text"), Port(name="encountered_end", type="boolean"))
    told = command_of(Command(name="generate", inputs=ports, outputs=outputs), description="Text.")
    assert told["description"] == "Text."
    _, *numbers = told["inputs"]
    assert [(each["name"], each["default"], each["min"], each["max"], each["step"]) for each in numbers] == [
        ("max_characters", 64, 8, 1024, 1),
        ("top_p", 0.9, 0.1, 1, 0.1),
        ("seed", 1000, 0, 1000, 1),
    ]
    assert [(each["name"], each["type"]) for each in told["outputs"]] == [
        ("generated_text", "text"),
        ("encountered_end", "boolean"),
    ]


def test_the_info_of_stylegan_is_the_one_that_the_app_told() -> None:
    """Verbatim from the Processing library's issue 17, but that a picture has no limits there."""
    told = {
        "outputs": [
            {"defaultOutputFormat": "JPEG", "channels": 3, "name": "image", "description": None, "type": "image"}
        ],
        "inputs": [
            {
                "samplingMean": 0, "default": None, "name": "z", "length": 512, "description": None, "type": "vector",
                "samplingStd": 0.5,
            },
            {
                "default": 0.8, "min": 0, "max": 1, "name": "truncation", "description": None, "step": 0.01,
                "type": "number",
            },
        ],
    }  # fmt: skip
    z = Port(name="z", type="vector", constraints={"length": 512, "sampling_std": 0.5})
    inputs = (z, _number("truncation", 0.8, ge=0, le=1, step=0.01))
    command = Command(name="run", inputs=inputs, outputs=(Port(name="image", type="image"),))
    found = command_of(command)
    assert {"inputs": found["inputs"], "outputs": found["outputs"]} == told


def _number(name: str, default: float, **constraints: Any) -> Port:
    return Port(name=name, type="number", is_required=False, default=default, constraints=constraints)


FIELDS: list[dict[str, Any]] = [
    {"type": "text", "default": "a fox", "minLength": 1, "maxLength": 80},
    {"type": "number", "default": 0.8, "min": 0, "max": 1, "step": 0.01},
    {"type": "number", "default": 64, "min": 8, "max": 1024, "step": 1},
    {"type": "boolean", "default": True},
    {"type": "category", "oneOf": ["red", "green"], "default": "green"},
    {"type": "vector", "length": 512, "samplingMean": 0, "samplingStd": 0.5, "default": None},
    {"type": "image", "channels": 3, "defaultOutputFormat": "JPEG"},
    {"type": "image", "channels": 4, "defaultOutputFormat": "PNG"},
    {
        "type": "segmentation", "labels": ["sky", "sea"], "defaultLabel": "sky", "labelToId": {"sky": 0, "sea": 7},
        "labelToColor": {"sky": [214, 0, 0], "sea": [140, 59, 255]},
    },
    {"type": "image_point"},
    {"type": "image_bounding_box"},
    {"type": "image_landmarks", "length": 2, "labels": ["a", "b"], "connections": [["a", "b"]]},
    {"type": "image_landmarks", "length": 5},
    {"type": "file", "extension": ".pkl"},
    {"type": "any"},
    {
        "type": "array", "minLength": 0,
        "itemType": {"name": "image_point_array_item", "type": "image_point", "description": None},
    },
]  # fmt: skip


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field["type"])
def test_what_a_model_of_runways_declares_its_clients_read_again(field: dict[str, Any]) -> None:
    whole = {"name": "x", "description": "What it is.", **field}
    assert field_of(port_of(whole)) == whole
