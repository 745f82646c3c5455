"""Values go to a Runway model as its wire has them, and come back as Gesso has them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gesso.compat.runway.fields import port_of
from gesso.compat.runway.wire import from_wire, plain_number, to_wire
from gesso.errors import InputError
from gesso.types.bounding_boxes import BoundingBox
from gesso.types.directory import Directory
from gesso.types.file import File
from gesso.types.image import Image
from gesso.types.landmarks import Landmark
from gesso.types.points import Point

PICTURE = Image(np.full((2, 3, 3), 7, np.uint8))


def field(kind: str, **words: Any) -> dict[str, Any]:
    return {"name": "x", "type": kind, "description": None, **words}


SEEN = field("image_landmarks", length=2, labels=["nose", "tail"])
PLACES: list[tuple[dict[str, Any], Any, Any]] = [
    (field("any"), {"a": [1]}, {"a": [1]}),
    (field("text"), "fox", "fox"),
    (field("boolean"), True, True),
    (field("vector", length=2), [0.5, 1.0], np.array([0.5, 1], np.float32)),
    (field("image_point"), [0.25, 0.5], [Point(0.25, 0.5)]),
    (field("image_bounding_box"), [0.0, 0.25, 0.5, 1.0], [BoundingBox(0.0, 0.25, 0.5, 1.0)]),
    (SEEN, [[0.25, 0.5], [0.75, 1.0]], [Landmark("nose", 0.25, 0.5), Landmark("tail", 0.75, 1.0)]),
    (field("array", itemType=SEEN), [], []),
    (field("array", itemType=field("image_point")), [[0.25, 0.5]], [Point(0.25, 0.5)]),
    (field("array", itemType=field("image_bounding_box")), [[0.0, 0.0, 0.5, 0.5]], [BoundingBox(0.0, 0.0, 0.5, 0.5)]),
    (field("array", itemType=field("array", itemType=field("number"))), [[1], [2, 3]], [[1], [2, 3]]),
]


@pytest.mark.parametrize(("given", "wire", "value"), PLACES)
def test_there_and_back(given: dict[str, Any], wire: Any, value: Any) -> None:
    port = port_of(given)
    assert to_wire(port.data_type, given, value=port.data_type.coerce(value)) == wire
    assert np.all(from_wire(port, given, value=wire) == value)


def test_whole_numbers_go_whole_as_javascript_sends_them() -> None:
    assert (plain_number(5.0), type(plain_number(5.0)), plain_number(5.5)) == (5, int, 5.5)
    port = port_of(field("number", default=1, max=9))
    assert str(to_wire(port.data_type, field("number"), value=5.0)) == "5"


def test_pictures_go_as_data_uris_one_by_one() -> None:
    given = field("array", itemType=field("image", channels=3))
    port = port_of(given)
    (wire,) = to_wire(port.data_type, given, value=[PICTURE])
    assert wire.startswith("data:image/")
    assert from_wire(port, given, value=[wire]) == [PICTURE]


def test_files_go_as_paths(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("fox")
    file, folder = field("file"), field("file", isDirectory=True)
    assert to_wire(port_of(file).data_type, file, value=File(tmp_path / "a.txt")) == str(tmp_path / "a.txt")
    assert to_wire(port_of(folder).data_type, folder, value=Directory(tmp_path)) == str(tmp_path)
    assert from_wire(port_of(file), file, value=str(tmp_path / "a.txt")).bytes() == b"fox"


@pytest.mark.parametrize(
    ("given", "wire", "value"),
    [
        (field("image_point"), [-0.25, 1.5], [Point(0.0, 1.0)]),
        (field("image_bounding_box"), [-0.5, 0.0, 0.5, 2.0], [BoundingBox(0.0, 0.0, 0.5, 1.0)]),
        (field("image_bounding_box"), [1.5, 0.0, 2.0, 1.0], []),
        (
            field("array", itemType=field("image_bounding_box")),
            [[-1, 0, -0.5, 1], [0, 0, 1, 1]],
            [BoundingBox(0, 0, 1, 1)],
        ),
    ],
)
def test_what_lies_outside_is_cut_to_the_picture(given: dict[str, Any], wire: Any, value: Any) -> None:
    assert from_wire(port_of(given, is_output=True), given, value=wire) == value


@pytest.mark.parametrize(
    ("given", "wire"),
    [
        (field("image_point"), [100, 200]),
        (field("image_point"), "here"),
        (field("image_bounding_box"), [0, 0, 640, 480]),
        (field("image_bounding_box"), [1, 2]),
        (field("image_landmarks", length=2), [[0.5]]),
        (field("image_landmarks", length=2), None),
        (field("number"), "many"),
        (field("image", channels=3), "no picture"),
        (field("file"), "/there/is/none"),
        (field("array", itemType=field("text")), "not a list"),
    ],
)
def test_what_makes_no_sense_is_refused(given: dict[str, Any], wire: Any) -> None:
    with pytest.raises(InputError):
        from_wire(port_of(given, is_output=True), given, value=wire)
