"""`kill -9` of a Gesso with jobs queued and one running: what waits runs at the next start, what ran says why not."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from gesso.app import App
from gesso.jobs.job import Job, JobOrder
from gesso.settings import load
from gesso.storage.home import find_server
from tests.journeys.conftest import HEAD

MODEL = (
    HEAD
    + """
class Slow(Model):
    def run(self, photo: Image, gate: str, number: int) -> Image:
        print("at work on", number)
        while not os.path.exists(gate):
            time.sleep(0.02)
        progress(0.5)
        return Image(255 - photo.pixels)
"""
)

SERVER = """
import asyncio, sys
import numpy as np
from gesso.app import App
from gesso.jobs.events import Logged
from gesso.jobs.job import JobOrder
from gesso.settings import load

async def main(model, gate):
    async with App(load(), report=print) as app:
        app.trust.trust(app.registry.find(model))
        jobs = await app.start_jobs()
        app.home.announce("http://127.0.0.1:5142")
        made = []
        for number in range(4):
            photo = np.full((40, 60, 3), number, np.uint8)
            order = JobOrder(model=model, inputs={"photo": photo, "gate": gate, "number": number}, seed=number)
            made.append(await jobs.submit(order))
        print(*(job.id for job in made), flush=True)
        async for event in jobs.events(made[0].id):
            if isinstance(event, Logged) and "at work" in event.line.text:
                await asyncio.sleep(0)
                print("running", flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.usefixtures("nothing_left")
async def test_a_killed_gesso_loses_no_job(warm_home: Path, tmp_path: Path) -> None:
    folder, gate = tmp_path / "slow", tmp_path / "gate"
    folder.mkdir()
    (folder / "model.py").write_text(MODEL, encoding="utf-8")
    command = [sys.executable, "-c", SERVER, str(folder), str(gate)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        told: list[str] = []
        for line in server.stdout:
            told.append(line.strip())
            if line == "running\n":
                break
        assert find_server(warm_home) is not None, told
        server.kill()
    ids = next(line.split() for line in told if len(line.split()) == 4)
    assert find_server(warm_home) is None
    gate.touch()
    (warm_home / "blobs" / ".unfinished-file").write_bytes(b"half of it")

    async with App(load(), report=lambda _: None) as app:
        jobs = await app.start_jobs()
        first, *others = [await ended(app, job_id) for job_id in ids]
        assert first.error is not None
        assert (first.status, first.error.code) == ("failed", "interrupted")
        assert [job.status for job in others] == ["succeeded"] * 3
        assert not list((warm_home / "runs").glob("*"))
        assert not list((warm_home / "blobs").glob(".unfinished-*"))
        again = await ended(app, (await jobs.retry(first.id)).id)
        assert (again.status, again.seed, again.inputs) == ("succeeded", first.seed, first.inputs)
        assert [line.text for line in again.logs] == ["at work on 0"]
        assert again.recipe is not None
        order = JobOrder(model=str(folder), inputs=again.recipe.inputs, seed=again.recipe.seed)
        reproduced = await ended(app, (await jobs.submit(order)).id)
        assert reproduced.recipe == again.recipe


async def ended(app: App, job_id: str) -> Job:
    """Wait for the end of a job."""
    async with asyncio.timeout(60):
        async for _ in app.jobs.events(job_id):
            pass
    return await app.jobs.get(job_id)
