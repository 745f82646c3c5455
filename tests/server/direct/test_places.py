from __future__ import annotations

import asyncio
from contextlib import ExitStack

import pytest

from gesso.errors import QueueFullError
from gesso.server.direct.places import Places
from gesso.server.errors import Refusal


async def test_each_model_has_its_own_places() -> None:
    places = Places(most_runs=1)
    with places.take("pose"), places.take("cutout"):
        with pytest.raises(QueueFullError, match="pose"):
            places.take("pose")
    with places.take("pose"):
        pass


async def test_bytes_are_held_together_and_given_back() -> None:
    places = Places(most_bytes=10)
    with places.receive() as one, places.receive("somebody") as two:
        one.hold(6)
        two.hold(4)
        with pytest.raises(QueueFullError, match="10 bytes"):
            two.hold(1)
        assert places.held_bytes == 10
    assert places.held_bytes == 0


async def test_a_server_that_stops_lets_runs_finish_and_ends_streams() -> None:
    places, told = Places(), []

    async def work(name: str, *, seconds: float, is_endless: bool = False) -> None:
        with places.take("pose", is_endless=is_endless):
            try:
                await asyncio.sleep(seconds)
                told.append(f"{name} finished")
            except asyncio.CancelledError:
                told.append(f"{name} ended")
                raise

    tasks = [
        asyncio.create_task(work("short", seconds=0.05)),
        asyncio.create_task(work("long", seconds=600)),
        asyncio.create_task(work("stream", seconds=600, is_endless=True)),
    ]
    await asyncio.sleep(0)
    await places.stop(1.0)
    await asyncio.gather(*tasks, return_exceptions=True)
    assert told == ["stream ended", "short finished", "long ended"]
    with pytest.raises(Refusal) as refused:
        places.take("pose")
    assert refused.value.status_code == 503


async def test_a_guest_has_its_share_and_the_owner_has_all() -> None:
    places = Places(most_runs=4, most_bytes=100, most_coming=2)
    with ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(places.take("pose", guest="anna"))
        with pytest.raises(QueueFullError, match="3 runs of yours"):
            places.take("pose", guest="anna")
        stack.enter_context(places.take("pose", guest="ben"))
        with pytest.raises(QueueFullError, match="4 runs of pose"):
            places.take("pose")
    with ExitStack() as stack:
        for _ in range(4):
            stack.enter_context(places.take("pose"))
    with places.receive("anna") as body, places.receive() as own:
        body.hold(75)
        with pytest.raises(QueueFullError):
            body.hold(1)
        own.hold(25)


async def test_bodies_on_their_way_take_no_places_but_each_guest_sends_few_at_once() -> None:
    places = Places(most_runs=1, most_coming=2)
    with places.receive("anna") as first, places.receive("anna"):
        with pytest.raises(QueueFullError, match="2 requests of yours"):
            places.receive("anna")
        with places.receive("ben"), places.receive(), places.take("pose"):
            pass
        first.arrive()
        first.arrive()
        with places.receive("anna"):
            pass
    with places.receive("anna"), places.receive("anna"):
        pass
