"""Datasets as rows: every statement that has to do with them. What stands in a document, only `training/` knows."""

from __future__ import annotations

import sqlalchemy as sa

from gesso.storage.job_rows import digests_in_use
from gesso.storage.tables import DATASETS


def insert_dataset(connection: sa.Connection, digest: str, *, name: str, document: str) -> None:
    """Add a dataset."""
    connection.execute(sa.insert(DATASETS).values(digest=digest, name=name, document=document))


def datasets(connection: sa.Connection) -> list[str]:
    """Return the documents of all datasets."""
    return list(connection.execute(sa.select(DATASETS.c.document).order_by(DATASETS.c.name)).scalars())


def delete_dataset(connection: sa.Connection, digest: str) -> bool:
    """Remove a dataset, and say whether nothing refers to its file any more."""
    connection.execute(sa.delete(DATASETS).where(DATASETS.c.digest == digest))
    return not digests_in_use(connection, [digest])
