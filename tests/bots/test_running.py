from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gesso.bots.bot import Bot
from gesso.bots.keys import Keys
from gesso.bots.networks.network import Line, Network
from gesso.bots.notes import Notes
from gesso.bots.running import House, Running
from gesso.bots.talk import Talk
from gesso.errors import AccessError, FetchError
from gesso.net.door import Door
from gesso.net.ledger import Ledger
from gesso.spec.runnable import Runnable
from tests.bots.poet import Poet
from tests.bots.stage import PERSONA


@dataclass
class Plan:
    """What a network does, one connection after the other; the last goes on for ever."""

    ends: list[Exception]
    connections: int = 0
    is_offline: bool = False
    running: list[Running] = field(default_factory=list)

    def open(self, line: Line) -> Network:
        return Planned(self, line)


class Planned:
    def __init__(self, plan: Plan, line: Line) -> None:
        self.plan = plan
        self.line = line

    async def run(self, talk: Talk) -> None:
        self.plan.connections += 1
        self.line.connected("poet")
        if len(self.plan.ends) >= self.plan.connections:
            raise self.plan.ends[self.plan.connections - 1]
        await asyncio.Event().wait()


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Callable[[Plan], Running]]:
    started: list[Running] = []

    async def open_model(reference: str, token: str) -> Runnable:
        return Poet()

    def begin(plan: Plan) -> Running:
        door = Door(Ledger(tmp_path), is_offline=lambda: plan.is_offline)
        house = House(Keys(lambda _: "key"), door, open_model, lambda _: None, plan.open, first_pause_s=0.001)
        running = Running(Bot(name="poet", network="discord", persona=PERSONA), house, Notes())
        running.start()
        started.append(running)
        return running

    yield begin
    for running in started:
        await running.stop()


async def until(running: Running, is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not is_so():
            await asyncio.sleep(0.005)


async def test_a_network_that_is_away_is_tried_again_and_so_is_a_fault(
    start: Callable[[Plan], Running],
) -> None:
    plan = Plan([FetchError("away", is_passing=True), ZeroDivisionError("a fault of a library"), FetchError("away")])
    running = start(plan)
    await until(running, lambda: plan.connections == 4)
    assert running.state == "on"
    reasons = [note.reason for note in running.notes.after(0)]
    assert reasons == ["starting", *["on", "waiting"] * 3, "on"]


async def test_what_a_person_has_to_do_is_not_tried_again(start: Callable[[Plan], Running]) -> None:
    running = start(Plan([AccessError("a wrong token")]))
    await running.ended()
    assert (running.state, str(running.error)) == ("failed", "a wrong token")


async def test_pauses_grow_while_it_does_not_go_well(start: Callable[[Plan], Running]) -> None:
    running = start(Plan([]))
    pauses = running._pauses()
    found = [next(pauses) for _ in range(30)]
    assert found[4] > found[0]
    assert max(found) <= 300 * 1.25


async def test_a_connection_ends_when_gesso_is_set_to_work_offline(start: Callable[[Plan], Running]) -> None:
    plan = Plan([])
    running = start(plan)
    await until(running, lambda: running.state == "on")
    plan.is_offline = True
    await until(running, lambda: running.state == "waiting")
    assert "offline" in str(running.error)
    plan.is_offline = False
    await until(running, lambda: running.state == "on")
