"""Predictions of guests and the files that they send, as rows. What stands in a document, only `hosting/` knows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from gesso.storage.tables import GUEST_FILES, PREDICTIONS


@dataclass(frozen=True, kw_only=True)
class PredictionRow:
    """A prediction as the table has it; see `tables.PREDICTIONS`."""

    id: str
    deployment: str
    token_id: str | None
    name: str | None
    is_open: bool
    document: str


@dataclass(frozen=True, kw_only=True)
class GuestFileRow:
    """A file that a guest has sent; see `tables.GUEST_FILES`."""

    id: str
    deployment: str
    token_id: str | None
    digest: str
    document: str


# -- predictions ------------------------------------------------------------------------------------------------------


def insert(connection: sa.Connection, row: PredictionRow) -> None:
    """Add a prediction; its job must be there."""
    connection.execute(sa.insert(PREDICTIONS).values(asdict(row)))


def update(connection: sa.Connection, row: PredictionRow) -> None:
    """Replace a prediction; nothing happens if it is gone."""
    connection.execute(sa.update(PREDICTIONS).where(PREDICTIONS.c.id == row.id).values(asdict(row)))


def find(connection: sa.Connection, prediction_id: str) -> PredictionRow | None:
    """Return a prediction."""
    return _first(connection.execute(sa.select(PREDICTIONS).where(PREDICTIONS.c.id == prediction_id)))


def find_named(connection: sa.Connection, name: str, *, deployment: str, token_id: str | None) -> PredictionRow | None:
    """Return the newest prediction that somebody calls so."""
    table = PREDICTIONS.c
    found = sa.select(PREDICTIONS).where(table.deployment == deployment, table.name == name, _of(token_id))
    return _first(connection.execute(found.order_by(table.id.desc()).limit(1)))


def of_token(connection: sa.Connection, token_id: str, *, before: str | None, limit: int) -> list[PredictionRow]:
    """Return the predictions of a token, the newest first, from `before` one of them backwards."""
    found = sa.select(PREDICTIONS).where(PREDICTIONS.c.token_id == token_id).order_by(PREDICTIONS.c.id.desc())
    if before is not None:
        found = found.where(PREDICTIONS.c.id < before)
    return _rows(connection.execute(found.limit(limit)))


def open_ones(connection: sa.Connection) -> list[PredictionRow]:
    """Return the predictions that are not settled, the oldest first."""
    return _rows(connection.execute(sa.select(PREDICTIONS).where(PREDICTIONS.c.is_open).order_by(PREDICTIONS.c.id)))


def settled_before(connection: sa.Connection, prediction_id: str, *, limit: int = 100) -> list[str]:
    """Return ids of predictions that are settled and older than one with this id would be."""
    table = PREDICTIONS.c
    found = sa.select(table.id).where(table.id < prediction_id, ~table.is_open).order_by(table.id).limit(limit)
    return list(connection.execute(found).scalars())


# -- files ------------------------------------------------------------------------------------------------------------


def insert_file(connection: sa.Connection, row: GuestFileRow) -> None:
    """Add a file."""
    connection.execute(sa.insert(GUEST_FILES).values(asdict(row)))


def find_file(connection: sa.Connection, file_id: str) -> GuestFileRow | None:
    """Return a file."""
    for row in connection.execute(sa.select(GUEST_FILES).where(GUEST_FILES.c.id == file_id)):
        return GuestFileRow(**row._mapping)
    return None


def files_of_token(connection: sa.Connection, token_id: str, *, limit: int) -> list[GuestFileRow]:
    """Return the files of a token, the newest first."""
    found = sa.select(GUEST_FILES).where(GUEST_FILES.c.token_id == token_id).order_by(GUEST_FILES.c.id.desc())
    return [GuestFileRow(**row._mapping) for row in connection.execute(found.limit(limit))]


def delete_file(connection: sa.Connection, file_id: str) -> None:
    """Forget a file."""
    connection.execute(sa.delete(GUEST_FILES).where(GUEST_FILES.c.id == file_id))


def drop_files(connection: sa.Connection, *, before: str) -> None:
    """Forget the files that are older than one with this id would be."""
    connection.execute(sa.delete(GUEST_FILES).where(GUEST_FILES.c.id < before))


def _of(token_id: str | None) -> sa.ColumnElement[bool]:
    return PREDICTIONS.c.token_id.is_(None) if token_id is None else PREDICTIONS.c.token_id == token_id


def _first(found: Iterable[sa.Row[tuple[object, ...]]]) -> PredictionRow | None:
    return next(iter(_rows(found)), None)


def _rows(found: Iterable[sa.Row[tuple[object, ...]]]) -> list[PredictionRow]:
    return [PredictionRow(**row._mapping) for row in found]
