from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from gesso.cli.exits import DIFFERENT
from tests.cli.conftest import Gesso, write_model
from tests.cli.test_opening import somebody

NOISE = """
class Noise(Model):
    def run(self, photo: Image, prompt: str = "") -> Image:
        return Image(np.random.randint(0, 255, photo.rgb.shape, np.uint8))
"""


@pytest.fixture
def noise(gesso: Gesso, work: Path) -> str:
    """A model whose result out.png was made by chance."""
    model = write_model(NOISE, "noise.py")
    assert gesso("run", model, "--trust", "-i", "photo=@photo.png", "-o", "out.png").code == 0
    return model


def change(path: str, **changes: object) -> None:
    """Write a recipe beside out.png, as somebody else might."""
    from gesso.jobs.marks import read_recipe

    recipe = json.loads(read_recipe(Path("out.png")).to_json()) | changes
    Path(path).write_text(json.dumps(recipe), encoding="utf-8")


def test_a_result_is_made_again_and_is_the_same(gesso: Gesso, noise: str) -> None:
    ended = gesso("run", "--recipe", "out.png", "-o", "again.png")
    assert ended.code == 0
    assert "the values are the same" in ended.err
    assert Path("again.png").read_bytes() == Path("out.png").read_bytes()


def test_a_file_with_the_same_content_is_found_beside_the_recipe(gesso: Gesso, noise: str) -> None:
    Path("kept").mkdir()
    shutil.move("out.png", "kept/out.png")
    shutil.move("photo.png", "kept/photo.png")
    assert gesso("run", "--recipe", "kept/out.png", "-o", "again.png").code == 0
    shutil.move("kept/photo.png", "elsewhere.png")
    missing = gesso("run", "--recipe", "kept/out.png", "-o", "again.png")
    assert missing.code == 3
    assert "add -i photo=@photo.png" in missing.err
    assert gesso("run", "--recipe", "kept/out.png", "-i", "photo=@elsewhere.png", "-o", "again.png").code == 0


def test_a_file_of_that_name_with_other_content_is_not_taken(gesso: Gesso, noise: str) -> None:
    Path("photo.png").write_bytes(Path("out.png").read_bytes())
    assert gesso("run", "--recipe", "out.png", "-o", "again.png").code == 3


def test_a_result_that_is_another_says_why(gesso: Gesso, noise: str) -> None:
    Path("noise.py").write_text(Path("noise.py").read_text().replace("255", "99"))
    ended = gesso("run", "--recipe", "out.png", "-o", "again.png")
    assert ended.code == DIFFERENT
    assert "not the same: output. The model noise is another version" in ended.err


@pytest.mark.parametrize("words", [["--seed", "8"], ["-i", "prompt=a fox"]])
def test_a_recipe_can_be_varied(gesso: Gesso, noise: str, words: list[str]) -> None:
    ended = gesso("run", "--recipe", "out.png", *words, "-o", "again.png")
    assert ended.code == 0
    assert "A variation of the recipe" in ended.err


def test_what_a_private_recipe_leaves_out_is_asked_for(gesso: Gesso, noise: str) -> None:
    change("private.json", inputs_left_out=["prompt"])
    ended = gesso("run", "--recipe", "private.json", "-o", "again.png")
    assert ended.code == 3
    assert "Add -i prompt=" in ended.err
    assert gesso("run", "--recipe", "private.json", "-i", "prompt=", "-o", "again.png").code == 0


# -- from a stranger --------------------------------------------------------------------------------------------------


def test_a_strangers_recipe_runs_no_model_that_is_not_trusted(gesso: Gesso, noise: str) -> None:
    shutil.copy("noise.py", "sly.py")
    change("theirs.json", model="./sly.py")
    ended = gesso("run", "--recipe", "theirs.json", "-o", "again.png")
    assert (ended.code, Path("again.png").exists()) == (5, False)


def test_a_strangers_recipe_fetches_nothing_without_a_word(
    gesso: Gesso, noise: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    change("theirs.json", model="git+https://models.example/sly@main")
    ended = gesso("run", "--recipe", "theirs.json")
    assert ended.code == 5
    assert "nothing was fetched" in ended.err
    screen = somebody("n\n", monkeypatch)
    assert gesso("run", "--recipe", "theirs.json").code == 5
    assert "models.example" in screen.getvalue()
    monkeypatch.setenv("GESSO_OFFLINE", "1")
    assert gesso("run", "--recipe", "theirs.json", "--trust").code == 8  # only then does it go to the door


def test_a_strangers_recipe_sends_nothing_to_a_program_of_this_computer(gesso: Gesso, noise: str) -> None:
    change("theirs.json", model="runway+http://localhost:1")
    ended = gesso("run", "--recipe", "theirs.json", "-o", "again.png")
    assert ended.code != 0
    assert "nothing was sent to it" in ended.err
    assert "does not answer" in gesso("run", "--recipe", "theirs.json", "-o", "again.png", "--trust").err


@pytest.mark.parametrize("value", ["/etc/passwd", "@photo.png", {"blob": "../../etc/passwd"}, {"files": {}}, None])
def test_an_input_of_a_stranger_is_never_a_path(gesso: Gesso, noise: str, value: object) -> None:
    change("theirs.json", inputs={"photo": value})
    assert gesso("run", "--recipe", "theirs.json").code == 3


@pytest.mark.parametrize(
    "changes", [{"options": {"a": 1}}, {"seed": -1}, {"command": "other"}, {"inputs": {"other": 1}}]
)
def test_nonsense_in_a_recipe_is_an_error_in_words(gesso: Gesso, noise: str, changes: dict[str, object]) -> None:
    change("theirs.json", **changes)
    ended = gesso("run", "--recipe", "theirs.json", "-o", "again.png")
    assert ended.code in {3, 4}
    assert "fault" not in ended.err
