"""Models written for Runway run as they are: in a worker of Gesso, and by `gesso run`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from gesso.cli.commands import invoke
from gesso.errors import InputError, ModelError, SetupError
from gesso.runtime.host.model import WorkerModel
from gesso.spec.runnable import Log, Preview, Progress
from gesso.types.bounding_boxes import BoundingBox
from gesso.types.directory import Directory
from gesso.types.file import File
from gesso.types.image import Image
from gesso.types.landmarks import Landmark
from gesso.types.points import Point
from gesso.types.segmentation import Segmentation
from tests.conftest import ROOT
from tests.journeys.conftest import Studio, lines, run

MODELS = ROOT / "tests" / "compat" / "models"
PHOTO = Image(np.full((12, 16, 3), (200, 100, 50), np.uint8))

SPAWNING = """
import multiprocessing
import runway

def square(n):
    return n * n

@runway.command("square", inputs={"n": runway.number}, outputs={"n": runway.any})
def squares(model, inputs):
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.map(square, range(1, inputs["n"] + 1))

if __name__ == "__main__":
    runway.run()
"""


async def opened(studio: Studio, name: str, **options: Any) -> WorkerModel:
    folder = str(MODELS / name)
    studio.app.trust.trust(studio.app.registry.find(folder))
    return await studio.app.open(folder, options=options)


async def test_types_may_be_classes_and_values_bare(studio: Studio) -> None:
    model = await opened(studio, "caption")
    assert model.spec.name == "caption"
    assert model.spec.description.startswith("Caption: say what is in a picture.")
    said, _ = await run(model, image=PHOTO)
    assert said.outputs == {"caption": "16 x 12 pixels, red 200"}
    said, _ = await run(model, "caption", image=PHOTO, excited=True)
    assert said.outputs == {"caption": "16 x 12 pixels, red 200!"}


async def test_names_may_be_any_text_and_whole_numbers_are_whole(studio: Studio) -> None:
    model = await opened(studio, "caption")
    assert model.spec.command("count letters").description == "Count the letters, from one of them on."
    said, _ = await run(model, "count letters", **{"text": "fox", "from": 1.0})
    assert said.outputs == {"how many": 2}


async def test_what_grows_is_shown_as_it_comes(studio: Studio) -> None:
    model = await opened(studio, "growing")
    result, events = await run(model, steps=3)
    assert [event.fraction for event in events if isinstance(event, Progress)][-3:] == [1 / 3, 2 / 3, 1.0]
    assert [event.value.pixels[0, 0] for event in events if isinstance(event, Preview)] == [10, 20, 30]
    assert result.outputs["image"].pixels[0, 0] == 30
    result, events = await run(model, "write", prompt="once")
    assert result.outputs == {"text": "once...", "is_done": True}
    assert Progress(1.0) in events
    result, _ = await run(model, "last", prompt="")
    assert result.outputs == {"text": "last"}
    with pytest.raises(InputError, match="from 1 to 10"):
        await run(model, steps=11)


async def test_options_are_as_the_script_or_a_person_says(studio: Studio) -> None:
    model = await opened(studio, "chosen")
    assert [(option.name, option.type, option.is_required) for option in model.spec.options] == [
        ("words", "file", False),
        ("size", "category", False),
        ("folder", "directory", False),
        ("greeting", "list", False),
    ]
    z = [0.5, 1.0, 1.5, 2.0]
    result, _ = await run(model, z=z, more=3)
    assert result.outputs["value"] == 5
    assert result.outputs["about"] == {
        "words": ["fox"],
        "size": 128,
        "folder": [],
        "greeting": ["good", "morning"],
        "seed": 1000,
        "more": 3,
    }

    folder = studio.folder / "given"
    folder.mkdir()
    (folder / "a.txt").write_text("hare")
    types = {option.name: option.data_type for option in model.spec.options}
    options = {
        "words": types["words"].to_wire(File(folder / "a.txt")),
        "folder": types["folder"].to_wire(Directory(folder)),
        "greeting": ["good", "evening"],
        "size": 64,
    }
    model = await opened(studio, "chosen", **options)
    result, _ = await run(model, z=z, mode="mean", more={"a": [1]}, seed=7.0)
    assert result.outputs["z"].tolist() == [1, 2, 3, 4]
    assert result.outputs["value"] == 1.25
    assert result.outputs["about"] == {
        "words": ["hare"],
        "size": 64,
        "folder": ["a.txt"],
        "greeting": ["good", "evening"],
        "seed": 7,
        "more": {"a": [1]},
    }


async def test_what_is_where_comes_as_gesso_says_it(studio: Studio) -> None:
    model = await opened(studio, "seeing")
    result, _ = await run(model, photo=PHOTO, where=[Point(0.25, 0.5)])
    outputs = result.outputs
    assert outputs["what"].ids[0, :3].tolist() == [0, 5, 5]
    assert model.spec.command("look").output("what").constraints["colours"]["sea"] == "#0000ff"
    assert outputs["boxes"] == [BoundingBox(0.0, 0.0, 0.5, 0.5), BoundingBox(0.5, 0.5, 1.0, 1.0)]
    assert outputs["box"] == [BoundingBox(0.1, 0.2, 0.3, 0.4)]
    assert outputs["dog"] == [Landmark("nose", 0.25, 0.5), Landmark("tail", 0.75, 1.0)]
    assert outputs["points"] == [Point(0.25, 0.5)]

    ids = np.array([[0, 1], [5, 0]], np.uint8)
    painted, _ = await run(model, "paint", map=Segmentation(ids))
    assert painted.outputs["image"].pixels[:, :, 0].tolist() == [[0, 40], [200, 0]]


async def test_old_habits_are_helped_along_with_a_warning(studio: Studio) -> None:
    model = await opened(studio, "old")
    assert any("numpy==1.16.4 is older" in event.text for event in studio.news if isinstance(event, Log))
    result, events = await run(model, image=PHOTO)
    assert result.outputs["image"].pixels.shape == (8, 8, 3)
    assert result.outputs["image"].pixels[0, 0].tolist() == [200, 100, 50]
    said = "\n".join(lines(events))
    for name in ("time.clock", "collections.Mapping", "base64.decodestring", "PIL.Image.ANTIALIAS", "numpy.float"):
        assert f"{name} is no longer there" in said, name


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("x", "The model failed: ValueError: broken on purpose."),
        ("refuse", "The model failed: InvalidArgumentError: Invalid argument: how. not like this."),
        ("nothing", "The command break gave no output 'text'."),
        ("picture", "The model failed: InvalidArgumentError: Invalid argument: image. value is not a PIL or numpy"),
    ],
)
async def test_a_command_that_fails_is_told_from_the_models_own_first_line_on(
    studio: Studio, how: str, words: str
) -> None:
    model = await opened(studio, "old")
    with pytest.raises(ModelError) as raised:
        await run(model, "break", how=how)
    assert raised.value.message.startswith(words)
    if how == "x":
        assert raised.value.detail.startswith(f'  File "{MODELS / "old" / "runway_model.py"}"')


async def test_a_setup_that_fails_says_what_it_raised(studio: Studio) -> None:
    model = await opened(studio, "old", checkpoint="broken")
    with pytest.raises(SetupError, match="OSError: there are no weights") as raised:
        await run(model, image=PHOTO)
    assert raised.value.detail.startswith(f'  File "{MODELS / "old" / "runway_model.py"}"')


async def test_it_may_start_processes_of_its_own(studio: Studio) -> None:
    folder = studio.folder / "spawning"
    folder.mkdir()
    (folder / "runway.yml").write_text("entrypoint: python runway_model.py\n")
    (folder / "runway_model.py").write_text(SPAWNING)
    studio.app.trust.trust(studio.app.registry.find(str(folder)))
    result, _ = await run(await studio.app.open(str(folder)), n=3)
    assert result.outputs == {"n": [1, 4, 9]}


def test_gesso_run_runs_it(warm_home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    PIL.Image.fromarray(PHOTO.pixels).save(tmp_path / "photo.png")
    words = ["run", str(MODELS / "caption"), "--trust", "--json", "-i", f"image=@{tmp_path / 'photo.png'}"]
    assert invoke(words) == 0
    assert json.loads(capfd.readouterr().out) == {"caption": "16 x 12 pixels, red 200"}
    assert invoke(["show", str(MODELS / "seeing"), "--trust"]) == 0
    assert "gesso run" in capfd.readouterr().out
    assert invoke(["doctor", str(MODELS / "growing"), "--trust"]) == 0
    capfd.readouterr()
    assert invoke(["run", f"{MODELS / 'caption'}:count letters", "--trust", "-i", "text=fox"]) == 0
    assert float(capfd.readouterr().out) == 3


def test_nothing_of_it_runs_before_it_is_trusted(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert invoke(["run", str(MODELS / "caption"), "-i", "image=@photo.png"]) != 0
    assert "comes from outside of Gesso" in capfd.readouterr().err
