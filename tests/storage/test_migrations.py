"""Every version of a database that was ever written can be opened. A file in `versions/` has each as SQL."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from gesso.storage.database import Connection, Database, read_version
from gesso.storage.job_rows import Filter, digests_in_use, find_logs, search
from gesso.storage.migrations import MIGRATIONS, migrate
from gesso.storage.tables import METADATA

VERSIONS = Path(__file__).parent / "versions"


def shape(connection: Connection) -> dict[str, object]:
    """Return what a database looks like: tables, columns, indexes, keys."""
    inspector = sa.inspect(connection)
    return {
        name: (
            [(column["name"], str(column["type"]), column["nullable"]) for column in inspector.get_columns(name)],
            inspector.get_pk_constraint(name)["constrained_columns"],
            sorted((str(index["name"]), tuple(index["column_names"])) for index in inspector.get_indexes(name)),
            sorted(str(key["referred_table"]) for key in inspector.get_foreign_keys(name)),
            sorted(tuple(unique["column_names"]) for unique in inspector.get_unique_constraints(name)),
        )
        for name in inspector.get_table_names()
    }


def test_every_version_has_its_file() -> None:
    assert sorted(path.stem for path in VERSIONS.glob("*.sql")) == [f"v{n}" for n in range(1, len(MIGRATIONS) + 1)]


@pytest.mark.parametrize("version", range(len(MIGRATIONS) + 1))
def test_a_database_comes_up_from_every_version_with_what_is_in_it(version: int, tmp_path: Path) -> None:
    path = tmp_path / "gesso.db"
    if version:
        with closing(sqlite3.connect(path)) as old:
            old.executescript((VERSIONS / f"v{version}.sql").read_text(encoding="utf-8"))
        assert read_version(path) == version
    database = Database(path)
    assert read_version(path) == len(MIGRATIONS)
    fresh = sa.create_engine("sqlite://")
    METADATA.create_all(fresh)
    with fresh.connect() as connection:
        assert database.call(shape) == shape(connection)
    if version:
        documents = database.call(lambda connection: search(connection, Filter()), is_reading=True)
        assert ['"a fox"' in document for document in documents] == [False, True]
        assert "hello" in (database.call(lambda c: find_logs(c, "01m81sdzeqdas2y39yhq1776xg")) or "")
        assert database.call(lambda connection: digests_in_use(connection, ["a" * 64, "b" * 64])) == {"a" * 64}
    database.close()
    fresh.dispose()


def test_a_step_that_fails_leaves_the_version_before(tmp_path: Path) -> None:
    Database(tmp_path / "gesso.db").close()

    def breaks(connection: Connection) -> None:
        connection.execute(sa.text("CREATE TABLE half (x INTEGER)"))
        raise KeyError("oh")

    with pytest.raises(KeyError):
        Database(tmp_path / "gesso.db", migrations=(*MIGRATIONS, breaks))
    assert read_version(tmp_path / "gesso.db") == len(MIGRATIONS)
    database = Database(tmp_path / "gesso.db")
    assert "half" not in database.call(shape)
    database.call(migrate)
    database.close()
