"""A home and who owns it: one Gesso at a time works in it, and others find that one by `server.json`."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import psutil
from filelock import FileLock, Timeout

from gesso.errors import HomeInUseError
from gesso.storage import record
from gesso.storage.blobs import Blobs
from gesso.storage.durable import explained

if TYPE_CHECKING:
    from gesso.storage.database import Database

DATABASE: Final = "gesso.db"
"""The name of the database in a home."""
BLOBS: Final = "blobs"
"""The name of the folder with the files of jobs in a home."""
LOCK: Final = "gesso.lock"
"""The name of the file that whoever owns a home holds."""
SERVER: Final = "server.json"
"""The name of the file that says where the owner listens."""

_CLOCK_S: Final = 2.0  # clocks of processes are this exact; a process number comes again much later


@dataclass(frozen=True, kw_only=True)
class ServerRecord:
    """A Gesso that listens: its address ("http://127.0.0.1:5142"), its process, and since when (UTC, ISO 8601).

    `process_started_at` (seconds since 1970) tells it from a later process with the same number.
    """

    address: str
    pid: int
    started_at: str
    process_started_at: float = 0.0

    @property
    def is_alive(self) -> bool:
        """Whether that process still runs."""
        try:
            return abs(psutil.Process(self.pid).create_time() - self.process_started_at) < _CLOCK_S
        except (psutil.Error, ValueError, OverflowError):  # the latter two: a number that no process has
            return False


def find_server(home: Path) -> ServerRecord | None:
    """Return the Gesso that listens for a home, or None; what a dead one has left, or nonsense, counts as none."""
    try:
        data = record.read(home / SERVER)
        found = ServerRecord(
            address=str(data["address"]),
            pid=int(data["pid"]),
            started_at=str(data["started_at"]),
            process_started_at=float(data["process_started_at"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if found.is_alive else None


class Home:
    """A home that this process owns while the `with` lasts. Raises `HomeInUseError` if another does already.

    The database is opened when it is first asked for; see `Database` for what it raises.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = FileLock(path / LOCK, timeout=0, thread_local=False)  # it may be given up in another thread

    @cached_property
    def database(self) -> Database:
        """The database of the home."""
        from gesso.storage.database import Database  # its library takes a while, and who looks for a server needs none

        return Database(self.path / DATABASE)

    @cached_property
    def blobs(self) -> Blobs:
        """The files of the home."""
        return Blobs(self.path / BLOBS)

    def announce(self, address: str) -> ServerRecord:
        """Tell others where this process listens, until the home is given up."""
        server = ServerRecord(
            address=address,
            pid=os.getpid(),
            started_at=datetime.now(UTC).isoformat(timespec="seconds"),
            process_started_at=psutil.Process().create_time(),
        )
        record.write(self.path / SERVER, asdict(server))
        return server

    def own(self) -> Self:
        """Take the home."""
        with explained(self.path):
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                self._lock.acquire()
            except Timeout as error:
                raise _in_use(self.path) from error
        return self

    def close(self) -> None:
        """Give the home up."""
        if "database" in self.__dict__:
            self.database.close()
            del self.__dict__["database"]
        server = find_server(self.path)
        if server is not None and server.pid == os.getpid():
            with suppress(OSError):
                (self.path / SERVER).unlink()
        self._lock.release()

    def __enter__(self) -> Self:
        return self.own()

    def __exit__(self, *_: object) -> None:
        self.close()


def _in_use(home: Path) -> HomeInUseError:
    server = find_server(home)
    where = f" It listens at {server.address}." if server is not None else ""
    if server is not None:
        hint = "Use that one, end it, or give this one another home with GESSO_HOME."
    else:
        hint = (
            "Does something train or run in another terminal? Ctrl-C there ends it: a training keeps what it has "
            "learnt, and goes on with `gesso train resume NAME`. Or give this one another home with GESSO_HOME."
        )
    return HomeInUseError(f"Another Gesso works in {home} already.{where}", hint=hint)
