from __future__ import annotations

from pathlib import Path

import numpy as np
import PIL.Image

from tests.cli.conftest import Gesso, write_picture


def test_what_init_writes_runs_at_once_and_is_well(gesso: Gesso, work: Path) -> None:
    ended = gesso("init", "my-model")
    assert ended.code == 0
    assert sorted(path.name for path in Path("my-model").iterdir()) == ["gesso.toml", "model.py"]
    command = next(line for line in ended.out.splitlines() if "gesso run" in line)
    write_picture(work / "photo.jpg")
    assert gesso(*command.split()[1:]).code == 0
    assert gesso("doctor", "./my-model").code == 0


def test_the_picture_has_as_many_colours_as_one_asks_for(gesso: Gesso, work: Path) -> None:
    gesso("init", "flat")
    rainbow = np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)
    PIL.Image.fromarray(rainbow).save("photo.png")
    gesso("run", "./flat", "-i", "photo=@photo.png", "-i", "colours=4", "-o", "out.png", "--seed", "1")
    with PIL.Image.open("out.png") as picture:
        colours = np.unique(np.asarray(picture).reshape(-1, 3), axis=0)
    assert len(colours) == 4


def test_what_is_there_is_not_written_over(gesso: Gesso, work: Path) -> None:
    assert gesso("init", "mine").code == 0
    Path("mine/model.py").write_text("mine")
    ended = gesso("init", "mine")
    assert ended.code == 3
    assert Path("mine/model.py").read_text() == "mine"


def test_a_name_that_cannot_be_is_put_right(gesso: Gesso, work: Path) -> None:
    ended = gesso("init", "Mein Modell")
    assert ended.code == 3
    assert "Try mein-modell." in ended.err


def test_it_may_lie_in_another_folder(gesso: Gesso, work: Path) -> None:
    assert "./sketches/one" in gesso("init", "sketches/one").out
    assert Path("sketches/one/model.py").exists()
