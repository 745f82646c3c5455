"""One soak from its beginning to its end: a storm, a calm in which the server must live, a rest, and the checks."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.soak import crowd
from tests.soak.accepted import Accepted, Book
from tests.soak.acts import Act
from tests.soak.checks import jobs, machine, storage
from tests.soak.models import SETTINGS, add_models
from tests.soak.pictures import pixels_of
from tests.soak.plan import Plan
from tests.soak.server import Server
from tests.soak.stage import API, Stage
from tests.soak.visitor import Answers, Visitor
from tests.soak.watching import Sample, sample, watch

_OPEN: Final = ("queued", "starting", "processing", "paused")
_PAGE: Final = 200
_LOOK_S: Final = 0.3
_SIDE_BY_SIDE: Final = 4


@dataclass
class Soak:
    """A soak in a folder of its own, which is empty."""

    plan: Plan
    folder: Path
    book: Book = field(default_factory=Book)
    answers: Answers = field(default_factory=Answers)
    counts: Counter[str] = field(default_factory=Counter)
    samples: list[Sample] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)
    """How many jobs ended how."""
    before: Sample | None = None
    """What the server held in the calm before anybody asked it for anything."""
    after: Sample | None = None
    """What it held when it rested at the end."""
    calm: list[Sample] = field(default_factory=list)
    """What it held while everybody worked in the calm."""
    _faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.home, self._temporary = self.folder / "home", self.folder / "tmp"
        self._temporary.mkdir()
        environment = {**SETTINGS, "GESSO_HOME": str(self.home), "TMPDIR": str(self._temporary)}
        add_models(self.folder / "models", environment)
        self.server = Server(self.home, environment, self.folder / "server.log")
        self.stages = [self._stage(number) for number in range(self.plan.clients + 1)]

    @property
    def faults(self) -> list[str]:
        """Everything that must not be."""
        seen = [fault for stage in self.stages for fault in stage.faults]
        return [*self._faults, *seen, *self.answers.faults, *self.book.faults, *self.server.faults]

    async def run(self) -> None:
        """Do all of it."""
        watching = asyncio.create_task(watch(self.server, self.samples))
        try:
            await self._storm()
            await self._calm()
            await self._rest()
            await self._check_jobs()
        finally:
            watching.cancel()
            for stage in self.stages:
                await stage.visitor.close()
            await self._end()

    # -- the parts ----------------------------------------------------------------------------------------------------

    async def _storm(self) -> None:
        """Everybody works, and the server is killed or stopped again and again."""
        await self.server.start()
        working = await self._begin(self.plan.storm_s)
        pause_s = self.plan.storm_s / (self.plan.restarts + 1)
        for number in range(self.plan.restarts):
            await asyncio.sleep(pause_s)
            await (self.server.stop() if number % 2 else self.server.kill())
            await self.server.start()
        await self._finish(working)
        await self.server.stop()

    async def _calm(self) -> None:
        """Everybody works with one server, whose workers are killed."""
        await self.server.start()
        self.before = await self._until_at_rest()
        began = len(self.samples)
        await self._finish(await self._begin(self.plan.calm_s))
        self.calm = self.samples[began:]

    async def _rest(self) -> None:
        """Nobody asks for anything more; what waits runs, and then models are unloaded."""
        asker = self.stages[0].visitor
        moved_s, last = time.monotonic(), ""
        while still_open := await self._open_jobs(asker):
            now = repr([(job["id"], job["status"], job["progress"]) for job in still_open])
            if now != last:
                moved_s, last = time.monotonic(), now
            if time.monotonic() - moved_s > self.plan.patience_s:
                told = [(job["id"], job["model"], job["status"], job["progress_text"]) for job in still_open]
                self._faults.append(f"nothing moves any more: {told}")
                return
            await asyncio.sleep(_LOOK_S)
        for stage in self.stages:
            await stage.visitor.close()
        self.after = await self._until_at_rest(before=self.before)
        if self.plan.is_memory_judged:
            self._faults += machine.faults_of_memory(self.calm)

    async def _check_jobs(self) -> None:
        asker = self._stage(len(self.stages)).visitor
        try:
            listed = await self._all_jobs(asker)
            self.ends.update(_end_of(job) for job in listed)
            self._faults += jobs.faults_of_list(self.book, listed)
            said = {job["id"]: job for job in listed}
            kept = [job for job in self.book.jobs.values() if job.id in said]
            ends = [jobs.fault_of_end(job, said[job.id], server=self.server) for job in kept]
            self._faults += filter(None, ends)
            for start in range(0, len(kept), _SIDE_BY_SIDE):
                group = kept[start : start + _SIDE_BY_SIDE]
                await asyncio.gather(*(self._check_files(asker, job, said[job.id]) for job in group))
        finally:
            await asker.close()

    async def _end(self) -> None:
        if self.server.is_up.is_set():
            await self.server.stop()
        self.server.close()
        self._faults += await asyncio.to_thread(machine.faults_after_end, self.home, self._temporary)
        lives = self.server.life + len(self.server.worker_kills)
        self._faults += await asyncio.to_thread(storage.faults_of_home, self.home, self.stages, interruptions=lives)
        self._faults += machine.faults_of_log(self.server.log.read_text(encoding="utf-8", errors="replace"))

    # -- what these are made of ---------------------------------------------------------------------------------------

    def _stage(self, number: int) -> Stage:
        chance = random.Random(f"{self.plan.seed}/{number}")
        return Stage(number, chance, Visitor(self.server, self.answers), self.server, self.book)

    async def _begin(self, seconds: float) -> list[asyncio.Task[None]]:
        """Have all clients work for so long."""
        acts: Sequence[Act] = await crowd.acts_of(self.server, self.stages[0].visitor)
        until_s = time.monotonic() + seconds
        clients = [
            crowd.perform(stage, acts, until_s=until_s, counts=self.counts)
            for stage in self.stages[: self.plan.clients]
        ]
        every_s = max(1.0, seconds / 30)
        return [
            asyncio.create_task(work)
            for work in (*clients, crowd.disturb(self.stages[-1], every_s=every_s, until_s=until_s, counts=self.counts))
        ]

    async def _finish(self, working: Sequence[asyncio.Task[None]]) -> None:
        """Wait until all clients have done their last act."""
        _, hung = await asyncio.wait(working, timeout=self.plan.seconds + self.plan.patience_s)
        self._faults += [f"client {stage.number} hangs: {stage.doing}" for stage in self.stages if hung and stage.doing]
        for task in hung:
            task.cancel()
        await asyncio.gather(*working)

    async def _until_at_rest(self, before: Sample | None = None) -> Sample | None:
        """Wait until the server rests, and return what it holds then."""
        end = time.monotonic() + self.plan.patience_s
        while True:
            now = await asyncio.to_thread(sample, self.server)
            faults = ["the server has gone"] if now is None else machine.faults_at_rest(self.server, now, before=before)
            if not faults or time.monotonic() > end:
                self._faults += faults
                return now
            await asyncio.sleep(_LOOK_S)

    async def _open_jobs(self, asker: Visitor) -> list[dict[str, Any]]:
        answer = await asker.ask("GET /jobs", f"{API}/jobs", params={"status": _OPEN, "limit": _PAGE})
        return list(answer.json()["jobs"])

    async def _all_jobs(self, asker: Visitor) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = []
        before: str | None = None
        while True:
            asked = {"limit": _PAGE, **({"before": before} if before else {})}
            page = (await asker.ask("GET /jobs", f"{API}/jobs", params=asked)).json()
            listed += page["jobs"]
            before = page["next_before"]
            if before is None:
                return listed

    async def _check_files(self, asker: Visitor, job: Accepted, said: dict[str, Any]) -> None:
        """Get the files of a job, and look at what is in them."""
        for output in said["outputs"]:
            for file in output["files"]:
                got = await asker.ask("GET /files/{id}", f"{API}/files/{file['blob']}")
                if got.status_code != 200 or len(got.content) != file["size_bytes"]:
                    self._faults.append(f"{job.id}: its file {file['blob']} cannot be had: {got.status_code}")
                elif job.order.pixels and pixels_of(got.content) != job.order.pixels:
                    self._faults.append(f"{job.id}: other pixels came out than went in")


def _end_of(job: dict[str, Any]) -> str:
    return job["status"] if job["error"] is None else f"{job['status']}: {job['error']['code']}"
