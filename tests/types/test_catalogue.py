from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import pytest
from numpy.typing import NDArray

from gesso.errors import DeclarationError
from gesso.types import catalogue
from gesso.types.audio import Audio
from gesso.types.bounding_boxes import BoundingBox, BoundingBoxes
from gesso.types.directory import Directory
from gesso.types.file import File
from gesso.types.image import Image
from gesso.types.landmarks import Landmark, Landmarks
from gesso.types.mask import Mask
from gesso.types.points import Point, Points
from gesso.types.segmentation import Segmentation
from gesso.types.vector import Vector
from gesso.types.video import Video
from gesso.types.words import Field, Range


@pytest.mark.parametrize(
    ("annotation", "name"),
    [
        (str, "text"),
        (int, "number"),
        (float, "number"),
        (bool, "boolean"),
        (Literal["a"], "category"),
        (Annotated[str, Field(choices=["a", "b"])], "category"),
        (Annotated[int, Field(choices=(64, 128))], "category"),
        (Audio, "audio"),
        (BoundingBoxes, "bounding_boxes"),
        (list[BoundingBox], "bounding_boxes"),
        (dict[str, Any], "json"),
        (Directory, "directory"),
        (File, "file"),
        (Image, "image"),
        (Landmarks, "landmarks"),
        (list[Landmark], "landmarks"),
        (list[Image], "list"),
        (list[Landmarks], "list"),
        (list[list[Point]], "list"),
        (Mask, "mask"),
        (Points, "points"),
        (tuple[Point, ...], "points"),
        (Segmentation, "segmentation"),
        (Vector, "vector"),
        (NDArray[np.float32], "vector"),
        (Video, "video"),
    ],
)
def test_an_annotation_names_its_type(annotation: object, name: str) -> None:
    assert catalogue.from_annotation(annotation).type.name == name


def test_constraints_and_description_stand_beside_it() -> None:
    declared = catalogue.from_annotation(Annotated[Vector, Field("where it lies", length=3), Field(ge=0)])
    assert declared.description == "where it lies"
    assert declared.type.constraints == {"length": 3, "ge": 0}
    assert catalogue.from_annotation(Annotated[int, Range(0, 10, 5)]).type.constraints["step"] == 5


def test_tuples_become_lists_as_they_would_in_a_spec() -> None:
    declared = catalogue.from_annotation(Annotated[Landmarks, Field(names=("a", "b"), connections=[("a", "b")])])
    assert declared.type.constraints == {"names": ["a", "b"], "connections": [["a", "b"]]}


@pytest.mark.parametrize("annotation", [object, bytes, complex, set[int], np.ndarray, None, 5, "Image", Landmark])
def test_what_is_no_type_is_told(annotation: object) -> None:
    with pytest.raises(DeclarationError, match="is not a type"):
        catalogue.from_annotation(annotation)


@pytest.mark.parametrize(
    ("name", "words", "message"),
    [
        ("picture", {}, "no data type 'picture'"),
        ("base", {}, "no data type"),
        ("image", {"size": 5}, "A picture does not know the constraint 'size'"),
        ("category", {}, "A category needs the constraint 'choices'"),
        ("number", {"ge": "two"}, "constraint ge of a number cannot be 'two'"),
        ("number", {"ge": float("nan")}, "plain JSON"),
        ("text", {"min_length": True}, "cannot be True"),
        ("category", {"choices": {1, 2}}, "plain JSON"),
        ("landmarks", {"names": "abc"}, "cannot be 'abc'"),
    ],
)
def test_a_wrong_declaration_is_told(name: str, words: dict[str, Any], message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        catalogue.declare(name, words)


def test_every_file_of_the_room_is_a_type_or_known_to_be_none() -> None:
    for name in catalogue.names():
        assert catalogue.by_name(name).name == name


def test_the_words_of_a_declaration_load_nothing_heavy() -> None:
    code = "import sys, gesso.types.words, gesso.types.catalogue; print({'numpy', 'PIL'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2] / "src"
    )
    assert done.stdout.strip() == "set()"
