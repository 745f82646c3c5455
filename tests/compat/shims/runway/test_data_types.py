"""The data types of Runway's SDK: their JSON, and their values on the wire, as the SDK 0.6.1 has them."""

from __future__ import annotations

import base64
import io
import tarfile
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
import runway
from runway import data_types as types
from runway.exceptions import InvalidArgumentError, MissingArgumentError, RunwayError

LABELS = {"sky": 0, "sea": 1, "dog": 5}


def uri(picture: PIL.Image.Image, form: str = "PNG") -> str:
    file = io.BytesIO()
    picture.save(file, form)
    return f"data:image/{form.lower()};base64,{base64.b64encode(file.getvalue()).decode()}"


def opened(wire: str) -> PIL.Image.Image:
    return PIL.Image.open(io.BytesIO(base64.b64decode(wire.partition(",")[2])))


# -- JSON -------------------------------------------------------------------------------------------------------------

JSON: list[tuple[Any, dict[str, Any]]] = [
    (types.any(), {"type": "any"}),
    (types.text(), {"type": "text", "default": "", "minLength": 0}),
    (types.text(default="a", max_length=9), {"type": "text", "default": "a", "minLength": 0, "maxLength": 9}),
    (types.number(), {"type": "number", "default": 0}),
    (types.number(default=2, min=1, max=3, step=1), {"type": "number", "default": 2, "min": 1, "max": 3, "step": 1}),
    (types.number(min=0, max=1_000_000), {"type": "number", "default": 1_000_000, "min": 0, "max": 1_000_000}),
    (types.number(default=0, max=999), {"type": "number", "default": 999, "max": 999}),
    (types.boolean(), {"type": "boolean", "default": False}),
    (types.category(choices=[64, 128]), {"type": "category", "oneOf": [64, 128], "default": 64}),
    (types.category(choices=["a", "b"], default="b"), {"type": "category", "oneOf": ["a", "b"], "default": "b"}),
    (
        types.vector(length=2, sampling_std=0.5),
        {"type": "vector", "length": 2, "samplingMean": 0, "samplingStd": 0.5, "default": None},
    ),
    (
        types.vector(default=[1, 2]),
        {"type": "vector", "length": 2, "samplingMean": 0, "samplingStd": 1, "default": [1, 2]},
    ),
    (types.image(), {"type": "image", "channels": 3, "defaultOutputFormat": "JPEG"}),
    (
        types.image(channels=4, width=8, min_height=2, default_output_format="png"),
        {"type": "image", "channels": 4, "width": 8, "minHeight": 2, "defaultOutputFormat": "PNG"},
    ),
    (types.image(channels=1), {"type": "image", "channels": 1, "defaultOutputFormat": "PNG"}),
    (types.file(), {"type": "file"}),
    (types.file(extension=".pth", default="a.pth"), {"type": "file", "extension": ".pth", "default": "a.pth"}),
    (types.directory(), {"type": "file", "isDirectory": True}),
    (types.image_point(), {"type": "image_point"}),
    (types.image_bounding_box(), {"type": "image_bounding_box"}),
    (types.image_landmarks(2), {"type": "image_landmarks", "length": 2}),
    (
        types.image_landmarks(2, labels=["a", "b"], connections=[["a", "b"]]),
        {"type": "image_landmarks", "length": 2, "labels": ["a", "b"], "connections": [["a", "b"]]},
    ),
    (
        types.segmentation(LABELS, label_to_color={"sea": [1, 2, 3]}),
        {
            "type": "segmentation",
            "labels": ["sky", "sea", "dog"],
            "defaultLabel": "sky",
            "labelToId": LABELS,
            "labelToColor": {"sky": [214, 0, 0], "sea": [1, 2, 3], "dog": [255, 126, 209]},
        },
    ),
    (
        types.array(types.text, min_length=1),
        {
            "type": "array",
            "minLength": 1,
            "itemType": {
                "name": "text_array_item",
                "type": "text",
                "description": None,
                "default": "",
                "minLength": 0,
            },
        },
    ),
]


@pytest.mark.parametrize(("field", "json"), JSON, ids=lambda value: getattr(value, "type", ""))
def test_its_json(field: Any, json: dict[str, Any]) -> None:
    assert field.to_dict() == {"name": json["type"], "description": None, **json}


def test_it_is_described() -> None:
    assert types.text(description="What it says.").to_dict()["description"] == "What it says."


def test_the_colours_are_the_first_of_the_palette() -> None:
    found = types.segmentation({str(number): number for number in range(8)}).label_to_color
    assert list(found.values()) == [
        *([214, 0, 0], [140, 59, 255], [1, 135, 0], [0, 172, 198]),
        *([151, 255, 0], [255, 126, 209], [107, 0, 79], [255, 165, 47]),
    ]


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (types.category, MissingArgumentError, "Missing argument: choices."),
        (lambda: types.category(choices=[]), MissingArgumentError, "choices"),
        (lambda: types.category(choices=["a"], default="b"), InvalidArgumentError, "default argument b"),
        (types.vector, MissingArgumentError, "length"),
        (lambda: types.vector(length=3, default=[1]), InvalidArgumentError, "does not match"),
        (types.array, MissingArgumentError, "item_type"),
        (lambda: types.image(channels=2), InvalidArgumentError, "1, 3, or 4"),
        (lambda: types.image(default_output_format="GIF"), InvalidArgumentError, "JPEG"),
        (types.segmentation, MissingArgumentError, "label_to_id"),
        (lambda: types.segmentation({}), InvalidArgumentError, "invalid type"),
        (lambda: types.segmentation(LABELS, default_label="cat"), InvalidArgumentError, "cat"),
        (lambda: types.image_landmarks(0), InvalidArgumentError, "greater than 0"),
        (lambda: types.image_landmarks(2, labels=["a"]), InvalidArgumentError, "does not match"),
        (lambda: types.image_landmarks(1, connections=[["a", "b"]]), InvalidArgumentError, "labels is undefined"),
        (lambda: types.image_landmarks(1, labels=["a"], connections=[["a"]]), InvalidArgumentError, "2 elements"),
        (lambda: types.image_landmarks(1, labels=["a"], connections=[["a", "b"]]), InvalidArgumentError, "b is not"),
    ],
)
def test_a_wrong_declaration_is_refused(make: Any, error: type[RunwayError], words: str) -> None:
    with pytest.raises(error, match=words):
        make()


# -- values -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "wire", "value"),
    [
        (types.any(), {"a": [1]}, {"a": [1]}),
        (types.text(max_length=2), "far too long", "far too long"),
        (types.number(max=2), 99, 99),
        (types.boolean(), True, True),
        (types.category(choices=[64, 128]), 128, 128),
        (types.array(types.number), [1, 2], [1, 2]),
        (types.image_point(), [0.5, 2], [0.5, 2]),
        (types.image_bounding_box(), [-1, 0, 2, 1], [-1, 0, 2, 1]),
        (types.image_landmarks(1), [[0, 1]], [[0, 1]]),
    ],
)
def test_what_json_says_comes_and_goes_as_it_is(field: Any, wire: Any, value: Any) -> None:
    assert field.deserialize(wire) == value
    assert field.serialize(value) == wire


@pytest.mark.parametrize(
    ("field", "wire", "words"),
    [
        (types.boolean(), 1, r"Invalid argument: boolean. value type <class 'int'> is not a boolean"),
        (types.category(choices=["a"]), "b", "b"),
        (types.image_point(), [1], "length 2"),
        (types.image_bounding_box(), [0, 0, 1], "length 4"),
        (types.image_bounding_box(), [1, 0, 0, 1], r"image_bounding_box\[0\] must be less than"),
        (types.image_bounding_box(), [0, 1, 1, 1], r"image_bounding_box\[1\]"),
        (types.image_landmarks(2), [[0, 1]], "length 2, instead got array of length 1"),
        (types.image_landmarks(1), [[0, 1, 2]], "index 0"),
        (types.file(), "/there/is/none", "does not exist"),
        (types.file(extension=".pth"), __file__, "extension"),
        (types.segmentation(LABELS), "data:,nonsense", "unable to parse expected base64-encoded image"),
    ],
)
def test_a_wrong_value_is_refused(field: Any, wire: Any, words: str) -> None:
    with pytest.raises(InvalidArgumentError, match=words) as raised:
        field.deserialize(wire)
    assert raised.value.code == 400


def test_values_of_numpy_become_plain() -> None:
    assert type(types.number().serialize(np.float32(1.5))) is float
    assert type(types.image_point().serialize(np.array([0.5, 1]))[0]) is float
    assert types.image_bounding_box().serialize(np.array([0, 0, 1, 1])) == [0, 0, 1, 1]
    assert types.image_landmarks(1).serialize(np.array([[0.5, 1]])) == [[0.5, 1]]
    assert types.vector(length=2).serialize(np.array([1.5, 2])) == [1.5, 2]
    assert types.text().serialize(None) == "None"


def test_a_vector_is_an_array_of_any_length() -> None:
    assert types.vector(length=2).deserialize([1.0, 2.0, 3.0]).tolist() == [1, 2, 3]


@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (3, "RGB"), (4, "RGBA")])
def test_a_picture_comes_in_its_mode_from_any_file(channels: int, mode: str) -> None:
    field = types.image(channels=channels)
    for form in ("PNG", "GIF", "BMP"):
        assert field.deserialize(uri(PIL.Image.new("RGB", (3, 2), "red"), form)).mode == mode
    bare = uri(PIL.Image.new("L", (3, 2))).partition(",")[2]
    assert field.deserialize(bare).mode == mode


def test_a_picture_goes_in_the_form_that_is_asked_for() -> None:
    pixels = np.full((2, 3, 3), 200.9)
    field = types.image()
    assert field.serialize(pixels).startswith("data:image/jpeg;base64,")
    assert opened(field.serialize(pixels, output_format="PNG")).getpixel((0, 0)) == (200, 200, 200)
    assert opened(types.image(channels=1).serialize(PIL.Image.new("RGB", (3, 2)))).mode == "L"
    with pytest.raises(InvalidArgumentError, match="not a PIL or numpy image"):
        field.serialize("a text")


def test_no_picture_is_no_error_of_runways() -> None:
    with pytest.raises(Exception, match=r".") as raised:
        types.image().deserialize("data:image/png;base64,AAAA")
    assert not isinstance(raised.value, RunwayError)


def test_a_segmentation_in_colours_comes_as_the_nearest_ids() -> None:
    field = types.segmentation(LABELS)
    picture = PIL.Image.new("RGB", (3, 1))
    for x, colour in enumerate([(200, 10, 0), (141, 60, 250), (255, 126, 209)]):
        picture.putpixel((x, 0), colour)
    ids = field.deserialize(uri(picture))
    assert ids.mode == "L"
    assert np.asarray(ids).tolist() == [[0, 1, 5]]
    assert field.deserialize(uri(PIL.Image.new("L", (2, 1), 5))).getpixel((0, 0)) == 5


def test_a_segmentation_of_ids_goes_in_colours() -> None:
    field = types.segmentation(LABELS)
    made = opened(field.serialize(np.array([[0, 5, 9]], np.uint8)))
    assert [made.getpixel((x, 0)) for x in range(3)] == [(214, 0, 0), (255, 126, 209), (0, 0, 0)]


# -- files ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """A web server for the files in `tmp_path`."""
    handler = partial(SimpleHTTPRequestHandler, directory=tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_an_address_is_fetched_into_a_file(site: str, tmp_path: Path) -> None:
    (tmp_path / "weights.tar.pth").write_bytes(b"weights")
    path = types.file(extension=".pth").deserialize(f"{site}/weights.tar.pth")
    assert path.endswith(".tar.pth")
    assert Path(path).read_bytes() == b"weights"


def test_an_archive_is_unpacked(site: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("inside")
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "a.txt", "deep/a.txt")
    folder = types.directory().deserialize(f"{site}/a.tar.gz")
    assert (Path(folder) / "deep" / "a.txt").read_text() == "inside"


def test_a_path_stays_what_it_is(tmp_path: Path) -> None:
    assert types.directory().deserialize(str(tmp_path)) == str(tmp_path)
    assert types.file().serialize("/a/b") == "/a/b"


def test_a_file_comes_in_parts_that_cover_it() -> None:
    from runway.utils import get_download_chunks

    assert list(get_download_chunks(25, 10)) == [[0, 11], [12, 24]]
    assert list(get_download_chunks(3)) == [[0, 2]]


# -- names ------------------------------------------------------------------------------------------------------------


def test_every_name_is_where_models_look_for_it() -> None:
    for name in ("setup", "command", "run", "RunwayModel", "__version__", "image", "text", "any", "np", "Image"):
        assert hasattr(runway, name), name
    for name in ("base64", "os", "json", "is_url", "MissingArgumentError", "InvalidArgumentError"):
        assert hasattr(types, name), name
    assert runway.__version__ == "0.6.1"
