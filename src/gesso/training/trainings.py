"""`Trainings`: every training of a home. Each is a job; here it is begun, looked at, forked, and its model exported."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from gesso.errors import ConflictError, InputError, NotFoundError, RunError
from gesso.jobs.identity import is_id
from gesso.jobs.job import Job, JobOrder
from gesso.jobs.jobs import Jobs
from gesso.jobs.resolving import Resolved
from gesso.spec.runnable import Event, Request, Result
from gesso.storage.blobs import BlobReference, Blobs
from gesso.storage.database import Connection
from gesso.training.bases import Bases
from gesso.training.choosing import NOTHING, choose_base, is_nothing, words_on_choice
from gesso.training.course import Checkpoint, Course, CurvePoint, SampleText
from gesso.training.dataset import FILE, Dataset
from gesso.training.datasets import Datasets
from gesso.training.memorised import Memorised
from gesso.training.run import Trainer, TrainingRun
from gesso.training.showing import show
from gesso.training.taking_over import BEGUN_FROM, choose, take_along, take_over
from gesso.training.trained import TrainedModels
from gesso.training.trainers import REFERENCE, Trainers
from gesso.training.training import (
    KIND,
    Training,
    TrainingOrder,
    digest_of,
    options_of,
    text_of,
    trainer_of,
)
from gesso.types.base import Json

_MOST_OPEN: Final = 200
_ENDED: Final = {
    "succeeded": "The training is done.",
    "failed": "The training has failed already.",
    "canceled": "The training was canceled already.",
}


@dataclass(frozen=True, kw_only=True)
class Fork:
    """What is to be another way: from which step (the best, if None), and which options; the rest stays as it was."""

    step: int | None = None
    name: str = ""
    options: dict[str, Json] | None = None
    seed: int | None = None


class Trainings:
    """The trainings of a home. `open_trainer` opens a trainer to be run, each time in a process of its own."""

    def __init__(
        self,
        jobs: Jobs,
        blobs: Blobs,
        *,
        trainers: Trainers,
        datasets: Datasets,
        bases: Bases,
        models: TrainedModels,
        open_trainer: Callable[[str], Trainer],
    ) -> None:
        self._jobs = jobs
        self._blobs = blobs
        self.trainers = trainers
        self.datasets = datasets
        self.bases = bases
        self.models = models
        self._open = open_trainer
        self._opened: dict[str, Trainer] = {}
        self._trying: dict[str, Trainer] = {}
        self._beginning = asyncio.Lock()
        self._estimating = asyncio.Lock()

    # -- for jobs -----------------------------------------------------------------------------------------------------

    def resolve(self, name: str) -> Resolved:
        """Return what a job runs that names a trainer. Raises `NotFoundError`."""
        source = self.trainers.find(name)
        if name not in self._opened:
            self._opened[name] = self._open(name)
        run = TrainingRun(
            trainer=self._opened[name],
            name=name,
            bases=self.bases,
            models=self.models,
            find_memorised=self.datasets.find_memorised,
        )
        return Resolved(run, source.digest)

    # -- begin --------------------------------------------------------------------------------------------------------

    async def start(self, order: TrainingOrder) -> Training:
        """Begin a training: it is a job from now on, and runs when its turn comes.

        Raises `InputError` or `NotFoundError` for what cannot be trained, or a name that is taken, and `FetchError` for
        a base that cannot be had.
        """
        dataset = await self.datasets.get(order.dataset)
        order = replace(order, base=_chosen(order, dataset))
        async with self._beginning:
            name = await self._name(order, Path(dataset.name).stem)
            inputs = self._inputs(order, dataset.digest, name=name)
            await self.bases.check(order.base)
            job = await self._jobs.submit(self._job_order(order, inputs))
        return await self._shown(job)

    async def fork(self, word: str, fork: Fork) -> Training:
        """Begin another training with a checkpoint of this one. Raises `NotFoundError` if it has none."""
        job = await self._job(word)
        folder = self._jobs.kept.path(job.id)
        checkpoint = choose(await asyncio.to_thread(Course(folder).checkpoints), fork.step)
        order = self._order_of(job)
        order = replace(
            order,
            name=fork.name or await asyncio.to_thread(self.models.free_name, order.name),
            options={**order.options, **(fork.options or {})},
            seed=job.seed if fork.seed is None else fork.seed,
        )
        async with self._beginning:
            order = replace(order, name=await self._name(order, order.name, is_exact=bool(fork.name)))
            inputs = self._inputs(order, order.dataset, name=order.name)
            inputs["from_checkpoint"] = f"{job.id}/{checkpoint.folder}"

            def also(_: Connection, forked: Job) -> None:
                """Take the checkpoint along: the other run may let go of it at any moment."""
                take_along(folder, self._jobs.kept.path(forked.id) / BEGUN_FROM, checkpoint=checkpoint)

            return await self._shown(await self._jobs.submit(self._job_order(order, inputs), also=also))

    async def estimate(self, order: TrainingOrder) -> Json:
        """Try a training for a moment, and say how long it would take and what to expect. Raises as `start` does."""
        dataset = await self.datasets.get(order.dataset)
        chosen = _chosen(order, dataset)
        inputs = self._inputs(order, dataset.digest, name="")
        base = "" if is_nothing(chosen) else (await self.bases.bring(chosen, _ignore)).path
        path = await asyncio.to_thread(self._blobs.path, dataset.digest)
        if order.trainer not in self._trying:
            self._trying[order.trainer] = self._open(order.trainer)
        trainer = self._trying[order.trainer]
        known = {port.name for port in trainer.spec.command("estimate").inputs}
        given = {**inputs, "dataset": path, "base": str(base)}
        request = Request(
            inputs={name: value for name, value in given.items() if name in known}, command="estimate", seed=order.seed
        )
        async with self._estimating:
            try:
                told = await _outcome(trainer, request)
            finally:
                await trainer.close()
        words = "" if order.base else words_on_choice(order.trainer, chosen, options=order.options)
        return _with_choice(told, chosen, words=words)

    async def _name(self, order: TrainingOrder, otherwise: str, *, is_exact: bool = True) -> str:
        """Return what the model is to be called: as it was asked for, or near to something else."""
        busy = {text_of(job, "name") for job in await self._open_jobs()}
        if order.name and is_exact:
            name = await asyncio.to_thread(self.models.check_free, order.name)
            if name in busy:
                raise InputError(
                    "a name that no other model has",
                    f"{name!r}, which is being trained",
                    hint=f"Choose another, or look at that one first: gesso train show {name}",
                    where="name",
                )
            return name
        wanted = name = await asyncio.to_thread(self.models.free_name, order.name or otherwise)
        number = 2
        while name in busy:
            name = await asyncio.to_thread(self.models.free_name, f"{wanted}-{number}")
            number += 1
        return name

    async def _open_jobs(self) -> tuple[Job, ...]:
        return await self._jobs.list(kind=KIND, status=("queued", "starting", "processing", "paused"), limit=_MOST_OPEN)

    def _inputs(self, order: TrainingOrder, digest: str, *, name: str) -> dict[str, Json]:
        known = {port.name for port in self.trainers.options(order.trainer)}
        for option in order.options:
            if option not in known:
                raise InputError(
                    f"one of the options {', '.join(sorted(known))}", "one of that name", where=option[:80]
                )
        reference = {"blob": digest, "name": FILE}
        return {"dataset": reference, "base": order.base, "name": name, **order.options}

    @staticmethod
    def _job_order(order: TrainingOrder, inputs: dict[str, Json]) -> JobOrder:
        return JobOrder(
            model=REFERENCE + order.trainer, inputs=inputs, command="run", seed=order.seed, kind=KIND, priority="batch"
        )

    @staticmethod
    def _order_of(job: Job) -> TrainingOrder:
        return TrainingOrder(
            dataset=digest_of(job),
            name=text_of(job, "name"),
            trainer=trainer_of(job),
            base=text_of(job, "base") or NOTHING,
            options=options_of(job),
            seed=job.seed,
        )

    # -- look ---------------------------------------------------------------------------------------------------------

    async def all(self, *, limit: int = 50, before: str | None = None) -> list[Training]:
        """Return the trainings, the newest first."""
        names = await self._dataset_names()
        jobs = await self._jobs.list(kind=KIND, limit=limit, before=before)
        return [await self._as_shown(job, names) for job in jobs]

    async def get(self, word: str) -> Training:
        """Return a training by its id or by the name of its model (the newest of that name), with its log."""
        return await self._shown(await self._job(word))

    async def curve(self, word: str, *, after_step: int = -1) -> list[CurvePoint]:
        """Return the curve of a training after a step."""
        return await asyncio.to_thread((await self._course(word)).curve, after_step=after_step)

    async def samples(self, word: str, *, after_step: int = -1) -> list[SampleText]:
        """Return what its model has said after a step."""
        return await asyncio.to_thread((await self._course(word)).samples, after_step=after_step)

    async def checkpoints(self, word: str) -> list[Checkpoint]:
        """Return the checkpoints of a training."""
        return await asyncio.to_thread((await self._course(word)).checkpoints)

    async def memorised(self, word: str, text: str) -> Memorised:
        """Mark what of a text stands word for word in what a training learns from."""
        return await self.datasets.find_memorised(digest_of(await self._job(word)), text)

    # -- change -------------------------------------------------------------------------------------------------------

    async def pause(self, word: str) -> Training:
        """Have a training pause, and return it when it does. Raises `ConflictError` for one that has ended."""
        return await self._shown(await self._jobs.pause((await self._open_job(word)).id))

    async def resume(self, word: str) -> Training:
        """Have a training go on: one that pauses, or, as a new one, one that has failed or was canceled."""
        job = await self._job(word)
        if job.status in {"failed", "canceled"}:
            return await self._take_up(job)
        if job.status == "succeeded":
            raise ConflictError("The training is done.", hint=f"`gesso train fork {job.id}` goes on from a checkpoint.")
        return await self._shown(await self._jobs.resume(job.id))

    async def finish(self, word: str) -> Training:
        """Have a training end early, with a model of the best that it has."""
        job = await self._open_job(word)
        if job.status in {"queued", "starting", "paused"} and not await self.checkpoints(job.id):
            raise ConflictError("It has learnt nothing yet.", hint="Cancel it, or let it run for a while.")
        return await self._shown(await self._jobs.finish(job.id))

    async def cancel(self, word: str) -> Training:
        """Cancel a training; its checkpoints stay until it is deleted."""
        return await self._shown(await self._jobs.cancel((await self._job(word)).id))

    async def delete(self, word: str) -> None:
        """Forget a training and its checkpoints. Its model stays."""
        await self._jobs.delete((await self._job(word)).id)

    async def export(self, word: str) -> BlobReference:
        """Return a ZIP with the model of a training, or with any trained model by its name, as others read it."""
        try:
            name = text_of(await self._job(word), "name")
        except NotFoundError:
            name = word
        return await asyncio.to_thread(self.models.export, name, self._blobs)

    async def _take_up(self, job: Job) -> Training:
        """Begin a training again where it broke off, as a new job with all that the old one has kept."""
        old = self._jobs.kept.path(job.id)
        order = self._order_of(job)

        def also(_: Connection, again: Job) -> None:
            take_over(old, self._jobs.kept.path(again.id))

        async with self._beginning:
            inputs = self._inputs(order, order.dataset, name=await self._name(order, order.name))
            if begun_from := text_of(job, "from_checkpoint"):
                inputs["from_checkpoint"] = begun_from
            return await self._shown(await self._jobs.submit(self._job_order(order, inputs), also=also))

    # -- inside -------------------------------------------------------------------------------------------------------

    async def _job(self, word: str) -> Job:
        if is_id(word):
            job = await self._jobs.get(word)
            if job.kind == KIND:
                return job
        else:
            for job in await self._jobs.list(kind=KIND, limit=_MOST_OPEN):
                if text_of(job, "name") == word:
                    return await self._jobs.get(job.id)
        raise NotFoundError(
            f"There is no training {word[:80]!r}.", hint="`gesso train list` lists those that there are."
        )

    async def _open_job(self, word: str) -> Job:
        """Return the job of a training that has not ended."""
        job = await self._job(word)
        if told := _ENDED.get(job.status):
            name = text_of(job, "name")
            verb = "Let it speak: gesso run" if job.status == "succeeded" else "It can be taken up: gesso train resume"
            raise ConflictError(told, hint=f"{verb} {name}")
        return job

    async def _course(self, word: str) -> Course:
        return Course(self._jobs.kept.path((await self._job(word)).id))

    async def _dataset_names(self) -> dict[str, str]:
        return {dataset.digest: dataset.name for dataset in await self.datasets.all()}

    async def _shown(self, job: Job) -> Training:
        return await self._as_shown(job, await self._dataset_names())

    async def _as_shown(self, job: Job, names: dict[str, str]) -> Training:
        course = Course(self._jobs.kept.path(job.id))
        return await asyncio.to_thread(show, job, course, dataset_names=names, models=self.models)


async def _outcome(trainer: Trainer, request: Request) -> Json:
    """Run a command of a trainer, and return the first of what it gives."""
    async with aclosing(trainer.run(request)) as events:
        async for event in events:
            if isinstance(event, Result):
                return next(iter(event.outputs.values()), None)
    raise RunError("The trainer has ended and said nothing.", hint="This is a fault of the trainer.")


def _chosen(order: TrainingOrder, dataset: Dataset) -> str:
    return choose_base(order.trainer, order.base, text_bytes=dataset.bytes, options=order.options)


def _with_choice(told: Json, base: str, *, words: str) -> Json:
    """Return an estimate with what was chosen to begin with, and, if nobody had said it, with a word on that."""
    if not isinstance(told, dict):
        return told
    said = told.get("words")
    return {**told, "base": base, "words": [*([words] if words else []), *(said if isinstance(said, list) else [])]}


def _ignore(event: Event) -> None:
    """Hear that a base is being fetched."""
