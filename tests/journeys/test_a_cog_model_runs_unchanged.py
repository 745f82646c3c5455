"""Five models as people write them for Cog run as they are: in a worker, and from the command line."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from gesso.errors import CanceledError, DeclarationError, InputError, SetupError
from gesso.runtime.host.model import WorkerModel
from gesso.spec.runnable import Event, Log, Part, Request
from gesso.types.file import File
from gesso.types.image import Image
from tests.conftest import ROOT
from tests.journeys.conftest import Studio, lines, run

MODELS = ROOT / "tests" / "compat" / "cog" / "models"


async def opened(studio: Studio, name: str, **options: object) -> WorkerModel:
    folder = studio.folder / name.replace("_", "-")
    shutil.copytree(MODELS / name, folder)
    studio.app.trust.trust(studio.app.registry.find(str(folder)))
    return await studio.app.open(str(folder), options=options)


async def canceled_at(model: WorkerModel, line: str, **inputs: object) -> list[Event]:
    """Run a model until it prints a line, cancel it, and return what it said until its end."""
    events: list[Event] = []
    said = asyncio.Event()

    async def listen() -> None:
        async for event in model.run(Request(inputs=inputs)):
            events.append(event)
            if isinstance(event, Log) and event.text == line:
                said.set()

    task = asyncio.create_task(listen())
    await said.wait()
    task.cancel()
    with pytest.raises((asyncio.CancelledError, CanceledError)):
        await task
    return events


async def test_a_predictor_with_limits_and_choices(studio: Studio) -> None:
    model = await opened(studio, "enlarge")
    red = Image(np.full((10, 20, 3), (255, 0, 0), np.uint8))
    result, events = await run(model, image=red, scale=3, size="16", edges="hard", border=2)
    made = result.outputs["output"]
    assert made.name == "enlarged.png"
    with PIL.Image.open(made.path) as picture:
        assert picture.size == (52, 52)
        assert picture.getpixel((26, 26)) == (255, 0, 0)
    assert lines(events)[-1] == "image.png, note a-1, seed int"
    again, _ = await run(model, image=red, size=8, scale=1)
    with PIL.Image.open(again.outputs["output"].path) as second, PIL.Image.open(made.path) as first:
        assert (second.size, first.size) == ((8, 8), (52, 52)), "each run has its own file, though the model has one"

    for name, value in {
        "scale": 5,
        "edges": "round",
        "size": 9,
        "note": "z",
        "border": 9,
        "image": "photo.jpg",
    }.items():
        with pytest.raises(InputError, match=f"^{name}: expected"):
            await run(model, None, **{"image": red, name: value})


async def test_a_text_comes_piece_by_piece_with_its_metrics(studio: Studio) -> None:
    model = await opened(studio, "story")
    result, events = await run(model, prompt="the red", words=2)
    assert result.outputs == {"output": "the red fox fox"}
    assert [event.value for event in events if isinstance(event, Part)] == ["the red", " fox", " fox"]
    assert lines(events)[-1] == 'Metrics: {"words": {"given": 2, "written": 2}}'


async def test_a_cancel_is_cogs_own_exception(studio: Studio) -> None:
    model = await opened(studio, "story")
    await canceled_at(model, "word 1", prompt="a", words=100, pause_s=0.2)
    result, _ = await run(model, prompt="again", words=1)
    assert result.outputs == {"output": "again fox"}
    assert result.setup_s == 0, "the worker is the same: the model did not swallow the cancel"


async def test_files_in_and_out_secrets_and_what_may_be_left_out(studio: Studio) -> None:
    model = await opened(
        studio, "contact_sheet", weights="data:application/octet-stream;name=weights.bin;base64,dHJhaW5lZA=="
    )
    given = [File(b"one", name="a.txt"), File(b"two", name="a.txt")]
    result, _ = await run(model, files=given)
    made = result.outputs["output"]
    assert [file.bytes() for file in made[:2]] == [b"one!", b"two!"]
    assert made[2].bytes() == b"hello None ['a', 'b'] ********** public {'deep': True} 7 trained"
    result, _ = await run(model, files=[], extra=File(b"!"), title="T", tags=[], token="x", settings=[1], number="n")
    assert result.outputs["output"][0].bytes() == b"hello T [] ********** x [1] 'n' trained!"
    assert [file.bytes() for file in made[:2]] == [b"one!", b"two!"], "the next run leaves earlier outputs alone"
    with pytest.raises(InputError, match=r"^number: expected a value like int or str"):
        await run(model, files=[], number=[1])


async def test_a_result_of_several_parts_with_one_that_may_be_missing(studio: Studio) -> None:
    model = await opened(studio, "measure")
    result, _ = await run(model, values=[1, 5, 3], with_heat=True)
    assert result.outputs["heat"][0].bytes() == b"warm"
    result, _ = await run(model, values=[1, 5, 3])
    assert dict(result.outputs) == {
        "mean": 3.0,
        "brightest": 1,
        "kind": "short",
        "boxes": [{"left": 1, "label": "fox"}],
        "heat": [],
        "remark": None,
    }


async def test_an_async_model_waits_side_by_side_and_is_canceled(studio: Studio) -> None:
    model = await opened(studio, "telegraph")
    result, _ = await run(model, text="hello")
    assert result.outputs == {"output": "hello STOP (1)"}
    both = await asyncio.gather(*(run(model, text=f"{word} {word}", pause_s=0.2) for word in ("a", "b", "c")))
    assert {result.outputs["output"][-3:] for result, _ in both} <= {"(1)", "(2)"}, "two at a time, as it says"
    await canceled_at(model, "one", text="one " * 1000, pause_s=0.2)
    result, _ = await run(model, text="after")
    assert result.outputs["output"].startswith("after STOP")
    assert result.setup_s == 0


def test_gesso_run_takes_it_like_any_other(warm_home: Path, tmp_path: Path) -> None:
    shutil.copytree(MODELS / "enlarge", tmp_path / "enlarge")
    PIL.Image.new("RGB", (20, 20), "red").save(tmp_path / "fox.png")

    def gesso(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from gesso.cli.main import main; main()", *words]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=100)

    done = gesso("run", "./enlarge", "--trust", "-i", "image=@fox.png", "-i", "border=1", "-o", "big.png")
    assert done.returncode == 0, done.stderr
    with PIL.Image.open(tmp_path / "big.png") as picture:
        assert picture.size == (18, 18)
    shown = gesso("show", "./enlarge")
    assert shown.returncode == 0, shown.stderr
    assert "How much larger" in shown.stdout
    refused = gesso("run", "./enlarge", "-i", "image=@fox.png", "-i", "scale=9")
    assert refused.returncode == 3, refused.stderr
    assert "scale: expected a number from 1 to 4" in refused.stderr


BAD = {
    "no class": ("class Other:\n    pass\n", "predict.py:Predictor", DeclarationError, "predict.py has no Predictor"),
    "neither": ("class Predictor:\n    pass\n", "predict.py:Predictor", DeclarationError, "neither run nor predict"),
    "both": (
        "class P:\n    def run(self) -> str: ...\n    def predict(self) -> str: ...\n",
        "predict.py:P",
        DeclarationError,
        "both run and predict",
    ),
    "no result": ("def predict(a: str): ...\n", "predict.py:predict", DeclarationError, "does not say what it returns"),
    "its own fault": ("1 / 0\n", "predict.py:Predictor", SetupError, "ZeroDivisionError"),
    "missing library": ("import no_such_thing\n", "predict.py:Predictor", SetupError, "cog.yaml"),
}


@pytest.mark.parametrize("name", BAD)
async def test_what_is_wrong_with_a_model_is_said(name: str, studio: Studio) -> None:
    code, entry, error, words = BAD[name]
    folder = studio.folder / "bad"
    folder.mkdir()
    (folder / "cog.yaml").write_text(f"predict: {entry}\n", encoding="utf-8")
    (folder / "predict.py").write_text(code, encoding="utf-8")
    studio.app.trust.trust(studio.app.registry.find(str(folder)))
    with pytest.raises(error) as caught:
        await studio.app.open(str(folder))
    assert words in f"{caught.value} {caught.value.hint}"


async def test_a_function_is_a_model_too(studio: Studio) -> None:
    folder = studio.folder / "function"
    folder.mkdir()
    (folder / "cog.yaml").write_text("build:\nrun: run.py:greet\n", encoding="utf-8")
    (folder / "run.py").write_text(
        'def greet(name: str = "fox") -> str:\n    return f"hello {name}"\n', encoding="utf-8"
    )
    studio.app.trust.trust(studio.app.registry.find(str(folder)))
    result, _ = await run(await studio.app.open(str(folder)))
    assert result.outputs == {"output": "hello fox"}
