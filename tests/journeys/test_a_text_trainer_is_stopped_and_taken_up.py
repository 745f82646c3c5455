"""The trainer in its own process and its own environment: paused, killed in its middle, taken up again, and done."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gesso.app import App
from gesso.errors import CanceledError
from gesso.registry.manifest import read_manifest
from gesso.runtime.host.model import WorkerModel
from gesso.settings import load
from gesso.spec.model import ModelSpec
from gesso.spec.runnable import Progress, Request, Result
from gesso.types.file import File
from tests.models.boxed import TRAINERS
from tests.trainers.text.given import write_dataset

pytestmark = pytest.mark.timeout(600)  # the first time its environment is made

FEW = {"max_steps": 12, "every": 4, "precision": "fp32", "vocabulary": 300, "prompt": "the fox"}
SMALL = {"layers": 2, "heads": 2, "width": 16, "block_size": 32, "batch_tokens": 256}


@pytest.fixture
async def trainer(warm_home: Path) -> AsyncIterator[WorkerModel]:
    folder = TRAINERS["text"]
    spec = ModelSpec.from_json((folder / "spec.json").read_bytes())
    async with App(load(), report=lambda _: None) as app:
        yield app.runtime.open(spec, read_manifest(folder))


def request(dataset: Path, kept: Path) -> Request:
    inputs: dict[str, Any] = {"dataset": File(dataset), "name": "fox", **SMALL, **FEW}
    return Request(inputs=inputs, command="run", seed=7, checkpoints=kept)


def losses(kept: Path) -> list[tuple[int, float]]:
    lines = [json.loads(line) for line in (kept / "curve.jsonl").read_text().splitlines()]
    return [(line["step"], line["loss"]) for line in lines if "loss" in line]


async def test_it_is_paused_and_canceled_and_ends_as_if_it_had_not_been(trainer: WorkerModel, tmp_path: Path) -> None:
    dataset, whole, broken = write_dataset(tmp_path), tmp_path / "whole", tmp_path / "broken"
    (result,) = [event async for event in trainer.run(request(dataset, whole)) if isinstance(event, Result)]
    assert result.outputs["report"]["steps"] == 12
    assert (whole / "model" / "weights" / "ct2" / "model.bin").is_file()

    broken.mkdir()
    with pytest.raises(CanceledError):
        async for event in trainer.run(request(dataset, broken)):
            if isinstance(event, Progress) and event.fraction > 0.1:
                (broken / "wanted").write_text("pause")
    (broken / "wanted").unlink()
    async for event in trainer.run(request(dataset, broken)):
        if isinstance(event, Progress) and event.fraction > 0.5:
            break  # nobody listens any more: it is canceled, wherever it is
    await asyncio.sleep(1)
    _ = [event async for event in trainer.run(request(dataset, broken))]
    assert losses(broken) == losses(whole)
    weights = [folder / "model" / "weights" / "model.safetensors" for folder in (whole, broken)]
    assert weights[0].read_bytes() == weights[1].read_bytes()
