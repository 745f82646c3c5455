"""A text becomes a model that speaks: the text trainer itself, from the file to the folder that others read."""

from __future__ import annotations

import asyncio
import json
import zipfile
from pathlib import Path

import pytest

from gesso.app import App
from gesso.jobs.job import Job
from gesso.settings import load
from gesso.spec.runnable import Request, Result
from gesso.training.training import Training, TrainingOrder
from gesso.training.trainings import Fork
from tests.training.trainers import TEXT

TINY = {"layers": 1, "heads": 2, "width": 32, "block_size": 32, "batch_tokens": 128, "vocabulary": 300, "every": 4}


async def ended(app: App, training: Training) -> Job:
    async with asyncio.timeout(1200):
        async for _ in app.jobs.events(training.id):
            pass
    return await app.jobs.get(training.id)


async def speak(app: App, name: str, prompt: str) -> str:
    model = await app.open(name)
    inputs = {"prompt": prompt, "max_characters": 60}
    (result,) = [event async for event in model.run(Request(inputs=inputs, seed=3)) if isinstance(event, Result)]
    return str(result.outputs["generated_text"])


@pytest.mark.timeout(1500)  # the first time, what the trainer needs is installed
async def test_a_text_becomes_a_model(warm_home: Path, tmp_path: Path) -> None:
    async with App(load(), report=lambda _: None) as app:
        await app.start_jobs()
        dataset = await app.trainings.datasets.make([("snow.txt", TEXT.encode())])
        order = TrainingOrder(dataset=dataset.digest, name="snow", options={**TINY, "max_steps": 8}, seed=1)
        told = await app.trainings.estimate(order)
        assert isinstance(told, dict)
        assert told["steps"] == 8
        assert told["words"]

        training = await app.trainings.start(order)
        job = await ended(app, training)
        assert job.status == "succeeded", job.error
        training = await app.trainings.get("snow")
        assert training.model == "snow"
        assert training.plan is not None
        assert (training.plan.steps, training.plan.block_size) == (8, 32)
        points = await app.trainings.curve("snow")
        assert [point.step for point in points if point.heldout_loss is not None] == [4, 8]
        assert {sample.step for sample in await app.trainings.samples("snow")} == {4, 8}
        facts = app.trainings.models.facts("snow")
        assert facts["recipe"]["dataset"] == dataset.digest
        assert training.report is not None
        assert facts["report"]["heldout_loss"] == training.report["heldout_loss"]
        assert await speak(app, "snow", "The snow") == await speak(app, "snow", "The snow")

        forked = await app.trainings.fork("snow", Fork(step=4, name="fork", options={"max_steps": 2}))
        assert (await ended(app, forked)).status == "succeeded", (await app.jobs.get(forked.id)).error
        tuned = await app.trainings.start(
            TrainingOrder(dataset=dataset.digest, name="tuned", base="snow", options={"max_steps": 2, "method": "lora"})
        )
        assert (await ended(app, tuned)).status == "succeeded", (await app.jobs.get(tuned.id)).error

        with zipfile.ZipFile(app.blobs.path((await app.trainings.export("snow")).blob)) as archive:
            archive.extractall(tmp_path)
        folder = tmp_path / "snow"
        assert {path.name for path in folder.iterdir()} >= {"config.json", "model.safetensors", "tokenizer.json"}
        assert json.loads((folder / "config.json").read_bytes())["model_type"] == "gpt2"
        assert await app.import_model(str(folder), name="guest", report=lambda _: None) == "guest"
        assert await speak(app, "guest", "The snow") == await speak(app, "snow", "The snow")
