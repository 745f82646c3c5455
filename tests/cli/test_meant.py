from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Gesso, write_model, write_picture

MIX = """
@dataclass
class Mixed:
    picture: Image
    sound: Annotated[float, Field("How loud.")]

class Mix(Model):
    def setup(self, gain: Annotated[int, Range(1, 9)] = 2) -> None: ...
    def run(self, photo: Image, prompt: str, plus: Annotated[int, Range(0, 50)] = 0) -> Mixed:
        return Mixed(photo, 0.5)
"""


@pytest.fixture
def mix(work: Path) -> str:
    write_picture(work / "my photos/a fox.png")
    write_picture(work / "my photos/b.png")
    (work / "poem.txt").write_text("a rose")
    return write_model(MIX, "mix.py")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["photo.png"], "Write -i photo=@photo.png"),
        (["@photo.png"], "Write -i photo=@photo.png"),
        (["-i", "@photo.png"], "Write -i photo=@photo.png"),
        (["@my", "photos/a", "fox.png"], 'Write -i "photo=@my photos/a fox.png"'),
        (["typo.png"], "Write -i photo=@typo.png"),
        (["my photos"], 'Write -i "photo=@my photos"'),
        (["my", "photos/a", "fox.png"], 'Write -i "photo=@my photos/a fox.png"'),
        (["photo=@photo.png"], "Write -i photo=@photo.png"),
        (["sound=a.json"], "Write -o sound=a.json"),
        (["a fox"], 'Write -i "prompt=a fox"'),
        (["poem.txt"], "Write -i prompt=@poem.txt"),
        (["-i", "photo=@photo.png", "out.png"], "Write -o out.png"),
        (["--example", "photo.png"], "Write -o photo.png"),
        (["-i", "photo=@my", "photos/a fox.png"], 'wants quotes: -i "photo=@my photos/a fox.png"'),
        (["-i", "photo=@photo.png", "-i", "prompt=x", "-o", "my", "out.png"], 'wants quotes: -o "my out.png"'),
        (["my photos/a fox.png", "my photos/b.png"], 'all that lie in the folder, -i "photo=@my photos/"'),
        (["-i", "photo.png"], "Write -i photo=@photo.png"),
        (["-i", "photo"], "Write -i photo=@photo.jpg"),
        (["-i", "=photo.png"], "Write -i photo=@photo.png"),
        (["x" * 5000], "Write -i prompt="),
    ],
)
def test_a_word_that_stands_alone_gets_the_name_that_it_lacks(
    gesso: Gesso, mix: str, words: list[str], hint: str
) -> None:
    ended = gesso("run", mix, "--trust", *words)
    assert (ended.code, ended.out) == (2, "")
    assert hint in ended.err.splitlines()[-1]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["-i", "gain=3"], "Write --option gain=3"),
        (["-i", "seed=7"], "Write --seed 7"),
        (["--option", "plus=3"], "Write -i plus=3"),
        (["--option", "prompt=two words"], 'Write -i "prompt=two words"'),
    ],
)
def test_an_option_is_no_input_and_an_input_no_option(gesso: Gesso, mix: str, words: list[str], hint: str) -> None:
    ended = gesso("run", mix, "--trust", *words)
    assert (ended.code, ended.out) == (4, "")
    assert ended.err.splitlines()[-1] == hint


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("photo=photo.png", "-i photo=@photo.png"),
        ("photo=my photos/b.png", '-i "photo=@my photos/b.png"'),
    ],
)
def test_the_at_before_a_file_that_is_there_is_missing(gesso: Gesso, mix: str, word: str, hint: str) -> None:
    ended = gesso("run", mix, "--trust", "-i", word)
    assert ended.code == 3
    assert ended.err.splitlines()[-1] == f"Write @ before the name of a file: {hint}"


def test_a_picture_is_no_model(gesso: Gesso, work: Path) -> None:
    ended = gesso("run", "photo.png")
    assert ended.code == 4
    assert "photo.png is a file, not a model" in ended.err


def test_an_input_that_is_empty_is_one(gesso: Gesso, mix: str) -> None:
    assert gesso("run", mix, "--trust", "-i", "photo=@photo.png", "-i", "prompt=", "-o", "out.png").code == 0
