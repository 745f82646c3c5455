"""`gesso run https://.../m/NAME`: a deployment is run as a model is, with files, folders, recipes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import PIL.Image
import pytest

from tests.cli.conftest import Gesso, write_model, write_picture
from tests.cli.serving import serving

MIRROR = """
class Mirror(Model):
    def run(self, photo: Image, words: str = "none", wait_s: float = 0.0) -> Image:
        progress(0.5, "half")
        log(f"I was told {words}")
        time.sleep(wait_s)
        if words == "bad":
            raise ValueError("no good")
        return Image(photo.pixels[:, ::-1].copy())
"""


@pytest.fixture
def url(gesso: Gesso, home: Path, work: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a deployment; its token is in the environment."""
    write_model(MIRROR, "mirror.py")
    assert gesso("add", "./mirror.py").code == 0
    with serving(home):
        made = gesso("host", "mirror", "--trust", "--json").json
        monkeypatch.setenv("GESSO_TOKEN", made["token"])
        yield made["url"]


def test_a_picture_goes_and_comes_with_its_news(gesso: Gesso, url: str) -> None:
    ended = gesso("run", url, "-i", "photo=@photo.png", "-i", "words=hare", "-o", "out.png")
    assert ended.code == 0, ended.err
    assert "I was told hare" in ended.err
    with PIL.Image.open("out.png") as made, PIL.Image.open("photo.png") as given:
        assert made.convert("RGB").tobytes() == given.transpose(PIL.Image.Transpose.FLIP_LEFT_RIGHT).tobytes()


def test_a_folder_goes_through_it(gesso: Gesso, url: str) -> None:
    for name in ("a", "b", "c"):
        write_picture(Path("photos") / f"{name}.png")
    Path("photos/broken.png").write_text("no picture")
    ended = gesso("run", url, "-i", "photo=@photos/", "-o", "out/")
    assert ended.code == 7, ended.err
    assert sorted(path.name for path in Path("out").iterdir()) == ["a.png", "b.png", "c.png"]


def test_its_recipe_names_the_address_and_sends_nothing_there_unasked(gesso: Gesso, url: str) -> None:
    assert gesso("run", url, "-i", "photo=@photo.png", "-o", "out.png", "--seed", "7").code == 0
    assert url in gesso("recipe", "out.png").out
    refused = gesso("run", "--recipe", "out.png", "-o", "again.png")
    assert refused.code == 5
    assert "nothing was sent there" in refused.err
    again = gesso("run", "--recipe", "out.png", "-o", "again.png", "--trust")
    assert again.code == 0, again.err
    assert "the values are the same" in again.err


def test_what_goes_wrong_is_told_as_of_a_model(gesso: Gesso, url: str) -> None:
    failed = gesso("run", url, "-i", "photo=@photo.png", "-i", "words=bad")
    assert failed.code == 1
    assert "no good" in failed.err
    assert "gesso doctor" not in failed.err  # there is nothing here that it could look into
    assert gesso("run", url).code == 3
    assert gesso("run", url, "-i", "photo=@photo.png", "-i", "wait_s=30", "--timeout", "0.5").code == 1
    assert gesso("run", url, "--example").code == 4
    assert gesso("run", url, "-i", "photo=@photo.png", "--device", "cuda").code == 2


def test_without_its_token_nobody_is_let_in(gesso: Gesso, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GESSO_TOKEN")
    refused = gesso("run", url, "-i", "photo=@photo.png")
    assert refused.code == 1
    assert "--token" in refused.err
    assert gesso("run", f"{url}-else", "--token", "x", "-i", "photo=@photo.png").code == 4


def test_nobody_there_and_offline_are_told(gesso: Gesso, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = gesso("run", "http://127.0.0.1:1/m/mirror", "-i", "photo=@photo.png")
    assert gone.code == 8
    monkeypatch.setenv("GESSO_OFFLINE", "1")
    offline = gesso("run", "https://gesso.example.org/m/mirror", "-i", "photo=@photo.png")
    assert offline.code == 8
    assert "offline" in offline.err
