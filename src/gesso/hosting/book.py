"""The book: what was asked of deployments and what it has cost, written together every second."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from typing import Final

from gesso.errors import StorageError
from gesso.hosting.admission import Admission
from gesso.hosting.doorkeeper import Doorkeeper
from gesso.hosting.entries import MOST, MOST_REFUSED, REFUSED, Entries, Entry
from gesso.hosting.figures import KEPT_MINUTES, Figures, Minute, read_minute, this_minute
from gesso.storage import hosting_rows as rows
from gesso.storage.database import Connection, Database

_logger: Final = logging.getLogger(__name__)
_EVERY_S: Final = 1.0
"""How often what was counted is written; a crash loses that much of the figures at most."""
_USUAL_MS: Final = 1000.0
"""What a run is expected to take of a model of which nothing is known."""


class Book:
    """Counts requests, and keeps lines of the log. `start` and `stop` it."""

    def __init__(self, database: Database, door: Doorkeeper) -> None:
        self._database = database
        self._door = door
        self._figures = Figures()
        self._entries = Entries()
        self._typical_ms: defaultdict[str, float] = defaultdict(lambda: _USUAL_MS)
        self._saving: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()

    async def start(self) -> None:
        """Go on with the minute that another process has begun, and begin to write."""
        minute = this_minute()
        await self._database.run(lambda connection: rows.drop_minutes(connection, before=minute - KEPT_MINUTES))
        self._figures.load(
            await self._database.run(lambda connection: rows.minutes(connection, None, since=minute), is_reading=True)
        )
        self._saving = asyncio.create_task(self._save_now_and_then(), name="save what deployments were asked")

    async def stop(self) -> None:
        """Write what was counted."""
        if self._saving is not None:
            self._saving.cancel()
            await asyncio.wait([self._saving])
        await self.save()

    # -- counting -----------------------------------------------------------------------------------------------------

    def expected_ms(self, name: str) -> int:
        """Return what a run of a deployment is expected to take of the model's time."""
        return round(self._typical_ms[name])

    def count(self, admission: Admission) -> None:
        """Count a request that is over."""
        name, compute_s = admission.deployment.name, admission.compute_s
        minute, is_error = self._figures.now(name), admission.outcome == "failed"
        if admission.outcome == "refused":
            minute.refuse(compute_s=compute_s)
        else:
            minute.count(is_error=is_error, took_s=admission.took_s, compute_s=compute_s)
        if admission.outcome == "succeeded":
            # what a long one has taken is remembered for long: many short ones must not hide it
            self._typical_ms[name] = max(0.99 * self._typical_ms[name], compute_s * 1000)
        self.note(name, admission.entry())

    def refuse(self, name: str, entry: Entry) -> None:
        """Count a request that was not let in."""
        self._figures.now(name).refuse()
        self.note(name, entry)

    def note(self, name: str, entry: Entry) -> None:
        """Add a line to a deployment's log."""
        self._entries.add(name, entry)

    def forget(self, name: str) -> None:
        """Forget a deployment."""
        self._figures.forget(name)
        self._entries.forget(name)
        self._typical_ms.pop(name, None)

    # -- reading ------------------------------------------------------------------------------------------------------

    async def minutes(self, name: str, *, since: int) -> dict[int, Minute]:
        """Return what was asked of a deployment, by the minute since 1970; those with nothing are left out."""
        await self.save()
        found = await self._database.run(lambda c: rows.minutes(c, name, since=since), is_reading=True)
        return {row.minute: read_minute(row) for row in found}

    async def log(self, name: str, *, before: int | None, limit: int) -> list[tuple[int, Entry]]:
        """Return lines of the log with their numbers, the newest first, from `before` one of them backwards."""
        await self.save()
        found = await self._database.run(lambda c: rows.log(c, name, before=before, limit=limit), is_reading=True)
        return [(number, entry) for number, document in found if (entry := Entry.from_json(document)) is not None]

    # -- writing ------------------------------------------------------------------------------------------------------

    async def save(self) -> None:
        """Write what is not written yet. If that fails, figures are written with the next; the log's lines are lost."""
        async with self._writing:  # whoever reads next sees also what another task is writing
            await self._write()

    async def _write(self) -> None:
        minutes, spent, lines = self._figures.take_changed(), self._door.take_spent(), self._entries.take()
        if not (minutes or spent or lines):
            return

        def save(connection: Connection) -> None:
            rows.save_minutes(connection, minutes)
            for each in spent:
                rows.spend(
                    connection, each.id, requests=each.requests, compute_ms=each.compute_ms, used_ms=each.used_ms
                )
            for name, said in lines.items():
                rows.add_log(connection, name, lines=said, most=MOST, most_marked=(REFUSED, MOST_REFUSED))

        try:
            await self._database.run(save)
        except StorageError:
            self._figures.load(minutes)
            self._door.put_back(spent)
            raise

    async def _save_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(_EVERY_S)
            try:
                await self.save()
            except StorageError as error:
                _logger.warning("what deployments were asked is not written yet: %s", error)
