from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa

from gesso.errors import DamagedError, DiskFullError, NewerHomeError, StorageError
from gesso.storage.database import Connection, Database, read_version
from gesso.storage.job_rows import Filter, JobRow, find, insert, search
from gesso.storage.migrations import MIGRATIONS
from gesso.storage.tables import JOBS, VERSIONS


def row(number: int, text: str = "fox") -> JobRow:
    return JobRow(
        id=f"{number:026}",
        status="queued",
        kind="prediction",
        rank=0,
        lane="x",
        model="dream",
        parent_id=None,
        idempotency_key=None,
        deadline_ms=None,
        search_text=text,
        document=f'{{"number": {number}}}',
    )


async def test_work_is_done_whole_or_not_at_all(tmp_path: Path) -> None:
    database = Database(tmp_path / "gesso.db")

    def breaks(connection: Connection) -> None:
        insert(connection, row(1), digests=())
        raise KeyError("oh")

    with pytest.raises(KeyError):
        await database.run(breaks)
    assert await database.run(lambda connection: find(connection, row(1).id), is_reading=True) is None
    await database.run(lambda connection: insert(connection, row(1), digests=("a" * 64,)))
    database.close()
    again = Database(tmp_path / "gesso.db")
    assert again.call(lambda connection: find(connection, row(1).id)) == '{"number": 1}'
    again.close()


async def test_many_writers_and_readers_never_meet_a_lock(tmp_path: Path) -> None:
    database = Database(tmp_path / "gesso.db")
    writes = [database.run(lambda c, n=number: insert(c, row(n), digests=())) for number in range(30)]  # type: ignore[misc]  # mypy infers no type for a default
    reads = [database.run(lambda c: search(c, Filter()), is_reading=True) for _ in range(30)]
    await asyncio.gather(*writes, *reads)
    assert len(await database.run(lambda c: search(c, Filter(limit=100)), is_reading=True)) == 30
    database.close()


def test_a_commit_waits_for_the_disk(tmp_path: Path) -> None:
    database = Database(tmp_path / "gesso.db")
    said = database.call(
        lambda c: [
            c.execute(sa.text(f"PRAGMA {name}")).scalar() for name in ("synchronous", "journal_mode", "foreign_keys")
        ]
    )
    assert said == [2, "wal", 1]
    database.close()


def test_a_newer_database_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "gesso.db"
    database = Database(path)
    database.call(lambda connection: connection.execute(sa.update(VERSIONS).values(version=len(MIGRATIONS) + 1)))
    database.close()
    before = path.read_bytes()
    with pytest.raises(NewerHomeError, match="newer Gesso"):
        Database(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("size", [100, 5000])
def test_a_file_that_is_no_database_is_said_in_words_and_not_touched(size: int, tmp_path: Path) -> None:
    path = tmp_path / "gesso.db"
    path.write_bytes(b"not a database" * size)
    with pytest.raises(DamagedError, match="is damaged"):
        Database(path)
    assert path.read_bytes() == b"not a database" * size


def test_pages_that_were_overwritten_are_said_in_words(tmp_path: Path) -> None:
    path = tmp_path / "gesso.db"
    database = Database(path)
    for number in range(200):
        database.call(lambda c, n=number: insert(c, row(n, "fox" * 200), digests=()))  # type: ignore[misc]  # as above
    database.close()
    whole = bytearray(path.read_bytes())
    whole[4096 * 4 : -4096] = b"\xff" * (len(whole) - 4096 * 5)
    path.write_bytes(whole)
    with pytest.raises(DamagedError):
        database = Database(path)
        try:
            database.call(lambda connection: connection.execute(sa.select(JOBS)).all())
        finally:
            database.close()


def test_a_full_disk_is_said_in_words_and_what_was_there_stays(small_disk: Path) -> None:
    database = Database(small_disk / "gesso.db")
    database.call(lambda connection: insert(connection, row(0), digests=()))
    with pytest.raises(DiskFullError):
        for number in range(1, 100):
            database.call(lambda c, n=number: insert(c, row(n, "x" * 100_000), digests=()))  # type: ignore[misc]  # as above
    assert database.call(lambda connection: find(connection, row(0).id), is_reading=True) is not None
    database.close()


def test_a_place_where_nothing_can_be_written_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError):
        Database(tmp_path / "file" / "gesso.db")


def test_an_empty_file_has_version_0(tmp_path: Path) -> None:
    (tmp_path / "gesso.db").touch()
    assert read_version(tmp_path / "gesso.db") == 0
