"""How much may be under way at once: whoever comes when all is taken is told to come again."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any, Final, Self, TypeVar

from gesso.errors import QueueFullError
from gesso.server.errors import Refusal
from gesso.server.json_parts import MOST_PARTS_OF_GUESTS
from gesso.server.plain_json import MOST_PARTS
from gesso.server.schemas.problem import Problem
from gesso.types.given import size

_K = TypeVar("_K")

MOST_RUNS: Final = 100
"""Direct runs of one model, running and waiting, and live streams."""
MOST_BYTES: Final = 1_000_000_000
"""What the bodies of all direct runs may hold together."""
MOST_COMING: Final = 50
"""Bodies of one guest that may be on their way at once. They take no place until they are there."""
_SHARE: Final = 0.75
"""How much of all this one guest may have: the rest is for the others."""
STOPPING: Final = Problem(code="stopping", message="Gesso stops.", hint="Try again when it runs again.")
"""What is said to whoever still waits when the server stops."""
_HINT: Final = "Try again in a moment."


class Places:
    """The direct runs and live streams that are under way, by model, and how many bytes they hold.

    Whoever is a guest has a `guest`, by which they are told from each other; the owner has none.
    """

    def __init__(
        self, *, most_runs: int = MOST_RUNS, most_bytes: int = MOST_BYTES, most_coming: int = MOST_COMING
    ) -> None:
        self._most_runs = most_runs
        self._most_bytes = most_bytes
        self._most_coming = most_coming
        self._taken: Counter[tuple[str, str | None]] = Counter()
        self._coming: Counter[str] = Counter()
        self._held: Counter[str] = Counter()
        self._places: set[Place] = set()
        self.is_stopping = False
        """Whether nothing new is taken any more."""
        self.held_bytes = 0

    def receive(self, guest: str | None = None) -> Delivery:
        """Begin to hold a body, until the context ends. Raises `QueueFullError` if a guest sends too many at once."""
        if self.is_stopping:
            raise _stopping()
        if guest is not None and self._coming[guest] >= self._most_coming:
            raise QueueFullError(f"{self._most_coming} requests of yours are on their way already.", hint=_HINT)
        return Delivery(self, guest)

    def take(self, model: str, *, guest: str | None = None, is_endless: bool = False) -> Place:
        """Take a place for what the current task does, until the context ends.

        `is_endless`: when the server stops, nobody waits for it. Raises `QueueFullError` if there is no place, and
        `Refusal` if the server stops.
        """
        if self.is_stopping:
            raise _stopping()
        if self._taken[model, None] >= self._most_runs:
            raise QueueFullError(f"{self._most_runs} runs of {model} are under way already.", hint=_HINT)
        if guest is not None and self._taken[model, guest] >= self._most_runs * _SHARE:
            raise QueueFullError(f"{self._taken[model, guest]} runs of yours are under way already.", hint=_HINT)
        place = Place(self, model, guest=guest, is_endless=is_endless)
        self._places.add(place)
        for key in place.keys:
            self._taken[key] += 1
        return place

    def hold(self, count: int, *, guest: str | None = None) -> None:
        """Hold so many bytes more; raises `QueueFullError` if that is too much."""
        is_too_much = guest is not None and self._held[guest] + count > self._most_bytes * _SHARE
        if is_too_much or self.held_bytes + count > self._most_bytes:
            raise QueueFullError(f"Direct runs hold {size(self._most_bytes)} already.", hint=_HINT)
        self.held_bytes += count
        if guest is not None:
            self._held[guest] += count

    def let_go(self, count: int, *, guest: str | None = None) -> None:
        """Hold so many bytes fewer."""
        self.held_bytes -= count
        if guest is not None:
            _less(self._held, guest, count=count)

    def come(self, guest: str | None, *, is_there: bool) -> None:
        """Hear that a body of a guest is on its way, or that it is no longer."""
        if guest is not None and is_there:
            _less(self._coming, guest)
        elif guest is not None:
            self._coming[guest] += 1

    def leave(self, place: Place) -> None:
        """Give a place back."""
        self._places.discard(place)
        for key in place.keys:
            _less(self._taken, key)

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


def _less(counter: Counter[_K], key: _K, *, count: int = 1) -> None:
    counter[key] -= count
    if not counter[key]:
        del counter[key]  # whoever comes only once is not remembered


def _stopping() -> Refusal:
    return Refusal(503, STOPPING, headers={"Connection": "close", "Retry-After": "5"})


class Delivery:
    """A body on its way, and what it holds of memory until the run with it is over. A context manager."""

    def __init__(self, places: Places, guest: str | None) -> None:
        self._places = places
        self.most_parts = MOST_PARTS if guest is None else MOST_PARTS_OF_GUESTS
        """How many parts it may have, if it is JSON."""
        self._guest = guest
        self._bytes = 0
        self._is_there = False
        places.come(guest, is_there=False)

    def hold(self, count: int) -> None:
        """Hold so many bytes more; raises `QueueFullError` if that is too much."""
        self._places.hold(count, guest=self._guest)
        self._bytes += count

    def arrive(self) -> None:
        """Hear that all of it is there."""
        if not self._is_there:
            self._is_there = True
            self._places.come(self._guest, is_there=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.arrive()
        self._places.let_go(self._bytes, guest=self._guest)


class Place:
    """One place. A context manager, which gives it back."""

    def __init__(self, places: Places, model: str, *, guest: str | None, is_endless: bool) -> None:
        task: asyncio.Task[Any] | None = asyncio.current_task()
        assert task is not None
        self.task = task
        self.is_endless = is_endless
        self.keys = {(model, None), (model, guest)}
        """What it counts under: the model, and the guest there."""
        self._places = places

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._places.leave(self)
