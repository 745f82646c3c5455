"""How a database comes from one version to the next: small functions in a list, of which none ever changes.

The version of a database is the number of them that it has behind it. A new step is added at the end, `tables.py` is
brought up with it, and a database of the version before is added to `tests/storage/versions`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import sqlalchemy as sa

from gesso.errors import NewerHomeError
from gesso.storage.tables import VERSIONS

Migration: TypeAlias = Callable[[sa.Connection], None]
"""One step, from the version before to its own."""


def _jobs(connection: sa.Connection) -> None:
    """Jobs, their logs, and the files that they refer to."""
    tables = sa.MetaData()
    sa.Table(
        "jobs",
        tables,
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("lane", sa.String(64), nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("parent_id", sa.String(26)),
        sa.Column("idempotency_key", sa.String(255), unique=True),
        sa.Column("deadline_ms", sa.BigInteger),
        sa.Column("search_text", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Index("jobs_by_status", "status", "rank", "id"),
        sa.Index("jobs_by_model", "model", "id"),
        sa.Index("jobs_by_parent", "parent_id", "id"),
    )
    sa.Table(
        "job_logs",
        tables,
        sa.Column("job_id", sa.String(26), sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("document", sa.Text, nullable=False),
    )
    sa.Table(
        "job_blobs",
        tables,
        sa.Column("job_id", sa.String(26), sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Index("job_blobs_by_digest", "digest"),
    )
    tables.create_all(connection)


def _hosting(connection: sa.Connection) -> None:
    """Deployments, their files, tokens, figures and logs."""
    tables = sa.MetaData()
    name = sa.String(63)
    sa.Table(
        "deployments",
        tables,
        sa.Column("name", name, primary_key=True),
        sa.Column("document", sa.Text, nullable=False),
    )
    sa.Table(
        "deployment_blobs",
        tables,
        sa.Column("deployment", name, sa.ForeignKey("deployments.name", ondelete="CASCADE"), primary_key=True),
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Index("deployment_blobs_by_digest", "digest"),
    )
    sa.Table(
        "deployment_tokens",
        tables,
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("deployment", name, sa.ForeignKey("deployments.name", ondelete="CASCADE"), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False, unique=True),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("requests", sa.BigInteger, nullable=False),
        sa.Column("compute_ms", sa.BigInteger, nullable=False),
        sa.Column("used_ms", sa.BigInteger),
        sa.Index("deployment_tokens_by_deployment", "deployment", "id"),
    )
    sa.Table(
        "deployment_minutes",
        tables,
        sa.Column("deployment", name, sa.ForeignKey("deployments.name", ondelete="CASCADE"), primary_key=True),
        sa.Column("minute", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("requests", sa.BigInteger, nullable=False),
        sa.Column("errors", sa.BigInteger, nullable=False),
        sa.Column("refused", sa.BigInteger, nullable=False),
        sa.Column("compute_ms", sa.BigInteger, nullable=False),
        sa.Column("latencies", sa.Text, nullable=False),
    )
    sa.Table(
        "deployment_log",
        tables,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("deployment", name, sa.ForeignKey("deployments.name", ondelete="CASCADE"), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Index("deployment_log_by_deployment", "deployment", "id"),
    )
    tables.create_all(connection)


def _predictions(connection: sa.Connection) -> None:
    """Predictions that guests of deployments wait for elsewhere, and the files that they have sent before."""
    tables = sa.MetaData()
    name, identity = sa.String(63), sa.String(26)
    sa.Table("jobs", tables, sa.Column("id", identity, primary_key=True))  # as far as others refer to it
    sa.Table("deployments", tables, sa.Column("name", name, primary_key=True))
    predictions = sa.Table(
        "predictions",
        tables,
        sa.Column("id", identity, sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("deployment", name, sa.ForeignKey("deployments.name", ondelete="CASCADE"), nullable=False),
        sa.Column("token_id", identity),
        sa.Column("name", sa.String(255)),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Index("predictions_by_token", "token_id", "id"),
        sa.Index("predictions_by_name", "deployment", "name"),
        sa.Index("predictions_open", "is_open", "id"),
    )
    files = sa.Table(
        "guest_files",
        tables,
        sa.Column("id", identity, primary_key=True),
        sa.Column("deployment", name, sa.ForeignKey("deployments.name", ondelete="CASCADE"), nullable=False),
        sa.Column("token_id", identity),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Index("guest_files_by_token", "token_id", "id"),
        sa.Index("guest_files_by_digest", "digest"),
    )
    tables.create_all(connection, tables=[predictions, files])


def _datasets(connection: sa.Connection) -> None:
    """Datasets, each with its file."""
    tables = sa.MetaData()
    sa.Table(
        "datasets",
        tables,
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(255), nullable=False, unique=True),
        sa.Column("document", sa.Text, nullable=False),
    )
    tables.create_all(connection)


MIGRATIONS: Final[tuple[Migration, ...]] = (_jobs, _hosting, _predictions, _datasets)
"""Every step, the oldest first."""


def migrate(connection: sa.Connection, steps: tuple[Migration, ...] = MIGRATIONS) -> None:
    """Bring a database up, within the transaction of the connection: all of it or nothing."""
    VERSIONS.create(connection, checkfirst=True)
    version = version_of(connection)
    refuse_newer(version, known=len(steps))
    if version == len(steps):
        return
    for step in steps[version:]:
        step(connection)
    connection.execute(sa.delete(VERSIONS))
    connection.execute(sa.insert(VERSIONS).values(version=len(steps)))


def version_of(connection: sa.Connection) -> int:
    """Return the version of a database whose table of versions is there; 0 for an empty one."""
    return connection.execute(sa.select(sa.func.max(VERSIONS.c.version))).scalar() or 0


def refuse_newer(version: int, *, known: int = len(MIGRATIONS)) -> None:
    """Raise `NewerHomeError` if a database is newer than what this Gesso knows."""
    if version > known:
        raise NewerHomeError(
            f"A newer Gesso has written this home: its database has version {version}, and this one knows {known}.",
            hint="Update Gesso. Nothing was changed.",
        )
