from __future__ import annotations

import pytest

from gesso.app import App
from gesso.errors import ConflictError
from gesso.spec.runnable import Request, Result
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

    def losses(points: list) -> list:  # type: ignore[type-arg]
        return [(point.step, point.loss) for point in points if point.loss is not None]

    assert losses(await app.trainings.curve(broken.id)) == losses(await app.trainings.curve(straight.id))
    with pytest.raises(ConflictError):
        await app.trainings.pause(broken.id)
    with pytest.raises(ConflictError, match="done"):
        await app.trainings.resume(broken.id)
