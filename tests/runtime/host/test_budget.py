"""Room for another worker is made by those that rest; those at work are waited for."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from gesso.runtime.host import budget as budget_module
from gesso.runtime.host import memory_use
from gesso.runtime.host.attempt import Report
from gesso.runtime.host.budget import Budget
from gesso.runtime.host.seat import Seat
from gesso.spec.runnable import Event, Progress


class Rested(Seat):
    """A seat as the budget sees it: the process of its worker, and since when it rests."""

    def __init__(self, process_id: int, *, free_since: float) -> None:
        self.worker: Any = SimpleNamespace(process_id=process_id)
        self.free_since = free_since


class House:
    """A tenant whose workers take what the test says, in bytes, by process id."""

    def __init__(self) -> None:
        self.sizes: dict[int, int] = {}
        self.seats: list[Seat] = []
        self.busy: set[int] = set()
        self.kept = 0
        self.looks = 0

    def add(self, process_id: int, size: int, *, free_since: float = 0.0) -> Seat:
        made = Rested(process_id, free_since=free_since)
        self.sizes[process_id] = size
        self.seats.append(made)
        return made

    @property
    def spare(self) -> list[Seat]:
        return [seat for seat in self.seats if seat.worker.process_id not in self.busy] if self.can_shrink else []

    @property
    def can_shrink(self) -> bool:
        return len(self.seats) > self.kept

    async def let_go(self, seat: Seat) -> None:
        self.seats.remove(seat)

    def look_again(self) -> None:
        self.looks += 1

    @property
    def left(self) -> list[int]:
        return [seat.worker.process_id for seat in self.seats]


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    made = House()
    monkeypatch.setattr(memory_use, "of_process", made.sizes.__getitem__)
    monkeypatch.setattr(memory_use, "available", lambda: 10**12)
    return made


def _ignore(_: Event) -> None:
    pass


async def _enter(budget: Budget, needed: int, *, report: Report = _ignore, is_urgent: bool = True) -> None:
    async with budget.room(needed, report, is_urgent=lambda: is_urgent):
        pass


async def test_where_there_is_room_nobody_goes(house: House) -> None:
    budget = Budget(100)
    budget.join(house)
    house.add(1, 40)
    await _enter(budget, 60)
    assert house.left == [1]
    await budget.close()


async def test_who_has_rested_longest_goes_first_and_no_more_than_must(house: House) -> None:
    budget = Budget(100)
    budget.join(house)
    house.add(1, 40, free_since=7.0)
    house.add(2, 40, free_since=3.0)
    house.add(3, 10, free_since=5.0)
    await _enter(budget, 40)
    assert house.left == [1, 3]
    await budget.close()


async def test_one_that_is_too_large_may_run_alone(house: House) -> None:
    budget = Budget(100)
    budget.join(house)
    house.add(1, 40)
    await _enter(budget, 5000)
    assert house.left == []
    await budget.close()


async def _waiting(house: House) -> tuple[Budget, asyncio.Task[None], list[Any]]:
    """Ask for room that only a worker which is at work could make. Returns the budget, the wait, and what was told."""
    budget = Budget(100)
    budget.join(house)
    house.add(1, 80)
    house.busy = {1}
    news: list[Any] = []
    asked = asyncio.create_task(_enter(budget, 50, report=news.append))
    while not news:
        await asyncio.sleep(0.001)
    return budget, asked, news


async def test_those_at_work_are_waited_for_and_that_is_said(house: House) -> None:
    budget, asked, news = await _waiting(house)
    assert not asked.done()
    house.busy = set()
    budget.changed()
    await asked
    assert house.left == []
    assert isinstance(news[0], Progress)
    assert "memory" in news[0].text
    await budget.close()


async def test_who_waits_long_presses(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget_module, "_PATIENCE_S", 0.0)
    budget, asked, _ = await _waiting(house)
    pressing = [budget.is_pressing]
    asked.cancel()
    await asyncio.wait([asked])
    pressing.append(budget.is_pressing)
    assert pressing == [True, False]
    await budget.close()


async def test_workers_that_grow_are_seen(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget_module, "_LOOK_S", 0.01)
    budget = Budget(100)
    budget.join(house)
    await _enter(budget, 10)
    house.add(1, 40, free_since=2.0)
    grown = house.add(2, 40, free_since=1.0)
    house.sizes[2] = 90
    while grown in house.seats:
        await asyncio.sleep(0.01)
    assert house.left == [1]
    await budget.close()


async def test_only_workers_that_are_always_kept_are_not_waited_for(house: House) -> None:
    budget = Budget(100)
    budget.join(house)
    house.add(1, 80)
    house.kept = 1
    await _enter(budget, 50)
    assert house.left == [1]
    await budget.close()


async def test_a_worker_that_is_being_started_counts(house: House) -> None:
    budget = Budget(100)
    budget.join(house)
    news: list[Any] = []
    async with budget.room(80, _ignore):
        asked = asyncio.create_task(_enter(budget, 50, report=news.append))
        while not news:
            await asyncio.sleep(0.001)
        assert not asked.done()
    await asked
    await budget.close()


async def test_one_more_helper_presses_nobody_and_lets_others_pass(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget_module, "_PATIENCE_S", 0.0)
    budget = Budget(100)
    budget.join(house)
    house.add(1, 80)
    house.busy = {1}
    patient, urgent = list[Any](), list[Any]()
    helper = asyncio.create_task(_enter(budget, 50, report=patient.append, is_urgent=False))
    while not patient:
        await asyncio.sleep(0.001)
    pressing = [budget.is_pressing]
    first = asyncio.create_task(_enter(budget, 30, report=urgent.append))
    while not urgent:
        await asyncio.sleep(0.001)
    pressing.append(budget.is_pressing)
    house.busy = set()
    budget.changed()
    await first
    await helper
    assert pressing == [False, True]
    await budget.close()


async def test_when_nobody_presses_any_more_everybody_hears_it(house: House) -> None:
    budget, asked, _ = await _waiting(house)
    looks = house.looks
    asked.cancel()
    await asyncio.wait([asked])
    assert house.looks == looks + 1
    await budget.close()
