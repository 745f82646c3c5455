"""What a training goes on from, also from a hub that a person has named."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from gesso.app import App
from gesso.errors import FetchError
from gesso.settings import Settings
from tests.training.test_hub import COMMIT, Repo, repo
from tests.training.trainers import TEXT, ended, order

__all__ = ["repo"]


async def test_a_base_from_the_hub_is_fetched_while_the_training_gets_ready(
    warm_home: Path, trainers: Path, repo: Repo
) -> None:
    settings = Settings(home=warm_home, hub_url=f"http://127.0.0.1:{repo.port}")
    async with App(settings, report=lambda _: None) as app:
        await app.start_jobs()
        dataset = await app.trainings.datasets.make([("snow.txt", TEXT.encode())])
        training = await app.trainings.start(order(dataset.name, name="poet", base="tiny/gpt2", max_steps=5))
        job = await ended(app, training)
        assert job.status == "succeeded", job.error
        assert any("merges.txt" in line.text for line in job.logs)
        base = app.trainings.models.facts("poet")["recipe"]["base"]
        assert base == {"reference": "tiny/gpt2", "version": COMMIT, "licence": "mit"}
        assert app.registry.find("poet").manifest.card.licence == "mit"
        missing = await app.trainings.start(order(dataset.name, name="other", base="tiny/none", max_steps=5))
        job = await ended(app, missing)
        assert job.error is not None
        assert (job.status, job.error.code) == ("failed", "fetch")
    async with App(settings.model_copy(update={"offline": True}), report=lambda _: None) as app:
        await app.start_jobs()
        known = await app.trainings.start(order(dataset.name, name="third", base="tiny/gpt2", max_steps=5))
        assert (await ended(app, known)).status == "succeeded"
        with pytest.raises(FetchError, match="offline"):
            await app.trainings.start(order(dataset.name, name="fourth", base="distilgpt2"))


async def test_one_pauses_while_its_base_is_fetched(warm_home: Path, trainers: Path, repo: Repo) -> None:
    settings = Settings(home=warm_home, hub_url=f"http://127.0.0.1:{repo.port}")
    async with App(settings, report=lambda _: None) as app:
        await app.start_jobs()
        dataset = await app.trainings.datasets.make([("snow.txt", TEXT.encode())])
        repo.gate.clear()
        training = await app.trainings.start(order(dataset.name, name="poet", base="tiny/gpt2", max_steps=5))
        async with asyncio.timeout(60):
            while "/cdn/model" not in repo.asked:
                await asyncio.sleep(0.02)
            assert (await app.trainings.pause("poet")).status == "paused"
        repo.gate.set()
        await app.trainings.resume("poet")
        assert (await ended(app, training)).status == "succeeded"
