from __future__ import annotations

import io
import json
import struct
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.errors import InputError, NotFoundError
from gesso.jobs.marks import BESIDE, mark, mark_json, read_recipe
from gesso.jobs.recipe import LONGEST_BYTES, Recipe
from gesso.types.image import ImageType

RECIPE = Recipe(
    model="dream", command="run", seed=7, inputs={"words": "a <fox> & “snow” ]]> é"}, outputs={"a": "b" * 64}
)
OTHER = Recipe(model="wake", command="run", seed=8, inputs={"words": "the second time"})
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


@pytest.mark.parametrize(("first", "second"), [(RECIPE, OTHER), (LONG, OTHER), (OTHER, LONG)])
@pytest.mark.parametrize("name", pictures())
def test_a_file_that_is_made_twice_carries_the_second_recipe_alone(
    name: str, first: Recipe, second: Recipe, tmp_path: Path
) -> None:
    data = pictures()[name]
    marked = mark(mark(data, first), second)
    assert marked == mark(data, second)
    assert first.to_json().encode()[:100] not in marked
    (tmp_path / name).write_bytes(marked)
    assert read_recipe(tmp_path / name) == second


@pytest.mark.parametrize("name", pictures())
def test_a_recipe_that_is_too_long_leaves_none_rather_than_the_one_before(name: str, tmp_path: Path) -> None:
    endless = replace(OTHER, inputs={"words": "x" * LONGEST_BYTES})
    marked = mark(mark(pictures()[name], RECIPE), endless)
    assert TYPE.decode(marked) == TYPE.decode(pictures()[name])
    (tmp_path / name).write_bytes(marked)
    with pytest.raises(NotFoundError):
        read_recipe(tmp_path / name)


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    made = b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + made


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg(*segments: bytes) -> bytes:
    """A JPEG with more segments at its beginning."""
    data = TYPE.encode(TYPE.sample(), ".jpg")
    return data[:2] + b"".join(segments) + data[2:]


def webp(*chunks: tuple[bytes, bytes]) -> bytes:
    """A lossless WebP with more chunks at its end."""
    file = io.BytesIO()
    TYPE.sample().pil.save(file, "WEBP", lossless=True, exif=b"Exif\0\0MM")
    body = file.getvalue()[12:]
    for name, more in chunks:
        body += name + struct.pack("<I", len(more)) + more + b"\0" * (len(more) % 2)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def png_with(*chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG with more chunks before its end."""
    data = TYPE.encode(TYPE.sample(), ".png")
    return data[:-12] + png(*chunks)[8:] + data[-12:]


FOREIGN = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:format="a fox"/>'
    b"</rdf:RDF></x:xmpmeta>"
)
TEXT = RECIPE.to_json().encode()
HOSTILE = {
    "broken exif.jpg": jpeg(segment(0xE1, b"Exif\0\0II*\0\xff\xff\xff\xff")),
    "huge application data.jpg": jpeg(*[segment(0xE2, b"ICC" + bytes(65_000))] * 40),
    "fill bytes.jpg": jpeg(b"\xff\xff\xff" + segment(0xE1, b"x")),
    "several recipes.jpg": jpeg(*[segment(0xFE, b"gesso-recipe\0" + TEXT)] * 3),
    "half of a recipe.jpg": jpeg(segment(0xFE, b"gesso-recipe\0" + b"{" * 65_000)),
    "several recipes.png": png_with(*[(b"iTXt", b"gesso-recipe\0\0\0\0\0" + TEXT)] * 3),
    "compressed recipe.png": png_with((b"zTXt", b"gesso-recipe\0\0" + zlib.compress(TEXT))),
    "huge text.png": png_with((b"tEXt", b"comment\0" + bytes(3_000_000))),
    "broken exif.png": png_with((b"eXIf", b"\xff" * 100)),
    "broken exif.webp": webp((b"EXIF", b"\xff" * 101)),
    "other metadata.webp": webp((b"XMP ", FOREIGN)),
    "several recipes.webp": webp(*[(b"XMP ", mark(webp(), OTHER).rpartition(b"XMP ")[2][4:].rstrip(b"\0"))] * 3),
    "huge.webp": webp((b"hUGE", bytes(3_000_001))),
}


@pytest.mark.filterwarnings("ignore:Corrupt EXIF:UserWarning")  # PIL says so, and reads the pixels all the same
@pytest.mark.parametrize("name", HOSTILE)
def test_odd_metadata_does_not_hinder_a_recipe(name: str, tmp_path: Path) -> None:
    data = HOSTILE[name]
    marked = mark(mark(data, RECIPE), OTHER)
    (tmp_path / "fox").write_bytes(marked)
    assert read_recipe(tmp_path / "fox") == OTHER
    assert TYPE.decode(marked) == TYPE.decode(data)
    assert marked.count(b"gesso:recipe>" if name.endswith("webp") else b"gesso-recipe") in (1, 2)  # XMP has an end tag


def test_what_others_wrote_beside_it_stays() -> None:
    assert b'dc:format="a fox"' in mark(mark(webp((b"XMP ", FOREIGN)), RECIPE), OTHER)
    assert b"comment\0fox" in mark(mark(png_with((b"tEXt", b"comment\0fox")), RECIPE), OTHER)
    assert b"a comment" in mark(mark(jpeg(segment(0xFE, b"a comment")), RECIPE), OTHER)


BROKEN = {
    "xmp that nothing can be added to": webp((b"XMP ", "<rdf:RDF></rdf:RDF>".encode("utf-16"))),
    "webp cut short": webp()[:-8],
    "png cut short": TYPE.encode(TYPE.sample(), ".png")[:-20],
    "jpeg with a length of nothing": jpeg(b"\xff\xe1\0\0"),
    "jpeg with a length beyond its end": b"\xff\xd8\xff\xe1\xff\xff" + bytes(100),
    "jpeg without a marker": jpeg(b"\0"),
    "jpeg without pixels": b"\xff\xd8" + segment(0xE1, b"x"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_cannot_be_taken_apart_is_left_alone(name: str) -> None:
    assert mark(BROKEN[name], RECIPE) == BROKEN[name]


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
