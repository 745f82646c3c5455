"""`Database`: the one database of a home. Work with it is done in threads, so that the event loop never waits.

    job = await database.run(lambda connection: find(connection, job_id), is_reading=True)

One thread writes and a few read: SQLite has one writer at a time anyway, and waiting in our own line is fair.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias, TypeVar

import sqlalchemy as sa

from gesso.errors import DiskFullError
from gesso.storage import sqlite
from gesso.storage.durable import explained as explained_file
from gesso.storage.migrations import MIGRATIONS, Migration, migrate, refuse_newer
from gesso.storage.reserve import Reserve
from gesso.storage.tables import VERSIONS

T = TypeVar("T")

Connection: TypeAlias = sa.Connection
"""A transaction under way, for rooms that do not know the library."""

_READERS: Final = 4


class Database:
    """A database file, made or brought up to this version when it is opened.

    Raises `NewerHomeError` for one that a newer Gesso has written and `DamagedError` for one that is broken; neither is
    touched. Close it when all is done.
    """

    def __init__(self, path: Path, *, migrations: tuple[Migration, ...] = MIGRATIONS) -> None:
        self.path = path
        with explained_file(path):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._reserve = Reserve(path.with_name("reserve.bin"))
        if path.exists():
            self._with_room(lambda: refuse_newer(read_version(path), known=len(migrations)))
        else:
            with explained_file(path):
                path.touch(0o600)
        self._engine = sqlite.engine_for(path)
        self._reading = self._engine.execution_options(**{sqlite.READING: True})
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="gesso-write")
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="gesso-read")
        self.call(lambda connection: migrate(connection, migrations), is_freeing=True)
        self._reserve.keep()

    def call(self, work: Callable[[sa.Connection], T], *, is_reading: bool = False, is_freeing: bool = False) -> T:
        """Do some work in one transaction, here and now: all of it lasts when this returns, or nothing if it raises.

        Raises `StorageError` where the database cannot be used, `DiskFullError` where the disk is full. What
        `is_freeing` room, or leads to it, is done on a full disk too, in the room that was kept for it.
        """
        engine = self._reading if is_reading else self._engine

        def call() -> T:
            with sqlite.explained(self.path), engine.begin() as connection:
                return work(connection)

        return self._with_room(call) if is_freeing else call()

    def _with_room(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except DiskFullError:
            with self._reserve.lent():
                return work()

    async def run(self, work: Callable[[sa.Connection], T], *, is_reading: bool = False, is_freeing: bool = False) -> T:
        """Do the same in a thread. If the task is canceled, the work is still done to its end."""
        threads = self._readers if is_reading else self._writer
        call = partial(self.call, work, is_reading=is_reading, is_freeing=is_freeing)
        return await asyncio.get_running_loop().run_in_executor(threads, call)

    def close(self) -> None:
        """Wait until all work is done, and close the file."""
        self._writer.shutdown()
        self._readers.shutdown()
        self._engine.dispose()


def read_version(path: Path) -> int:
    """Return the version of a database file without changing it; 0 for an empty one."""
    with sqlite.explained(path), sqlite.read_only(path) as connection:
        try:
            found = connection.execute(f"SELECT max(version) FROM {VERSIONS.name}").fetchone()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return 0
            raise
        return int(found[0] or 0)
