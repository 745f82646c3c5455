"""What the history of jobs costs when 10,000 are in it: list, search and open one; and what accepting one costs."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from benchmarks.figures import Figure, time_awaited, time_called
from gesso.jobs.history import History
from gesso.jobs.identity import new_id
from gesso.jobs.job import Job, JobOrder, Metrics, Output
from gesso.jobs.jobs import Jobs
from gesso.jobs.recipe import Recipe
from gesso.jobs.resolving import Resolved
from gesso.spec.model import Command, ModelSpec, Port
from gesso.storage.blobs import BlobReference
from gesso.storage.home import Home
from gesso.testing import FakeWorker
from gesso.types.base import Json

JOBS: Final = 10_000
_AIM_MS: Final = 100
_WORDS: Final = ("a fox in the snow", "a painted ship", "late light over the river", "blue hands", "a room of paper")
_SPEC: Final = ModelSpec(
    name="dream",
    commands=(
        Command(name="run", inputs=(Port(name="words", type="text"),), outputs=(Port(name="told", type="text"),)),
    ),
)


def main() -> list[Figure]:
    """Measure in a home of its own."""
    with tempfile.TemporaryDirectory(prefix="gesso-bench-") as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(folder: Path) -> list[Figure]:
    with Home(folder) as home:
        worker = FakeWorker(_SPEC, lambda request: {"told": request.inputs["words"]})

        async def resolve(*_: object, **__: object) -> Resolved:
            return Resolved(worker, "d" * 64)

        jobs = Jobs(home.database, home.blobs, resolve=resolve, runs=folder / "runs", kept=folder / "training")
        await jobs.start()
        history = History(home.database)
        made = [_job(number) for number in range(JOBS)]
        await asyncio.gather(*(history.add(job, max_queued=JOBS) for job in made))
        figures = await _reading(jobs, made)
        figures += await _accepting(jobs, home)
        await jobs.stop()
        return figures


async def _reading(jobs: Jobs, made: list[Job]) -> list[Figure]:
    reads = {
        "the newest 50": jobs.list,
        "50 from the middle": lambda: jobs.list(before=made[JOBS // 2].id),
        "200 of one model": lambda: jobs.list(model="model 7", limit=200),
        "search for two words that many have": lambda: jobs.list(search="fox snow"),
        "search for a word that one has": lambda: jobs.list(search="number-17."),
        "search for a word that none has": lambda: jobs.list(search="zebra"),
        "those that failed": lambda: jobs.list(status=("failed",)),
        "open one": lambda: jobs.get(made[123].id),
    }
    return [
        Figure(f"{JOBS:,} jobs: {what}", await time_awaited(read, times=50), aim_ms=_AIM_MS)
        for what, read in reads.items()
    ]


async def _accepting(jobs: Jobs, home: Home) -> list[Figure]:
    async def whole() -> None:
        job = await jobs.submit(JobOrder(model="dream", inputs={"words": "a fox"}))
        async for _ in jobs.events(job.id):
            pass

    submitted = await time_awaited(lambda: jobs.submit(JobOrder(model="dream", inputs={"words": "a fox"})), times=50)
    for job in await jobs.list(status=("queued",), limit=200):
        await jobs.cancel(job.id)
    picture = bytes(2_000_000)
    kept = home.blobs.put(picture, "x")
    return [
        Figure("a job accepted: it survives a power failure", submitted),
        Figure("a job from the order to the result of a model that does nothing", await time_awaited(whole, times=50)),
        Figure("a file of 2 MB kept", time_called(lambda: home.blobs.put(picture, "x"), times=20)),
        Figure("a file of 2 MB verified", time_called(lambda: home.blobs.read(kept.blob), times=20)),
    ]


def _job(number: int) -> Job:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
    file = BlobReference(blob=f"{number:064x}", name=f"photo-{number}.png", media_type="image/png", size_bytes=9)
    inputs: dict[str, Json] = {"photo": file.to_json(), "words": f"{_WORDS[number % 5]} number-{number}. " * 8}
    job = Job(
        id=new_id(), model=f"model {number % 50}", model_title="Dream", command="run", seed=number, created_at=at,
        status="failed" if number % 40 == 0 else "succeeded", inputs=inputs, completed_at=at,
    )  # fmt: skip
    recipe = Recipe(model=job.model, command="run", seed=number, inputs=inputs, outputs={"picture": "c" * 64})
    return replace(
        job, outputs=(Output(name="picture", type="image", files=(file,)),), recipe=recipe, metrics=Metrics()
    )
