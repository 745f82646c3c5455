"""How much may be under way at once: whoever comes when all is taken is told to come again."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any, Final, Self

from gesso.errors import QueueFullError
from gesso.server.errors import Refusal
from gesso.server.schemas.problem import Problem
from gesso.types.given import size

MOST_RUNS: Final = 100
"""Direct runs of one model, running and waiting, and live streams."""
MOST_BYTES: Final = 1_000_000_000
"""What the bodies of all direct runs may hold together."""
STOPPING: Final = Problem(code="stopping", message="Gesso stops.", hint="Try again when it runs again.")
"""What is said to whoever still waits when the server stops."""
_HINT: Final = "Try again in a moment."


class Places:
    """The direct runs and live streams that are under way, by model, and how many bytes they hold."""

    def __init__(self, *, most_runs: int = MOST_RUNS, most_bytes: int = MOST_BYTES) -> None:
        self._most_runs = most_runs
        self._most_bytes = most_bytes
        self._taken: Counter[str] = Counter()
        self._places: set[Place] = set()
        self.is_stopping = False
        """Whether nothing new is taken any more."""
        self.held_bytes = 0

    def take(self, model: str, *, is_endless: bool = False) -> Place:
        """Take a place for what the current task does, until the context ends.

        `is_endless`: when the server stops, nobody waits for it. Raises `QueueFullError` if there is no place, and
        `Refusal` if the server stops.
        """
        if self.is_stopping:
            raise Refusal(503, STOPPING, headers={"Connection": "close", "Retry-After": "5"})
        if self._taken[model] >= self._most_runs:
            raise QueueFullError(f"{self._most_runs} runs of {model} are under way already.", hint=_HINT)
        self._taken[model] += 1
        place = Place(self, model, is_endless=is_endless)
        self._places.add(place)
        return place

    def hold(self, count: int) -> None:
        """Hold so many bytes more (or fewer); raises `QueueFullError` if that is too much."""
        if self.held_bytes + count > self._most_bytes:
            raise QueueFullError(f"Direct runs hold {size(self._most_bytes)} already.", hint=_HINT)
        self.held_bytes += count

    def leave(self, place: Place) -> None:
        """Give a place back."""
        self._places.discard(place)
        self._taken[place.model] -= 1
        if not self._taken[place.model]:
            del self._taken[place.model]

    async def stop(self, grace_s: float) -> None:
        """Take nothing new, end live streams, let runs finish for `grace_s` seconds and end those that have not."""
        self.is_stopping = True
        waiting = {place.task for place in self._places if not place.is_endless}
        endless = {place.task for place in self._places if place.is_endless}
        for task in endless:
            task.cancel()
        if waiting:
            _, late = await asyncio.wait(waiting, timeout=grace_s)
            for task in late:
                task.cancel()
        if waiting | endless:
            await asyncio.wait(waiting | endless)


class Place:
    """One place, and the bytes that are held with it. A context manager, which gives both back."""

    def __init__(self, places: Places, model: str, *, is_endless: bool) -> None:
        task: asyncio.Task[Any] | None = asyncio.current_task()
        assert task is not None
        self.task = task
        self.model = model
        self.is_endless = is_endless
        self._places = places
        self._bytes = 0

    def hold(self, count: int) -> None:
        """Hold so many bytes more; raises `QueueFullError` if that is too much."""
        self._places.hold(count)
        self._bytes += count

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._places.hold(-self._bytes)
        self._places.leave(self)
