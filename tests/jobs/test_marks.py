from __future__ import annotations

import io
import json
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.errors import InputError, NotFoundError
from gesso.jobs.marks import BESIDE, mark, mark_json, read_recipe
from gesso.jobs.recipe import Recipe
from gesso.types.image import ImageType

RECIPE = Recipe(
    model="dream", command="run", seed=7, inputs={"words": "a <fox> & “snow” ]]> é"}, outputs={"a": "b" * 64}
)
LONG = Recipe(model="dream", command="run", seed=7, inputs={f"words {n}": "fox " * 2000 for n in range(20)})
TYPE = ImageType()


def pictures() -> dict[str, bytes]:
    photo, clear = TYPE.sample(), ImageType(channels=4).sample()
    deep = TYPE.coerce(np.full((5, 7), 40_000, np.uint16))
    made = {f"photo{ending}": TYPE.encode(photo, ending) for ending in (".png", ".jpg", ".webp")}
    made |= {"clear.png": TYPE.encode(clear, ".png"), "clear.webp": TYPE.encode(clear, ".webp")}
    made["deep.png"] = TYPE.encode(deep, ".png")
    saved: dict[str, dict[str, Any]] = {
        "lossless.webp": {"lossless": True},
        "camera.jpg": {"exif": PIL.Image.Exif(), "comment": b"hello"},
        "profile.webp": {"icc_profile": b"x" * 11},
    }
    for name, options in saved.items():
        file = io.BytesIO()
        photo.pil.save(file, "WEBP" if name.endswith("webp") else "JPEG", **options)
        made[name] = file.getvalue()
    return made


@pytest.mark.parametrize("recipe", [RECIPE, LONG], ids=["short", "long"])
@pytest.mark.parametrize("name", pictures())
def test_a_picture_carries_its_recipe_and_looks_the_same(name: str, recipe: Recipe, tmp_path: Path) -> None:
    data = pictures()[name]
    marked = mark(data, recipe)
    (tmp_path / name).write_bytes(marked)
    assert read_recipe(tmp_path / name) == recipe
    assert TYPE.decode(marked) == TYPE.decode(data)
    opened = PIL.Image.open(io.BytesIO(marked))
    opened.verify()
    if name.endswith(".png"):
        assert opened.info["gesso-recipe"] == recipe.to_json()  # other programs can read it too
    if name.endswith(".webp"):
        assert b"gesso:recipe" in PIL.Image.open(io.BytesIO(marked)).info["xmp"]


def test_what_cannot_carry_one_stays_as_it_is(tmp_path: Path) -> None:
    data = TYPE.encode(TYPE.sample(), ".bmp")
    assert mark(data, RECIPE) == data
    for broken in (b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"RIFF\0\0\0\0WEBPVP9 xxxx"):
        assert mark(broken, RECIPE) == broken or mark(broken, RECIPE).startswith(broken)
    (tmp_path / "fox.bmp").write_bytes(data)
    with pytest.raises(NotFoundError, match="carries no recipe"):
        read_recipe(tmp_path / "fox.bmp")


def test_an_object_carries_it_and_a_list_has_it_beside(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(mark_json({"foxes": 1}, RECIPE)), encoding="utf-8")
    assert read_recipe(path) == RECIPE
    assert mark_json([1, 2], RECIPE) == [1, 2]
    path.write_text("[1, 2]", encoding="utf-8")
    with pytest.raises(NotFoundError):
        read_recipe(path)
    path.with_name(path.name + BESIDE).write_text(RECIPE.to_json(), encoding="utf-8")
    assert read_recipe(path) == RECIPE
    assert read_recipe(path.with_name(path.name + BESIDE)) == RECIPE


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    made = b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + made


@pytest.mark.parametrize(
    "data",
    [
        png((b"iTXt", b"gesso-recipe\0\0\0\0\0not json"), (b"IEND", b"")),
        png((b"iTXt", b"gesso-recipe\0\0\0\0\0" + b"[" * 100_000), (b"IEND", b"")),
        png((b"iTXt", b'gesso-recipe\0\0\0\0\0{"schema_version": 1}'), (b"IEND", b"")),
        png((b"iTXt", b'gesso-recipe\0\0\0\0\0{"schema_version": 99}'), (b"IEND", b"")),
        png((b"iTXt", b'gesso-recipe\0\0\0\0\0{"schema_version":1,"model":1,"command":"x","seed":1}'), (b"IEND", b"")),
        png((b"iTXt", b"gesso-recipe\0\0\0\0\0\xff\xfe"), (b"IEND", b"")),
        b"\xff\xd8\xff\xfe\x00\x10gesso-recipe\0{" + b"\xff\xd9",
        b'{"_recipe": 5}',
        b'{"_recipe": {"schema_version": "1"}}',
    ],
    ids=range(9),
)
def test_a_broken_recipe_is_refused_in_words(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "fox").write_bytes(data)
    with pytest.raises(InputError, match="a recipe of Gesso"):
        read_recipe(tmp_path / "fox")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[" * 100_000,
        b"\x89PNG\r\n\x1a\n" + b"\xff" * 50,
        png((b"iTXt", b"gesso-recipe\0\x01\0\0\0" + zlib.compress(bytes(10_000_000))), (b"IEND", b"")),  # a bomb
        png((b"iTXt", b"gesso-recipe"), (b"IEND", b"")),
        png(*[(b"tEXt", b"x")] * 200_000),
        b"\xff\xd8\xff\xe0\x00\x00",
        b"RIFF\xff\xff\xff\xffWEBPXMP \xff\xff\xff\xff",
        b"RIFF\0\0\0\0WEBPXMP \x04\0\0\0\xff\xff\xff\xff",
    ],
    ids=range(10),
)
def test_a_file_without_one_has_none_however_odd_it_is(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "fox").write_bytes(data)
    with pytest.raises(NotFoundError):
        read_recipe(tmp_path / "fox")


@given(st.binary(max_size=200), st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBP", b"{"]))
def test_nothing_that_a_file_holds_breaks_the_reader(rest: bytes, head: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fox"
        path.write_bytes(head + rest)
        with pytest.raises((NotFoundError, InputError)):
            read_recipe(path)
        mark(head + rest, RECIPE)


def test_a_folder_or_a_missing_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(InputError):
            read_recipe(path)
