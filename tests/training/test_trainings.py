from __future__ import annotations

import asyncio
import json
import zipfile
from pathlib import Path

import pytest

from gesso.app import App
from gesso.errors import ConflictError, GessoError, InputError, NotFoundError, TrustError
from gesso.settings import Settings
from gesso.spec.runnable import Request, Result
from gesso.storage.backup import backup, restore
from gesso.training.course import CurvePoint
from gesso.training.training import TrainingOrder
from gesso.training.trainings import Fork
from tests.training.trainers import TEXT, ended, order, until_step


async def test_a_text_becomes_a_model_that_runs(app: App) -> None:
    dataset = await app.trainings.datasets.make([("snow.txt", TEXT.encode())])
    training = await app.trainings.start(order(dataset.name, name="snow-poet", prompt="The"))
    assert (training.name, training.dataset, training.model) == ("snow-poet", dataset.digest, "")
    job = await ended(app, training)
    assert job.status == "succeeded", job.error
    training = await app.trainings.get(training.id)
    assert training.model == "snow-poet"
    assert training.plan is not None
    assert training.latest is not None
    assert training.latest.loss is not None
    points = await app.trainings.curve(training.id)
    losses = [point.loss for point in points if point.loss is not None]
    assert losses[-1] < losses[0] - 1
    assert len(losses) == 40
    assert await app.trainings.curve(training.id, after_step=39) == points[-2:]
    samples = await app.trainings.samples("snow-poet")
    assert [sample.step for sample in samples] == [10, 10, 20, 20, 30, 30, 40, 40]
    assert [each.step for each in await app.trainings.checkpoints(training.id)] == [10, 20, 30, 40]
    model = await app.open("snow-poet")
    (result,) = [e async for e in model.run(Request(inputs={"prompt": "The"})) if isinstance(e, Result)]
    assert result.outputs["generated_text"].startswith("The")
    facts = app.trainings.models.facts("snow-poet")
    assert facts["recipe"]["dataset"] == dataset.digest
    assert facts["recipe"]["inputs"]["prompt"] == "The"
    assert 0 <= facts["memorised"]["share"] <= 1
    assert (await app.trainings.memorised(training.id, TEXT[:200])).share > 0.9


async def test_a_training_pauses_and_goes_on_as_if_it_never_had(app: App) -> None:
    dataset = await app.trainings.datasets.make([("snow.txt", TEXT.encode())])
    straight = await app.trainings.start(order(dataset.name, name="straight"))
    await ended(app, straight)
    broken = await app.trainings.start(order(dataset.name, name="broken", step_s=0.02))
    await until_step(app, broken, 3)
    paused = await app.trainings.pause(broken.id)
    assert (paused.status, paused.wanted) == ("paused", "pause")
    step = (paused.latest and paused.latest.step) or 0
    assert 3 <= step < 40
    assert (await app.trainings.pause(broken.id)).status == "paused"
    assert (await app.trainings.resume(broken.id)).wanted == "go on"
    job = await ended(app, broken)
    assert job.status == "succeeded", job.error
    assert any(line.text == f"Going on from step {step}" for line in job.logs), job.logs

    def losses(points: list[CurvePoint]) -> list[tuple[int, float]]:
        return [(point.step, point.loss) for point in points if point.loss is not None]

    assert losses(await app.trainings.curve(broken.id)) == losses(await app.trainings.curve(straight.id))
    with pytest.raises(ConflictError):
        await app.trainings.pause(broken.id)
    with pytest.raises(ConflictError, match="done"):
        await app.trainings.resume(broken.id)


async def test_a_fork_begins_with_a_checkpoint_and_other_options(app: App) -> None:
    dataset = await app.trainings.datasets.make([("snow.txt", TEXT.encode())])
    first = await app.trainings.start(order(dataset.name, name="poet", max_steps=30))
    await ended(app, first)
    forked = await app.trainings.fork("poet", Fork(step=20, options={"max_steps": 10, "learning_rate": 1.0}))
    assert (forked.name, forked.from_training, forked.from_step) == ("poet-2", first.id, 20)
    assert forked.options == {"max_steps": 10, "learning_rate": 1.0}
    await app.trainings.delete(first.id)
    job = await ended(app, forked)
    assert job.status == "succeeded", job.error
    assert any(line.text == "Beginning with the checkpoint of step 20" for line in job.logs)
    losses = [point.loss for point in await app.trainings.curve("poet-2") if point.loss is not None]
    assert losses[0] < 3.0
    again = await app.trainings.fork(forked.id, Fork(name="poet-3"))
    assert again.from_step == 10
    assert (await ended(app, again)).status == "succeeded"
    assert (await app.open("poet")).spec.name == "poet"
    with pytest.raises(NotFoundError, match="There are those of the steps 10"):
        await app.trainings.fork(forked.id, Fork(step=7))


async def test_one_that_failed_or_was_canceled_is_taken_up_where_it_was(app: App) -> None:
    dataset = await app.trainings.datasets.make([("snow.txt", TEXT.encode())])
    failed = await app.trainings.start(order(dataset.name, name="poet", die_at=25))
    assert (await ended(app, failed)).status == "failed"
    await app.trainings.datasets.delete(dataset.name)
    again = await app.trainings.resume("poet")
    assert again.id != failed.id
    assert again.name == "poet"
    job = await ended(app, again)
    assert job.status == "succeeded", job.error
    assert any(line.text == "Going on from step 20" for line in job.logs)
    dataset = await app.trainings.datasets.make([("snow.txt", TEXT.encode())])
    canceled = await app.trainings.start(order(dataset.name, name="other", step_s=0.02))
    await until_step(app, canceled, 11)
    assert (await app.trainings.cancel(canceled.id)).status == "canceled"
    taken_up = await app.trainings.resume(canceled.id)
    await until_step(app, taken_up, 12)
    finished = await app.trainings.finish(taken_up.id)
    assert finished.wanted == "finish"
    assert (await ended(app, taken_up)).status == "succeeded"
    assert (await app.trainings.get("other")).model == "other"
    assert len(await app.trainings.curve("other")) < 40


async def test_what_is_wrong_is_said_before_it_begins(app: App, tmp_path: Path) -> None:
    dataset = await app.trainings.datasets.make([("snow.txt", TEXT.encode())])
    name = dataset.name
    busy = await app.trainings.start(order(name, name="poet", step_s=0.1))
    for wrong, words in (
        (order("none"), "no dataset"),
        (order(name, name="poet"), "being trained"),
        (order(name, name="pose"), "taken"),
        (order(name, name="My Poet"), "my-poet"),
        (order(name, name="../x"), "small letters"),
        (order(name, nonsense=1), "one of the options"),
        (order(name, from_checkpoint="x/y"), "one of the options"),
        (order(name, max_steps=-1), "max_steps"),
        (order(name, preset="eternal"), "preset"),
        (order(name, base="nobody"), "repository of the hub"),
        (order(name, name="nothing"), "taken"),
        (order(name, base="pose"), "another kind"),
        (order(name, base=str(tmp_path)), "config.json"),
        (order(name, base=str(tmp_path / "none")), "no folder"),
        (TrainingOrder(dataset=name, trainer="none"), "no trainer"),
    ):
        with pytest.raises(GessoError, match=words):
            await app.trainings.start(wrong)
    assert len(await app.trainings.all()) == 1
    with pytest.raises(ConflictError, match="learnt nothing"):  # it pauses before it has begun
        await app.trainings.finish((await app.trainings.pause(busy.id)).id)
    unnamed = await app.trainings.start(order(name))
    assert unnamed.name == "snow"


async def test_a_trained_model_is_a_base_and_a_folder_too(app: App, tmp_path: Path) -> None:
    dataset = await app.trainings.datasets.make([("snow.txt", TEXT.encode())])
    await ended(app, await app.trainings.start(order(dataset.name, name="first", max_steps=5)))
    second = await app.trainings.start(order(dataset.name, name="second", base="first", max_steps=5))
    job = await ended(app, second)
    assert any("model.safetensors" in line.text for line in job.logs), job.error
    facts = app.trainings.models.facts("second")
    assert facts["recipe"]["base"]["reference"] == "first"
    folder = app.trainings.models.find("second")
    third = await app.trainings.start(order(dataset.name, name="third", base=str(folder), max_steps=5))
    assert (await ended(app, third)).status == "succeeded"
    with zipfile.ZipFile(app.blobs.path((await app.trainings.export("third")).blob)) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path)
    assert sorted(names) == [f"third/{name}" for name in (
        "README.md", "config.json", "model.safetensors", "tokenizer.json", "training.json")]  # fmt: skip
    with pytest.raises(NotFoundError, match="no trained model"):
        await app.trainings.export("pose")


async def test_an_estimate_says_what_to_expect_and_keeps_nothing(app: App) -> None:
    dataset = await app.trainings.datasets.make([("snow.txt", TEXT.encode())])
    told = await app.trainings.estimate(order(dataset.name, max_steps=200))
    assert isinstance(told, dict)
    assert (told["steps"], told["seconds"]) == (200, 2.0)
    assert await app.trainings.all() == []


async def test_a_backup_brings_back_what_was_trained(app: App, trainers: Path, tmp_path: Path) -> None:
    dataset = await app.trainings.datasets.make([("snow.txt", TEXT.encode())])
    await ended(app, await app.trainings.start(order(dataset.name, name="poet", max_steps=5)))
    await asyncio.to_thread(backup, app.settings.home, tmp_path / "backup.zip")
    other = tmp_path / "other"
    await asyncio.to_thread(restore, tmp_path / "backup.zip", other)
    (app.settings.home / "models" / "trained" / "poet").rename(tmp_path / "gone")
    trusted = other / "models" / "trained" / "poet"  # by somebody who had another model there
    (other / "trust.json").write_text(json.dumps({"trusted": {str(trusted): {}}}))
    await asyncio.to_thread(restore, tmp_path / "backup.zip", other)
    async with App(Settings(home=other), report=lambda _: None) as again:
        (other / "models" / "trained" / ".placing-x").mkdir()
        await again.start_jobs()
        assert not (other / "models" / "trained" / ".placing-x").exists()
        source = again.registry.find("poet")
        assert source.path == other / "models" / "trained" / "poet"
        with pytest.raises(TrustError):  # trust is given, not copied
            await again.open("poet")
        assert (await again.trainings.get("poet")).model == "poet"
        assert (await again.trainings.datasets.get("snow")).digest == dataset.digest


async def test_a_model_that_was_taken_off_the_list_is_not_lost(app: App) -> None:
    dataset = await app.trainings.datasets.make([("snow.txt", TEXT.encode())])
    await ended(app, await app.trainings.start(order(dataset.name, name="poet", max_steps=5)))
    app.registry.remove("poet")
    app.trainings.models.settle()
    with pytest.raises(NotFoundError):
        app.registry.find("poet")
    with pytest.raises(InputError, match="gesso add"):
        await app.trainings.start(order(dataset.name, name="poet"))
    assert (await app.trainings.start(order(dataset.name, name=""))).name == "snow"
