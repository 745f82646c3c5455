"""Hosting: a model gets an address and a token, guests use it, and it goes again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from tests.soak.acts.direct import is_right
from tests.soak.orders import Order, draw_order
from tests.soak.stage import API, Stage
from tests.soak.visitor import Away

ROUTE: Final = f"{API}/deployments"
HOSTED: Final = ("echo", "mirror", "squares")
"""The models that are hosted."""

_GUESTS: Final = 4


async def host_and_use(stage: Stage) -> None:
    """Host a model, have guests run it in each way that there is, and remove it; one of them may leave before."""
    model = stage.chance.choice(HOSTED)
    name = f"{model}-{stage.note()}"
    made = await stage.visitor.ask("POST /deployments", ROUTE, json={"model": model, "name": name})
    if made.status_code == 503:
        return
    stage.expect(made.status_code == 201, f"{name} cannot be hosted: {made.status_code} {made.text[:300]}")
    token = await stage.visitor.ask("POST /deployments/{name}/tokens", f"{ROUTE}/{name}/tokens", json={"name": "soak"})
    if token.status_code == 201:
        head = {"Authorization": f"Bearer {token.json()['token']}"}
        guests = [_use(stage, name, order=_draw(stage, model), head=head) for _ in range(_GUESTS)]
        ends = await asyncio.gather(*guests, return_exceptions=True)
        for error in filter(None, ends):
            raise error
    gone = await stage.visitor.ask("DELETE /deployments/{name}", f"{ROUTE}/{name}")
    stage.expect(gone.status_code in {204, 503}, f"{name} cannot be removed: {gone.status_code} {gone.text[:300]}")


async def knock(stage: Stage) -> None:
    """Ask for what is not hosted, or with a token that nobody has made."""
    path = stage.chance.choice(("run", "predictions", "v1/query", "v1/info", "live", "files/" + "0" * 64))
    answer = await stage.visitor.ask(
        "POST (wrong)", f"/m/nobody/{path}", json={}, headers={"Authorization": "Bearer gesso_" + "a" * 43}
    )
    stage.expect(answer.status_code in {401, 403, 404, 405, 503}, f"/m/nobody/{path}: {answer.status_code}")


def _draw(stage: Stage, model: str) -> Order:
    while True:
        order = draw_order(stage.chance, stage.note(), is_quick=True)
        if order.model == model:
            return order


async def _use(stage: Stage, name: str, *, order: Order, head: Mapping[str, str]) -> None:
    way = stage.chance.choice((_run, _predict))
    using = asyncio.create_task(way(stage, name, order=order, head=head))
    if stage.chance.random() < 0.2:
        await asyncio.wait([using], timeout=stage.chance.choice((0.02, 0.2)))
        using.cancel()
    with suppress(asyncio.CancelledError, Away):
        await using


async def _run(stage: Stage, name: str, *, order: Order, head: Mapping[str, str]) -> None:
    said = {"inputs": order.body["inputs"]}
    answer = await stage.visitor.ask("POST /m/{name}/run", f"/m/{name}/run", json=said, headers=head)
    if answer.status_code == 200:
        stage.expect(is_right(order, answer.json()["outputs"]), f"hosted {order}: {answer.text[:300]}")
    elif answer.status_code != 503:
        _expect_fate(stage, order, code=answer.json()["code"], said=answer.text)


async def _predict(stage: Stage, name: str, *, order: Order, head: Mapping[str, str]) -> None:
    """Order a prediction, and ask for it until it has ended."""
    said = {"input": order.body["inputs"]}
    answer = await stage.visitor.ask("POST /m/{name}/predictions", f"/m/{name}/predictions", json=said, headers=head)
    if answer.status_code == 503:
        return
    stage.expect(answer.status_code in {200, 201, 202}, f"hosted {order}: {answer.status_code} {answer.text[:300]}")
    prediction: dict[str, Any] = answer.json()
    while prediction["status"] not in {"succeeded", "failed", "canceled"}:
        await asyncio.sleep(0.1)
        path = f"/m/{name}/predictions/{prediction['id']}"
        answer = await stage.visitor.ask("GET /m/{name}/predictions/{id}", path, headers=head)
        if answer.status_code != 200:
            stage.expect(answer.status_code == 503, f"{path}: {answer.status_code} {answer.text[:300]}")
            return
        prediction = answer.json()
    if prediction["status"] == "succeeded" and order.model != "mirror":  # a picture is an address there
        stage.expect(prediction["output"] == order.value, f"hosted {order}: {str(prediction)[:300]}")


def _expect_fate(stage: Stage, order: Order, *, code: str, said: str) -> None:
    is_fate = code == order.error or (code == "worker_died" and stage.server.has_killed(order.model))
    stage.expect(is_fate, f"hosted {order}: {said[:300]}")
