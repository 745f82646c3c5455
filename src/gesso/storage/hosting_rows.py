"""Deployments as rows: every statement that has to do with them. What stands in a document, only `hosting/` knows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from gesso.errors import NotFoundError
from gesso.storage.tables import DEPLOYMENT_BLOBS, DEPLOYMENT_LOG, DEPLOYMENT_MINUTES, DEPLOYMENT_TOKENS, DEPLOYMENTS


@dataclass(frozen=True, kw_only=True)
class TokenRow:
    """A token as the table has it; see `tables.DEPLOYMENT_TOKENS`."""

    id: str
    deployment: str
    sha256: str
    document: str
    requests: int = 0
    compute_ms: int = 0
    used_ms: int | None = None


@dataclass(frozen=True, kw_only=True)
class MinuteRow:
    """What was asked of a deployment in one minute; see `tables.DEPLOYMENT_MINUTES`."""

    deployment: str
    minute: int
    requests: int
    errors: int
    refused: int
    compute_ms: int
    latencies: str


# -- deployments ------------------------------------------------------------------------------------------------------


def insert(connection: sa.Connection, name: str, *, document: str) -> None:
    """Add a deployment."""
    connection.execute(sa.insert(DEPLOYMENTS).values(name=name, document=document))


def update(connection: sa.Connection, name: str, *, document: str, digests: Collection[str]) -> None:
    """Replace a deployment and the files that it refers to; `NotFoundError` if there is none any more."""
    changed = connection.execute(sa.update(DEPLOYMENTS).where(DEPLOYMENTS.c.name == name).values(document=document))
    if not changed.rowcount:
        raise NotFoundError(f"There is no deployment {name!r} any more.")
    connection.execute(sa.delete(DEPLOYMENT_BLOBS).where(DEPLOYMENT_BLOBS.c.deployment == name))
    if digests:
        rows = [{"deployment": name, "digest": digest} for digest in sorted(set(digests))]
        connection.execute(sa.insert(DEPLOYMENT_BLOBS), rows)


def delete(connection: sa.Connection, name: str) -> None:
    """Remove a deployment with its tokens, figures and log."""
    connection.execute(sa.delete(DEPLOYMENTS).where(DEPLOYMENTS.c.name == name))


def documents(connection: sa.Connection) -> list[str]:
    """Return all deployments by name."""
    return list(connection.execute(sa.select(DEPLOYMENTS.c.document).order_by(DEPLOYMENTS.c.name)).scalars())


# -- tokens -----------------------------------------------------------------------------------------------------------


def insert_token(connection: sa.Connection, row: TokenRow) -> None:
    """Add a token."""
    connection.execute(sa.insert(DEPLOYMENT_TOKENS).values(asdict(row)))


def delete_token(connection: sa.Connection, token_id: str) -> None:
    """Remove a token."""
    connection.execute(sa.delete(DEPLOYMENT_TOKENS).where(DEPLOYMENT_TOKENS.c.id == token_id))


def spend(connection: sa.Connection, token_id: str, *, requests: int, compute_ms: int, used_ms: int) -> None:
    """Add to what a token has been used for."""
    table = DEPLOYMENT_TOKENS.c
    connection.execute(
        sa.update(DEPLOYMENT_TOKENS)
        .where(table.id == token_id)
        .values(requests=table.requests + requests, compute_ms=table.compute_ms + compute_ms, used_ms=used_ms)
    )


def tokens(connection: sa.Connection) -> list[TokenRow]:
    """Return all tokens, the oldest first."""
    rows = connection.execute(sa.select(DEPLOYMENT_TOKENS).order_by(DEPLOYMENT_TOKENS.c.id))
    return [TokenRow(**row._mapping) for row in rows]


# -- figures and log --------------------------------------------------------------------------------------------------


def save_minutes(connection: sa.Connection, rows: Iterable[MinuteRow]) -> None:
    """Write what is known of some minutes now, in place of what was; a deployment that is gone is left out."""
    table = DEPLOYMENT_MINUTES.c
    for row in rows:
        key = (table.deployment == row.deployment, table.minute == row.minute)
        changed = connection.execute(sa.update(DEPLOYMENT_MINUTES).where(*key).values(asdict(row)))
        if not changed.rowcount and _is_there(connection, row.deployment):
            connection.execute(sa.insert(DEPLOYMENT_MINUTES).values(asdict(row)))


def minutes(connection: sa.Connection, name: str | None, *, since: int) -> list[MinuteRow]:
    """Return the minutes of a deployment (None: of all) from one on, the oldest first; empty ones are left out."""
    table = DEPLOYMENT_MINUTES.c
    found = sa.select(DEPLOYMENT_MINUTES).where(table.minute >= since).order_by(table.minute)
    if name is not None:
        found = found.where(table.deployment == name)
    return [MinuteRow(**row._mapping) for row in connection.execute(found)]


def drop_minutes(connection: sa.Connection, *, before: int) -> None:
    """Let go of the figures from before a minute."""
    connection.execute(sa.delete(DEPLOYMENT_MINUTES).where(DEPLOYMENT_MINUTES.c.minute < before))


def add_log(
    connection: sa.Connection, name: str, *, lines: Iterable[str], most: int, most_marked: tuple[str, int]
) -> None:
    """Add to the log of a deployment, and let go of what is older than the newest `most`.

    Of lines with a mark in them fewer are kept: `most_marked` is the mark, and how many.
    """
    if not _is_there(connection, name):
        return
    table = DEPLOYMENT_LOG.c
    connection.execute(sa.insert(DEPLOYMENT_LOG), [{"deployment": name, "document": line} for line in lines])
    mark, most_with_it = most_marked
    own = table.deployment == name
    for these, kept in ((own & table.document.contains(mark, autoescape=True), most_with_it), (own, most)):
        oldest = sa.select(table.id).where(these).order_by(table.id.desc()).offset(kept).limit(1)
        if (last := connection.execute(oldest).scalar()) is not None:
            connection.execute(sa.delete(DEPLOYMENT_LOG).where(these, table.id <= last))


def log(connection: sa.Connection, name: str, *, before: int | None, limit: int) -> list[tuple[int, str]]:
    """Return lines of a deployment's log with their numbers, the newest first, from `before` one of them backwards."""
    table = DEPLOYMENT_LOG.c
    found = sa.select(table.id, table.document).where(table.deployment == name).order_by(table.id.desc()).limit(limit)
    if before is not None:
        found = found.where(table.id < before)
    return [(number, document) for number, document in connection.execute(found)]


def _is_there(connection: sa.Connection, name: str) -> bool:
    return connection.execute(sa.select(DEPLOYMENTS.c.name).where(DEPLOYMENTS.c.name == name)).scalar() is not None
