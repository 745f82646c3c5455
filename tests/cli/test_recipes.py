from __future__ import annotations

import json
from pathlib import Path

import PIL.Image
import pytest

from tests.cli.conftest import Gesso, write_model

PAINT = """
@dataclass
class Painted:
    picture: Image
    facts: Json
    points: Json
    words: str

class Paint(Model):
    def run(self, photo: Image, prompt: str = "a fox") -> Painted:
        noise = np.random.randint(0, 255, photo.rgb.shape, np.uint8)
        return Painted(Image(noise), {"prompt": prompt}, [1, 2], prompt)
"""


@pytest.fixture
def paint(gesso: Gesso, work: Path) -> str:
    model = write_model(PAINT, "paint.py")
    assert (
        gesso(
            "run", model, "--trust", "-i", "photo=@photo.png", "-i", "prompt=a hare", "--seed", "7", "-o", "out/"
        ).code
        == 0
    )
    return model


@pytest.mark.parametrize("name", ["paint-picture.png", "paint-facts.json", "paint-points.json"])
def test_what_is_written_carries_its_recipe(gesso: Gesso, paint: str, name: str) -> None:
    found = gesso("recipe", f"out/{name}", "--json").json
    assert (found["model"], found["command"], found["seed"]) == (paint, "run", 7)
    assert found["inputs"]["prompt"] == "a hare"
    assert found["inputs"]["photo"]["name"] == "photo.png"
    assert set(found["outputs"]) == {"picture", "facts", "points", "words"}


@pytest.mark.parametrize("ending", [".jpg", ".webp"])
def test_other_pictures_carry_it_too_and_stay_what_they_are(gesso: Gesso, paint: str, ending: str) -> None:
    words = ["-i", "photo=@photo.png", "-i", "prompt=a hare", "--seed", "7"]
    assert gesso("run", paint, *words, "-o", f"o{ending}").code == 0
    assert gesso("recipe", f"o{ending}", "--json").json == gesso("recipe", "out/paint-picture.png", "--json").json
    with PIL.Image.open(f"o{ending}") as picture:
        assert picture.size == (48, 32)


def test_a_list_in_json_stays_a_list(paint: str) -> None:
    assert json.loads(Path("out/paint-points.json").read_text(encoding="utf-8")) == [1, 2]


def test_a_recipe_is_told_in_words(gesso: Gesso, paint: str) -> None:
    told = gesso("recipe", "out/paint-picture.png")
    assert "prompt = a hare" in told.out
    assert "photo = photo.png" in told.out
    assert "gesso run --recipe out/paint-picture.png" in told.err


def test_a_file_without_one_says_so(gesso: Gesso, work: Path) -> None:
    ended = gesso("recipe", "photo.png")
    assert ended.code == 4
    assert "carries no recipe" in ended.err


def test_a_setting_leaves_prompts_and_names_out(gesso: Gesso, paint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GESSO_PRIVATE_RECIPES", "1")
    words = ["-i", "photo=@photo.png", "-i", "prompt=a secret"]
    assert gesso("run", paint, *words, "-o", "picture=private.png").code == 0
    found = gesso("recipe", "private.png", "--json")
    assert found.json["inputs_left_out"] == ["prompt"]
    assert "photo.png" not in found.out
    assert b"secret" not in Path("private.png").read_bytes()


def test_recipes_beside_files_are_no_inputs(gesso: Gesso, work: Path) -> None:
    model = write_model("class Keep(Model):\n    def run(self, points: Json) -> Json:\n        return points\n")
    Path("in").mkdir()
    Path("in/a.json").write_text("[1]", encoding="utf-8")
    assert gesso("run", model, "--trust", "-i", "points=@in", "-o", "out/").code == 0
    assert sorted(path.name for path in Path("out").iterdir()) == ["a.json", "a.json.recipe.json"]
    assert "1 of 1 files" in gesso("run", model, "-i", "points=@out", "-o", "again/").err
