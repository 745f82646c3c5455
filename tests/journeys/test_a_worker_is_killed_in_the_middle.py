"""A worker that dies fails its run with a clear word, takes its children along, and the next run works."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from pathlib import Path

import pytest

from gesso.errors import ModelError, WorkerDiedError
from gesso.spec.runnable import Log, Request, Result
from tests.journeys.conftest import Studio, run, worker_of

MORTAL = """
class Mortal(Model):
    @command
    def wait(self) -> int:
        child = subprocess.Popen(["sleep", "600"], start_new_session=True)
        print(os.getpid(), child.pid)
        time.sleep(600)
        return 1

    @command
    def die(self, how: str) -> int:
        if how == "segfault":
            import ctypes
            ctypes.string_at(0)
        if how == "exit":
            os._exit(3)
        sys.exit("no more")

    @command
    def live(self) -> int:
        return os.getpid()
"""


@pytest.mark.usefixtures("nothing_left")
async def test_kill_9_in_the_middle_of_a_run(studio: Studio) -> None:
    model = await studio.open(MORTAL)
    with pytest.raises(WorkerDiedError, match="was killed") as caught:
        async with contextlib.aclosing(model.run(Request(command="wait"))) as events:
            async for event in events:
                if isinstance(event, Log):
                    worker, child = map(int, event.text.split())
                    os.kill(worker, signal.SIGKILL)
    assert "memory" in caught.value.hint
    assert not worker_of(child)()
    result, _ = await run(model, "live")
    assert result.outputs["output"] != worker


@pytest.mark.parametrize(("how", "words"), [("segfault", "segmentation fault"), ("exit", "by itself with code 3")])
@pytest.mark.usefixtures("nothing_left")
async def test_other_ways_to_die(how: str, words: str, studio: Studio) -> None:
    model = await studio.open(MORTAL)
    with pytest.raises(WorkerDiedError, match=words):
        await run(model, "die", how=how)
    result, _ = await run(model, "live")
    assert result.setup_s > 0


async def test_a_model_that_wants_to_exit_only_fails_its_run(studio: Studio) -> None:
    model = await studio.open(MORTAL)
    with pytest.raises(ModelError, match="SystemExit: no more"):
        await run(model, "die", how="politely")
    result, _ = await run(model, "live")
    assert result.setup_s == 0


async def test_a_worker_killed_between_two_runs_is_replaced(studio: Studio) -> None:
    model = await studio.open(MORTAL)
    first, _ = await run(model, "live")
    os.kill(first.outputs["output"], signal.SIGKILL)
    while worker_of(first.outputs["output"])():
        await asyncio.sleep(0.01)
    second = None
    with contextlib.suppress(WorkerDiedError):  # the news of its death may come only now
        second, _ = await run(model, "live")
    if second is None:
        second, _ = await run(model, "live")
    assert isinstance(second, Result)
    assert second.outputs["output"] != first.outputs["output"]


async def test_files_of_a_closed_gesso_are_gone(studio: Studio) -> None:
    model = await studio.open(
        """
        class Writing(Model):
            def run(self) -> File:
                path = scratch() / "made.txt"
                path.write_text("made")
                return path
        """
    )
    result, _ = await run(model)
    made: Path = result.outputs["output"].path
    assert made.read_text(encoding="utf-8") == "made"
    await studio.app.runtime.close()
    assert not made.exists()
