from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gesso.errors import InputError
from gesso.jobs.recipe import SCHEMA_VERSION, Recipe, output_digests, requirements_of, value_digest
from gesso.spec.model import ModelSpec, Requirements
from gesso.types import catalogue
from gesso.types.directory import Directory, DirectoryType
from gesso.types.file import File, FileType
from gesso.types.image import Image, ImageType
from tests.jobs.fakes import SPEC


def test_a_recipe_comes_back_from_its_json() -> None:
    recipe = Recipe(model="dream", command="run", seed=7, inputs={"words": "é 🦊"}, versions={"numpy": "2.4"})
    assert Recipe.from_json(recipe.to_json()) == recipe
    assert Recipe.from_json(recipe.to_json().encode()) == recipe
    assert recipe.to_json() == Recipe.from_json(recipe.to_json()).to_json()


@pytest.mark.parametrize(
    "text",
    ["", "[]", "5", "{}", '{"schema_version": 1}', "[" * 9999, "x" * 2_000_000, '{"schema_version": NaN}',
     f'{{"schema_version": {SCHEMA_VERSION + 1}, "model": "a", "command": "b", "seed": 1}}',
     '{"schema_version": 1, "model": "a", "command": "b", "seed": "1"}'],
)  # fmt: skip
def test_what_is_no_recipe_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="a recipe of Gesso"):
        Recipe.from_json(text)


def test_equal_values_have_equal_digests_and_others_have_not(tmp_path: Path) -> None:
    pixels = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    same = [
        Image(pixels),
        Image(np.asfortranarray(pixels)),
        ImageType().decode(ImageType().encode(Image(pixels), ".png")),
    ]
    assert len({value_digest(ImageType(), value) for value in same}) == 1
    other = [Image(pixels.reshape(4, 2, 3)), Image(255 - pixels), Image(pixels[:, :, 0])]
    assert len({value_digest(ImageType(), value) for value in [same[0], *other]}) == 4
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "fox.txt").write_bytes(b"fox")
    on_disk, in_memory = File(tmp_path / "a" / "fox.txt"), File(b"fox", name="other.txt")
    assert value_digest(FileType(), on_disk) == value_digest(FileType(), in_memory)
    folder = value_digest(DirectoryType(), Directory(tmp_path / "a"))
    (tmp_path / "a" / "fox.txt").rename(tmp_path / "a" / "wolf.txt")
    assert value_digest(DirectoryType(), Directory(tmp_path / "a")) != folder


@pytest.mark.parametrize("name", [name for name in catalogue.names() if name not in {"list", "category"}])
def test_every_type_has_a_digest_that_its_wire_form_keeps(name: str) -> None:
    data_type = catalogue.declare(name, {})
    value = data_type.sample()
    again = data_type.coerce(data_type.to_wire(value))
    assert value_digest(data_type, value) == value_digest(data_type, again)
    listed = catalogue.declare("list", {"items": {"type": name}})
    assert value_digest(listed, [value]) != value_digest(listed, [value, value])


def test_reproduced_means_the_decoded_values_are_equal() -> None:
    made = output_digests(SPEC.commands[0], {"told": "a fox", "facts": {"a": 1, "b": 2}})
    again = output_digests(SPEC.commands[0], {"facts": {"b": 2, "a": 1}, "told": "a fox"})
    recipe = Recipe(model="dream", command="run", seed=7, outputs=made)
    assert recipe.differences(again) == ()
    assert recipe.differences(output_digests(SPEC.commands[0], {"told": "a wolf"})) == ("facts", "told")


def test_a_recipe_for_strangers_has_no_words_and_no_names() -> None:
    photo = {"blob": "a" * 64, "name": "anna-passport.png", "media_type": "image/png", "size_bytes": 5}
    recipe = Recipe(
        model="/home/anna/secret/dream",
        model_name="dream",
        command="run",
        seed=7,
        inputs={
            "photo": photo,
            "photos": [photo],
            "words": "a secret",
            "settings": {"x": "secret"},
            "folder": {"files": {"secret/anna.png": photo}},
        },
        options={"strength": 2},
    )
    told = recipe.without_words(SPEC)
    assert not any(word in told.to_json() for word in ("anna", "secret"))
    assert told.inputs_left_out == ("folder", "settings", "words")
    assert (told.model, told.seed, told.options) == ("dream", 7, {"strength": 2})
    assert told.inputs["photo"] == {key: value for key, value in photo.items() if key != "name"}


def test_two_recipes_that_make_the_same_have_one_digest() -> None:
    photo = {"blob": "a" * 64, "name": "fox.png"}
    recipe = Recipe(model="./dream", model_name="dream", command="run", seed=7, inputs={"photo": photo})
    same = Recipe(
        model="dream", model_name="dream", command="run", seed=7, inputs={"photo": {**photo, "name": "x.png"}}
    )
    assert recipe.digest == same.digest
    assert (
        recipe.digest != Recipe(model="dream", model_name="dream", command="run", seed=8, inputs=recipe.inputs).digest
    )


def test_requirements_are_kept_as_they_were_asked_for() -> None:
    wanted = Requirements(python=">=3.11", dependencies=("torch>=2",), without_dependencies=("mediapipe==0.10.21",))
    assert requirements_of(ModelSpec(name="x", requirements=wanted)) == (
        "python>=3.11",
        "torch>=2",
        "mediapipe==0.10.21",
    )
