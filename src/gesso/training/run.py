"""`TrainingRun`: a trainer as jobs run it. Its base is brought before, and its model is put on the list after."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Protocol

from gesso.errors import CanceledError, NotFoundError, RunError
from gesso.jobs.kept import KeptFolders
from gesso.spec.model import ModelSpec
from gesso.spec.runnable import Event, Log, Request, Result, Runnable
from gesso.storage import record
from gesso.training.bases import Base, Bases
from gesso.training.choosing import is_nothing
from gesso.training.course import MODEL, Course
from gesso.training.memorised import Memorised
from gesso.training.taking_over import BEGUN_FROM
from gesso.training.trained import TrainedModels
from gesso.training.training import Origin
from gesso.types.base import Json
from gesso.types.stored import Stored

_BASE: Final = "base.json"
_LOOK_S: Final = 0.5


class FindMemorised(Protocol):
    """Marks what of a text stands word for word in a dataset."""

    def __call__(self, digest: str, text: str) -> Awaitable[Memorised]:
        """Mark it."""
        ...


class Trainer(Runnable, Protocol):
    """A trainer in a process of its own, which is ended when nothing is trained: it holds much memory."""

    async def prepare(self, report: Callable[[Event], None]) -> None:
        """Get ready."""
        ...

    async def close(self) -> None:
        """End the process; a later run starts another."""
        ...


@dataclass(frozen=True, kw_only=True)
class TrainingRun:
    """A `Runnable` that trains. `trainer` computes; its model goes to `models` when it has succeeded."""

    trainer: Trainer
    name: str
    bases: Bases
    models: TrainedModels
    find_memorised: FindMemorised

    @property
    def spec(self) -> ModelSpec:
        """The spec of the trainer."""
        return self.trainer.spec

    async def prepare(self, report: Callable[[Event], None]) -> None:
        """Get the trainer ready."""
        await self.trainer.prepare(report)

    async def run(self, request: Request) -> AsyncGenerator[Event, None]:
        """Train; see `Runnable`. Without a folder that is kept, nothing is put on the list of models."""
        events: asyncio.Queue[Event] = asyncio.Queue()
        bringing = asyncio.create_task(self._bring(request, events.put_nowait))
        async for event in _until(bringing, events, kept=request.checkpoints):
            yield event
        inputs, base = await bringing
        try:
            async with aclosing(self.trainer.run(replace(request, inputs=inputs))) as told:
                async for event in told:
                    if isinstance(event, Result) and request.checkpoints is not None:
                        yield Log("Putting the model on the list")
                        await self._place(request, request.checkpoints, base=base)
                    yield event
        finally:
            await self.trainer.close()

    async def _bring(
        self, request: Request, report: Callable[[Event], None]
    ) -> tuple[Mapping[str, object], Base | None]:
        """Return the inputs as the trainer reads them: what is named there as paths."""
        inputs = dict(request.inputs)
        base, kept = None, request.checkpoints
        if not is_nothing(reference := str(inputs.get("base") or "")):
            base = await self._base(reference, kept, report=report)
        inputs["base"] = str(base.path) if base else ""
        if origin := Origin.read(str(inputs.get("from_checkpoint") or "")):
            place = None if kept is None else kept / BEGUN_FROM / origin.folder
            if place is None or not place.is_dir():
                raise NotFoundError("The checkpoint that it was to begin from is not there any more.")
            inputs["from_checkpoint"] = str(place)
        return inputs, base

    async def _base(self, reference: str, kept: Path | None, *, report: Callable[[Event], None]) -> Base:
        """Return the base; a run that is taken up again gets the one that it began with."""
        note = None if kept is None else kept / _BASE
        if note is not None and (known := await asyncio.to_thread(_read_base, note)) is not None:
            return known
        base = await self.bases.bring(reference, report)
        if note is not None:
            await asyncio.to_thread(record.write, note, {**base.to_json(), "path": str(base.path)})
        return base

    async def _place(self, request: Request, kept: Path, *, base: Base | None) -> None:
        name = str(request.inputs.get("name") or "")
        if not (kept / MODEL).is_dir():
            raise RunError("The trainer has ended and left no model.", hint="This is a fault of the trainer.")
        facts: dict[str, Json] = {
            "training": kept.name,
            "recipe": {
                "trainer": self.name,
                "seed": request.seed,
                "base": base.to_json() if base else None,
                "inputs": {key: value for key, value in request.inputs.items() if isinstance(value, str | int | float)},
                "dataset": _digest(request.inputs.get("dataset")),
            },
        }
        if memorised := await self._memorised(request, kept):
            facts["memorised"] = memorised
        licence = base.licence if base else ""
        await asyncio.to_thread(self.models.place, kept / MODEL, name, facts=facts, licence=licence)

    async def _memorised(self, request: Request, kept: Path) -> dict[str, Json] | None:
        """Say how much of its last samples the model says by heart."""
        samples = await asyncio.to_thread(Course(kept).samples)
        digest = _digest(request.inputs.get("dataset"))
        if not samples or not digest:
            return None
        last = [sample.text for sample in samples if sample.step == samples[-1].step]
        found = [await self.find_memorised(digest, text) for text in last]
        characters = sum(each.characters for each in found)
        marked = sum(span.end - span.start for each in found for span in each.spans)
        return {
            "characters": characters,
            "share": round(marked / characters, 4) if characters else 0.0,
            "longest": max(each.longest for each in found),
        }


async def _until(
    task: asyncio.Task[Any], events: asyncio.Queue[Event], *, kept: Path | None
) -> AsyncGenerator[Event, None]:
    """Yield events until a task is done; whoever stops listening cancels it, and so does the wish to pause."""
    try:
        while not task.done() or not events.empty():
            getting = asyncio.create_task(events.get())
            await asyncio.wait([getting, task], timeout=_LOOK_S, return_when=asyncio.FIRST_COMPLETED)
            if getting.done():
                yield getting.result()
            else:
                getting.cancel()
            if kept is not None and KeptFolders.is_to_pause(kept):
                raise CanceledError("It pauses.")
    finally:
        task.cancel()
        await asyncio.wait([task])


def _read_base(note: Path) -> Base | None:
    try:
        told = record.read(note)
        base = Base(
            reference=told["reference"], path=Path(told["path"]), version=told["version"], licence=told["licence"]
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return base if base.path.is_dir() else None


def _digest(dataset: object) -> str:
    """Return the digest of a dataset that was opened for a run: files of the home are known by their content."""
    if not isinstance(dataset, Stored):
        return ""
    with dataset.path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
