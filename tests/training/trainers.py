"""A real trainer that is small, a home with it, and texts to learn from."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gesso.app import App
from gesso.jobs.job import Job
from gesso.registry.manifest import read_manifest
from gesso.runtime.worker.loading import load_class
from gesso.sdk import declaration
from gesso.spec.model import ModelSpec
from gesso.training import trainers
from gesso.training.training import Training, TrainingOrder

SOURCE = Path(__file__).parent / "bigrams"
LINES = [
    "The snow lay on the roofs of the town, and nobody had yet walked in it.",
    "A fox came down the lane, looked at the bakery, and went away again.",
    "In the morning the children found the trace and followed it to the wood.",
    "There it ended under a fir, as if the fox had climbed into the sky.",
]
TEXT = "\n\n".join(f"{number}. {line} {number * 7919 % 1000} {line[::-1]}" for number in range(15) for line in LINES)
"""About 9 kB in which no paragraph comes twice."""


def write_trainer(folder: Path) -> Path:
    """Write the trainer `bigrams` with its spec into a folder, and return that folder."""
    place = folder / "bigrams"
    shutil.copytree(SOURCE, place, ignore=shutil.ignore_patterns("__pycache__"))
    manifest = read_manifest(place)
    model = load_class(manifest.entry, manifest.class_name)
    commands = tuple(binding.command for binding in declaration.bind(model).values())
    spec = ModelSpec(
        name="bigrams",
        title="Bigrams",
        description=manifest.description,
        commands=commands,
        requirements=manifest.requirements,
        card=manifest.card,
    )
    sys.modules.pop(model.__module__, None)
    (place / "spec.json").write_text(spec.to_json(), encoding="utf-8")
    return folder


def order(dataset: str, **more: Any) -> TrainingOrder:
    """Return an order to train bigrams."""
    known = {name: more.pop(name) for name in ("name", "base", "seed") if name in more}
    return TrainingOrder(dataset=dataset, trainer="bigrams", options=more, **{"seed": 7, **known})


async def ended(app: App, training: Training) -> Job:
    """Wait for the end of a training, and return its job."""
    async with asyncio.timeout(60):
        async for _ in app.jobs.events(training.id):
            pass
    return await app.jobs.get(training.id)


async def until_step(app: App, training: Training, step: int) -> None:
    """Wait until a training has come to a step."""
    async with asyncio.timeout(60):
        while (latest := (await app.trainings.get(training.id)).latest) is None or latest.step < step:
            await asyncio.sleep(0.02)


@contextmanager
def boxed(folder: Path, monkeypatch: Any) -> Iterator[Path]:
    """Have this trainer in the box instead of those of the house."""
    monkeypatch.setattr(trainers, "BOX", write_trainer(folder))
    yield folder
