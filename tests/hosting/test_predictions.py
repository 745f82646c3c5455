"""Predictions that are fetched later: durable, metered, ended with their token, told of, and let go after a day."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gesso.app import App
from gesso.errors import (
    AccessError,
    DamagedError,
    FetchError,
    GessoError,
    InputError,
    LimitError,
    NotFoundError,
    QueueFullError,
)
from gesso.hosting import predictions
from gesso.hosting.hosting import Changes, ReleaseOrder
from gesso.hosting.messenger import Form
from gesso.hosting.prediction import Prediction, PredictionOrder, Webhook, read_reference, reference
from gesso.hosting.tokens import TokenOrder
from gesso.jobs.identity import id_at
from gesso.settings import Settings
from gesso.spec.model import Command
from gesso.storage.tables import PREDICTIONS
from tests.hosting.models import add_poet
from tests.server.protocols.targets import target


async def _form(prediction: Prediction) -> bytes:
    return f'{{"id": "{prediction.id}", "status": "{prediction.job.status}"}}'.encode()


FORMS: dict[str, Form] = {"replicate": _form}


def gesso(home: Path) -> App:
    return App(Settings(home=home, fetch_private=True), report=lambda _: None)


@pytest.fixture
async def app(warm_home: Path, tmp_path: Path) -> AsyncIterator[App]:
    """A Gesso that hosts a poet."""
    async with gesso(warm_home) as app:
        await app.start_jobs()
        app.predictions.speak(FORMS)
        add_poet(app, tmp_path / "poet")
        await app.hosting.create(ReleaseOrder(model="poet"))
        yield app


async def token(app: App, **wanted: Any) -> str:
    return (await app.hosting.make_token("poet", TokenOrder(name="bot", **wanted)))[1]


async def ask(
    app: App, secret: str | None, *, name: str | None = None, hook: Webhook | None = None, **inputs: Any
) -> Prediction:
    admission = app.hosting.admit("poet", secret=secret, origin=None, client="", protocol="replicate")

    async def order(command: Command) -> PredictionOrder:
        assert command.name == "run"
        return PredictionOrder(inputs=inputs, name=name, webhook=hook)

    return await app.predictions.create(admission, order)


async def outcomes(app: App) -> list[str | None]:
    return [entry.outcome for _, entry in await app.hosting.log("poet") if entry.kind == "request"]


def text_of(prediction: Prediction) -> Any:
    return prediction.job.outputs[0].value


async def test_it_is_accepted_and_found_again(app: App) -> None:
    secret = await token(app)
    made = await ask(app, secret, prompt="hi")
    assert not made.has_ended
    over = await app.predictions.ended(made.id, within_s=60)
    assert text_of(over) == "v1 plain hi"
    assert (await app.predictions.get(made.id)).record.is_settled
    assert await outcomes(app) == ["succeeded"]
    purse = app.hosting.door.purses("poet")[0]
    assert purse.requests == 1
    with pytest.raises(NotFoundError):
        await app.predictions.get("01m81sdzeqdas2y39yhq1776xk")
    with pytest.raises(NotFoundError):
        await app.predictions.get("../../etc/passwd")


async def test_one_that_cannot_be_is_refused_and_counted_as_that(app: App) -> None:
    secret = await token(app)
    with pytest.raises(InputError):
        await ask(app, secret, prompt=7)
    with pytest.raises(FetchError):
        await ask(app, secret, prompt="x", hook=Webhook(url="http://169.254.169.254/"))
    assert await outcomes(app) == ["refused", "refused"]
    assert app.hosting.door.purses("poet")[0].requests == 0
    assert await app.jobs.list(kind="hosted") == ()


async def test_many_run_side_by_side_and_the_owners_jobs_among_them(app: App) -> None:
    secret = await token(app)
    made = [await ask(app, secret, prompt=str(number)) for number in range(6)]
    over = await asyncio.gather(*(app.predictions.ended(each.id, within_s=60) for each in made))
    assert [text_of(each) for each in over] == [f"v1 plain {number}" for number in range(6)]
    assert await app.jobs.list() == ()
    assert len(await app.jobs.list(kind="hosted")) == 6


async def test_a_token_that_is_taken_back_ends_what_it_has_begun(app: App) -> None:
    secret = await token(app)
    made = await ask(app, secret, prompt="hi", wait_s=60)
    await app.hosting.revoke("poet", app.hosting.door.of("poet")[0].id)
    over = await app.predictions.ended(made.id, within_s=30)
    assert over.job.status == "canceled"
    assert "taken back" in over.record.error
    assert await outcomes(app) == ["refused"]


async def test_the_last_that_a_cap_allows_comes_to_its_end(app: App) -> None:
    secret = await token(app, max_compute_s=0.01)
    made = await ask(app, secret, prompt="hi", wait_s=0.1)
    over = await app.predictions.ended(made.id, within_s=60)
    assert text_of(over) == "v1 plain hi"
    assert (await app.predictions.get(made.id)).record.is_settled
    with pytest.raises(LimitError):
        await ask(app, secret, prompt="more")


async def test_a_name_means_one_prediction(app: App) -> None:
    secret = await token(app)
    first = await ask(app, secret, name="mine", prompt="hi")
    second = await ask(app, secret, name="mine", prompt="hi")
    assert first.id == second.id
    await app.predictions.ended(first.id, within_s=60)
    token_id = app.hosting.door.of("poet")[0].id
    found = await app.predictions.named("mine", deployment="poet", token_id=token_id)
    assert found is not None
    assert found.id == first.id
    assert await app.predictions.named("mine", deployment="poet", token_id=None) is None
    with pytest.raises(GessoError):
        await ask(app, secret, name="mine", prompt="something else")


async def test_it_goes_on_when_gesso_is_there_again(app: App, warm_home: Path) -> None:
    secret = await token(app)
    with target() as kept:
        made = await ask(app, secret, prompt="hi", wait_s=3.0, hook=Webhook(url=kept.url, occasions=("completed",)))
        waiting = await ask(app, secret, prompt="second")
        while (await app.predictions.get(made.id)).job.status != "processing":
            await asyncio.sleep(0.05)
        await app.predictions.stop()
        await app.jobs.stop(grace_s=0)
        await app.__aexit__()
        async with gesso(warm_home) as again:
            await again.start_jobs()
            again.predictions.speak(FORMS)
            for each in (made, waiting):
                assert (await again.predictions.ended(each.id, within_s=60)).job.status == "succeeded"
            deadline = time.monotonic() + 20
            while not kept.bodies and time.monotonic() < deadline:
                await asyncio.sleep(0.05)
            assert [each["status"] for each in kept.told] == ["succeeded"]
            assert await outcomes(again) == ["succeeded", "succeeded"]  # each is counted once
            assert again.hosting.door.purses("poet")[0].requests == 2


async def test_one_whose_token_is_gone_meanwhile_is_ended(app: App, warm_home: Path) -> None:
    secret = await token(app, days=0.00003)  # three seconds
    made = await ask(app, secret, prompt="hi", wait_s=60)
    await app.predictions.stop()
    await app.jobs.stop(grace_s=0)
    await app.__aexit__()
    await asyncio.sleep(3)
    async with gesso(warm_home) as again:
        await again.start_jobs()
        over = await again.predictions.ended(made.id, within_s=30)
        assert over.job.status == "canceled"
        assert "no longer good" in over.record.error


async def test_a_webhook_is_told_of_all_that_happens(app: App) -> None:
    secret = await token(app)
    with target() as kept:
        made = await ask(app, secret, prompt="hi", wait_s=1.2, hook=Webhook(url=kept.url))
        await app.predictions.ended(made.id, within_s=60)
        deadline = time.monotonic() + 20
        last = f"msg_{made.id}_completed"
        while not (kept.heads and kept.heads[-1]["webhook-id"] == last) and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
    assert kept.heads[-1]["webhook-id"] == last
    assert kept.told[-1] == {"id": made.id, "status": "succeeded"}
    between = [later - earlier for earlier, later in zip(kept.times[:-1], kept.times[1:-1], strict=False)]
    assert all(gap > 0.4 for gap in between)
    assert app.predictions.running("poet", protocol="replicate") == 0


async def test_what_is_old_goes(app: App) -> None:
    secret = await token(app)
    made = await ask(app, secret, prompt="hi")
    await app.predictions.ended(made.id, within_s=60)
    await app.predictions.sweep()
    assert (await app.predictions.get(made.id)).has_ended
    await app.predictions.sweep(kept_s=-1)
    with pytest.raises(NotFoundError):
        await app.predictions.get(made.id)
    assert await app.jobs.list(kind="hosted") == ()


async def test_a_deployment_that_is_removed_takes_its_predictions_along(app: App) -> None:
    secret = await token(app)
    made = await ask(app, secret, prompt="hi", wait_s=60)
    await app.hosting.delete("poet")
    deadline = time.monotonic() + 30
    while not (await app.jobs.get(made.id)).has_ended and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
    assert (await app.jobs.get(made.id)).status == "canceled"


async def test_a_token_that_is_gone_opens_nothing_by_a_seal(app: App) -> None:
    await token(app)
    deployment, held = app.hosting.get("poet"), app.hosting.door.of("poet")[0]
    assert app.hosting.door.holder(deployment, held.id, origin=None) == held
    await app.hosting.revoke("poet", held.id)
    for token_id in (held.id, None, "nonsense"):
        with pytest.raises(AccessError):
            app.hosting.door.holder(deployment, token_id, origin=None)


@pytest.mark.parametrize(
    "text", ["poet", "deployment:", "deployment:poet", "deployment:poet@", "deployment:poet@x", "@1"]
)
def test_what_is_no_reference_names_a_model(text: str) -> None:
    assert read_reference(text) is None
    assert read_reference(reference("poet", 3)) == ("poet", 3)


def test_ids_sort_by_time() -> None:
    assert id_at(1) < id_at(2) < id_at(time.time())
    assert len(id_at(1)) == 26


async def test_the_same_name_again_uses_up_no_cap(app: App) -> None:
    secret = await token(app, max_requests=2)
    first = await ask(app, secret, name="mine", prompt="hi")
    for _ in range(5):
        assert (await ask(app, secret, name="mine", prompt="hi")).id == first.id
    assert app.hosting.door.purses("poet")[0].requests == 1
    await ask(app, secret, name="yours", prompt="hi")
    with pytest.raises(LimitError):
        await ask(app, secret, name="mine", prompt="hi")


@pytest.mark.parametrize("how", ["pause", "remove"])
async def test_what_waits_and_what_runs_ends_with_its_deployment(app: App, how: str) -> None:
    await app.hosting.change("poet", Changes(is_public=True))
    made = [await ask(app, None, prompt=str(number), wait_s=60) for number in range(3)]
    if how == "pause":
        await app.hosting.change("poet", Changes(is_active=False))
    else:
        await app.hosting.delete("poet")
    async with asyncio.timeout(30):
        for each in made:
            while not (await app.jobs.get(each.id)).has_ended:
                await asyncio.sleep(0.02)
    assert {(await app.jobs.get(each.id)).status for each in made} == {"canceled"}


async def test_a_token_that_is_taken_back_while_inputs_are_fetched_has_nothing_made(app: App) -> None:
    secret = await token(app)
    admission = app.hosting.admit("poet", secret=secret, origin=None, client="", protocol="replicate")

    async def order(_: Command) -> PredictionOrder:
        await app.hosting.revoke("poet", app.hosting.door.of("poet")[0].id)
        return PredictionOrder(inputs={"prompt": "hi", "wait_s": 60})

    made = await app.predictions.create(admission, order)
    over = await app.predictions.ended(made.id, within_s=30)
    assert over.job.status == "canceled"
    assert "taken back" in over.record.error


async def test_one_that_is_broken_keeps_gesso_from_nothing(app: App, warm_home: Path) -> None:
    secret = await token(app)
    broken = await ask(app, secret, prompt="hi", wait_s=60)
    whole = await ask(app, secret, prompt="second")
    token_id = app.hosting.door.of("poet")[0].id
    await app.predictions.stop()
    await app.jobs.stop(grace_s=0)
    spoil = sa.update(PREDICTIONS).where(PREDICTIONS.c.id == broken.id).values(document="{")
    await app.home.database.run(lambda connection: connection.execute(spoil))
    await app.__aexit__()
    async with gesso(warm_home) as again:
        await again.start_jobs()
        assert (await again.predictions.ended(whole.id, within_s=60)).job.status == "succeeded"
        assert (await again.jobs.get(broken.id)).status == "canceled"
        assert [each.id for each in await again.predictions.of_token(token_id, before=None, limit=9)] == [whole.id]
        with pytest.raises(DamagedError):
            await again.predictions.get(broken.id)


async def test_one_guest_has_so_many_under_way_and_no_more(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predictions, "MOST_UNDER_WAY", 2)
    secret, other = await token(app), await token(app)
    made = [await ask(app, secret, prompt="hi", wait_s=60) for _ in range(2)]
    with pytest.raises(QueueFullError, match="2 predictions of yours"):
        await ask(app, secret, prompt="hi")
    await ask(app, other, prompt="hi")
    await app.predictions.cancel(made[0])
    await ask(app, secret, prompt="hi")
