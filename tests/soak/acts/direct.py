"""Direct runs: a model runs while its client waits on the connection, and stops when the client leaves."""

from __future__ import annotations

import asyncio
import base64
from contextlib import suppress
from typing import Any, Final

from tests.soak.orders import Order, draw_order
from tests.soak.pictures import pixels_of
from tests.soak.stage import API, Stage
from tests.soak.visitor import Away

ROUTE: Final = f"{API}/models/{{name}}/run"
"""The route as the server's description names it."""


async def run_one(stage: Stage) -> None:
    """Run a model once and look at what comes out."""
    with suppress(TimeoutError):
        await _run(stage, draw_order(stage.chance, stage.note()))


async def run_together(stage: Stage) -> None:
    """Run a model many times at once: those that can go in batches, those that are asynchronous side by side."""
    model = stage.chance.choice(("squares", "echo", "mirror"))
    orders: list[Order] = []
    while len(orders) < 12:
        order = draw_order(stage.chance, stage.note(), is_quick=True)
        orders += [order] if order.model == model else []
    ends = await asyncio.gather(*(_run(stage, order) for order in orders), return_exceptions=True)
    for error in filter(None, ends):
        raise error


async def run_and_leave(stage: Stage) -> None:
    """Close the connection in the middle of a run."""
    running = asyncio.create_task(_run(stage, draw_order(stage.chance, stage.note())))
    await asyncio.wait([running], timeout=stage.chance.choice((0.02, 0.2, 1)))
    running.cancel()
    with suppress(asyncio.CancelledError, TimeoutError, Away):
        await running


async def _run(stage: Stage, order: Order) -> None:
    path = ROUTE.format(name=order.model)
    sending = stage.visitor.ask("POST /models/{name}/run", path, json={"inputs": order.body["inputs"]})
    answer = await asyncio.wait_for(sending, 2) if order.is_endless else await sending
    if answer.status_code == 200:
        stage.expect(is_right(order, answer.json()["outputs"]), f"{order}: {answer.text[:300]}")
    elif answer.status_code != 503:
        code = answer.json()["code"]
        is_fate = code == order.error or (code == "worker_died" and stage.server.has_killed(order.model))
        stage.expect(is_fate, f"{order}: {answer.status_code} {answer.text[:300]}")


def is_right(order: Order, outputs: dict[str, Any]) -> bool:
    """Say whether a run's outputs are those that the order must have."""
    (output,) = outputs.values()
    if order.model in {"mirror", "scribe"}:
        data = base64.b64decode(output.partition(",")[2])
        return len(data) == order.value if order.model == "scribe" else pixels_of(data) == order.pixels
    return bool(output == order.value)
