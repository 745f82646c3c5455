from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gesso.errors import InputError
from gesso.server.direct.given import Medium, Typed, is_quick, open_inputs
from gesso.spec.model import Port
from gesso.storage.blobs import Blobs
from gesso.types.file import File
from gesso.types.image import Image
from tests.server.routers.test_files import png

PHOTO = Port(name="photo", type="image")
PHOTOS = Port(name="photos", type="list", constraints={"items": {"type": "image", "constraints": {}}})
COUNTS = Port(name="counts", type="list", constraints={"items": {"type": "number", "constraints": {}}})
WORDS = Port(name="words", type="text")
FILE = Port(name="file", type="file")
DATA = Port(name="data", type="json")


def opened(port: Port, value: Any, folder: Path) -> Any:
    blobs = Blobs(folder / "blobs")
    return open_inputs([port], {port.name: value}, blobs=blobs, folder=folder / "run")[port.name]


@pytest.mark.parametrize(
    ("port", "value", "expected"),
    [
        (WORDS, Typed("6"), "6"),
        (WORDS, Medium("füchs".encode()), "füchs"),
        (WORDS, "fox", "fox"),
        (DATA, Typed('{"a": 1}'), {"a": 1}),
        (DATA, Medium(b"[1, 2]", "x.json"), [1, 2]),
        (COUNTS, Typed("[1, 2]"), [1, 2]),
        (COUNTS, [Typed("1"), Typed("2")], [1, 2]),
        (FILE, Medium(b"x", "notes.md"), File(b"x", name="notes.md")),
    ],
)
def test_each_becomes_the_value_of_its_type(port: Port, value: Any, expected: Any, tmp_path: Path) -> None:
    assert opened(port, value, tmp_path) == expected


def test_pictures_are_read(tmp_path: Path) -> None:
    assert isinstance(opened(PHOTO, Medium(png()), tmp_path), Image)
    assert [photo.width for photo in opened(PHOTOS, [Medium(png(5)), Medium(png(6))], tmp_path)] == [5, 6]
    assert [photo.width for photo in opened(PHOTOS, Medium(png(5)), tmp_path)] == [5]


@pytest.mark.parametrize(
    ("port", "value"),
    [
        (PHOTO, Medium(b"x")),
        (PHOTO, Typed("/etc/passwd")),
        (PHOTO, [Medium(png()), Medium(png())]),
        (WORDS, Medium(b"\xff")),
    ],
)
def test_what_does_not_fit_says_where(port: Port, value: Any, tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        opened(port, value, tmp_path)
    assert refused.value.where == port.name


def test_small_and_plain_inputs_need_no_thread() -> None:
    assert is_quick([WORDS, COUNTS], {"words": Typed("fox"), "counts": [1, 2]})
    assert is_quick([PHOTO, WORDS], {"words": "fox"})
    assert not is_quick([PHOTO], {"photo": "data:image/png;base64,AAAA"})
    assert not is_quick([WORDS], {"words": Medium(b"fox")})
    assert not is_quick([WORDS], {"words": "a" * 100_000})
    assert not is_quick([COUNTS], {"counts": [[1] * 60] * 60})
