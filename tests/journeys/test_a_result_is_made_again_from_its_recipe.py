"""A picture that somebody gave on is enough to make it again: here, in a server, and after its inputs are gone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from tests.cli.conftest import write_model, write_picture
from tests.cli.serving import run, serving

NOISE = """
class Noise(Model):
    def run(self, photo: Image, strength: Annotated[float, Range(0, 1)] = 0.5) -> Image:
        noise = np.random.randint(0, 255, photo.rgb.shape, np.uint8)
        return Image((photo.rgb * (1 - strength) + noise * strength).astype(np.uint8))
"""


def pixels(path: str) -> list[int]:
    with PIL.Image.open(path) as picture:
        return np.asarray(picture).tolist()  # type: ignore[no-any-return]  # nested lists of numbers


@pytest.mark.timeout(300)
def test_a_picture_is_made_again(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_picture(Path("photo.png"))
    write_model(NOISE, "noise.py")
    assert run("add", "./noise.py").returncode == 0
    with serving(home):
        first = run("run", "noise", "--trust", "-i", "photo=@photo.png", "-i", "strength=0.8", "-o", "first.png")
        assert first.returncode == 0, first.stderr
        Path("photo.png").unlink()  # the home has kept it
        second = run("run", "--recipe", "first.png", "-o", "second.png")
        assert "the values are the same" in second.stderr, second.stderr
    third = run("run", "--recipe", "second.png", "-o", "third.png")  # without a server, from the same files
    assert "the values are the same" in third.stderr, third.stderr
    assert pixels("first.png") == pixels("second.png") == pixels("third.png")

    code = Path("noise.py").read_text(encoding="utf-8")
    Path("noise.py").write_text(code.replace("255", "99"), encoding="utf-8")
    other = run("run", "--recipe", "first.png", "-o", "other.png")
    assert other.returncode == 10
    assert "another version than then" in other.stderr
