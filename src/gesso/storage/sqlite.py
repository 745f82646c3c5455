"""What only SQLite needs, in one place: another database brings a file like this one.

Write-ahead logging lets others read while somebody writes. `synchronous=FULL` makes a commit wait for the disk: what
was accepted survives a power failure, which NORMAL does not promise (benchmarks/README.md has what it costs).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from gesso.errors import DamagedError, StorageError
from gesso.storage.durable import disk_full

BUSY_TIMEOUT_S: Final = 10.0
"""How long to wait while another process, a backup say, holds the file."""

# How it says that a quota is used up, and that there is no room for what lies beside the file.
_ALSO_FULL: Final = (sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE)

READING: Final = "gesso_is_reading"
"""The execution option of an engine whose transactions only read."""


def engine_for(path: Path) -> sa.Engine:
    """Return an engine for a database file. Nothing is opened yet."""
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False},
    )
    sa.event.listen(engine, "connect", _set_up)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # Python's own idea of transactions leaves out DDL; `_begin` says it instead
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "fullfsync=ON", "trusted_schema=OFF"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    # IMMEDIATE: whoever will write waits here for the one writer that SQLite has, and not in the middle.
    is_reading = connection.get_execution_options().get(READING)
    connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")


def check_file(path: Path) -> None:
    """Raise `DamagedError` if a file is no database or its pages do not fit together. Nothing is changed."""
    with explained(path), read_only(path) as connection:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != ("ok",):
            raise _damaged(path)


@contextmanager
def read_only(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database so that nothing can be written."""
    address = f"{path.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=BUSY_TIMEOUT_S)) as connection:
        yield connection


def copy(source: Path, target: Path) -> None:
    """Copy a database as it is at one moment, also while somebody works with it."""
    with (
        explained(source),
        closing(sqlite3.connect(source, timeout=BUSY_TIMEOUT_S)) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Raise what SQLite says against a file as a `StorageError` in words."""
    try:
        yield
    except (sqlite3.DatabaseError, sa.exc.DBAPIError) as error:
        cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
        code = getattr(cause, "sqlite_errorcode", None)
        kind = code & 0xFF if isinstance(code, int) else None  # the upper bits say more than anybody needs
        if kind == sqlite3.SQLITE_FULL or code in _ALSO_FULL:
            raise disk_full(path) from error
        if kind in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise _damaged(path) from error
        if kind == sqlite3.SQLITE_CONSTRAINT:
            raise
        raise StorageError(
            f"The database {path} cannot be used: {cause}.",
            hint="See that its folder belongs to you and that no other program holds the file.",
        ) from error


def _damaged(path: Path) -> DamagedError:
    return DamagedError(
        f"The database {path} is damaged; nothing was changed in it.",
        hint="Restore a backup with `gesso restore`; or move the file away, and Gesso begins a new one. The files that "
        "jobs have made lie in the folder blobs beside it.",
    )
