"""The clients: each does one act after the other, and one more does something to the workers now and then."""

from __future__ import annotations

import asyncio
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from tests.soak.acts import ACTS, NUISANCES, Act, live
from tests.soak.server import Server
from tests.soak.stage import API, Stage
from tests.soak.visitor import Away, Visitor

_REST_S: Final = 0.1


async def acts_of(server: Server, visitor: Visitor) -> list[Act]:
    """Return the acts for which the server has the routes."""
    described: dict[str, Any] = (await visitor.ask("GET /openapi.json", f"{API}/openapi.json")).json()
    routes = set(described["paths"]) | ({live.ROUTE} if await _is_live(server) else set())
    return [act for act in ACTS if not act.needs or act.needs in routes]


async def _is_live(server: Server) -> bool:
    """Say whether there are live frames. A description of HTTP has no place for WebSockets, so that one is tried."""
    address = server.address.replace("http", "ws", 1) + live.ROUTE.format(name="mirror")
    try:
        async with connect(address):
            return True
    except WebSocketException:
        return False


async def perform(stage: Stage, acts: Sequence[Act], *, until_s: float, counts: Counter[str]) -> None:
    """Do one act after the other until the time is over."""
    while time.monotonic() < until_s:
        await _do(stage, stage.chance.choices(acts, [act.weight for act in acts])[0], counts)
        await asyncio.sleep(stage.chance.random() * _REST_S)


async def disturb(stage: Stage, *, every_s: float, until_s: float, counts: Counter[str]) -> None:
    """Do something to a worker now and then, until the time is over."""
    while time.monotonic() + every_s < until_s:
        await asyncio.sleep(every_s * stage.chance.uniform(0.5, 1.5))
        await _do(stage, stage.chance.choices(NUISANCES, [act.weight for act in NUISANCES])[0], counts)


async def _do(stage: Stage, act: Act, counts: Counter[str]) -> None:
    stage.doing = act.name
    try:
        await act.do(stage)
        counts[act.name] += 1
    except Away:
        counts[f"{act.name}, and the server went"] += 1
    except Exception:  # noqa: BLE001 - an answer that nobody had foreseen is what a soak is to find
        stage.faults.append(f"{act.name} came to grief:\n{traceback.format_exc(limit=-4)}")
    stage.doing = ""
