"""A model whose run takes long keeps what it needs in a folder that outlives the run, and is told what is wanted."""

from __future__ import annotations

from pathlib import Path

import pytest

from gesso.errors import CanceledError
from gesso.runtime.host.model import WorkerModel
from gesso.spec.runnable import Request, Result
from tests.journeys.conftest import Studio

COUNTS = """
from gesso import checkpoints, is_seed_given, wanted


class Counts(Model):
    @command
    def count(self, to: int) -> int:
        kept = checkpoints() / "count"
        count = int(kept.read_text()) if kept.exists() else 0
        while count < to:
            if wanted() == "finish":
                break
            if wanted() == "pause" and count == 2:
                raise CanceledError("The run is paused.")
            count += 1
            kept.write_text(str(count))
        return count

    @command
    def place(self) -> str:
        return str(checkpoints())

    @command
    def knows_its_seed(self) -> bool:
        return is_seed_given()
"""


async def ask(model: WorkerModel, request: Request) -> object:
    (result,) = [event async for event in model.run(request) if isinstance(event, Result)]
    return result.outputs["output"]


async def test_a_run_is_paused_and_taken_up_and_finished_early(studio: Studio, tmp_path: Path) -> None:
    model, kept = await studio.open(COUNTS), tmp_path / "training" / "1"
    kept.mkdir(parents=True)
    (kept / "wanted").write_text("pause")
    request = Request(command="count", inputs={"to": 5}, checkpoints=kept)
    with pytest.raises(CanceledError):
        await ask(model, request)
    assert (kept / "count").read_text() == "2"
    (kept / "wanted").unlink()
    assert await ask(model, request) == 5
    (kept / "wanted").write_text("finish")
    assert await ask(model, Request(command="count", inputs={"to": 9}, checkpoints=kept)) == 5


async def test_other_runs_have_a_folder_that_goes_with_them(studio: Studio) -> None:
    model = await studio.open(COUNTS)
    place = Path(str(await ask(model, Request(command="place"))))
    assert await ask(model, Request(command="place")) != str(place)
    assert not place.exists()


async def test_a_model_knows_whether_its_seed_was_named(studio: Studio) -> None:
    model = await studio.open(COUNTS)
    assert await ask(model, Request(command="knows_its_seed", seed=0)) is True
    assert await ask(model, Request(command="knows_its_seed")) is False
