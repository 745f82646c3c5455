"""Jobs as rows: every statement that has to do with them. What stands in a document, only `jobs/` knows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from gesso.storage.tables import DATASETS, DEPLOYMENT_BLOBS, GUEST_FILES, JOB_BLOBS, JOB_LOGS, JOBS


@dataclass(frozen=True, kw_only=True)
class JobRow:
    """A job as the table has it; see `tables.JOBS`. `deadline_ms` in milliseconds since 1970."""

    id: str
    status: str
    kind: str
    rank: int
    lane: str
    model: str
    parent_id: str | None
    idempotency_key: str | None
    deadline_ms: int | None
    search_text: str
    document: str


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which jobs to list: those that fit all of it, the newest first. `before` is an id; words must all occur.

    `without_kinds` are left out.
    """

    words: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    model: str | None = None
    kind: str | None = None
    without_kinds: tuple[str, ...] = ()
    parent_id: str | None = None
    before: str | None = None
    limit: int = 50


# -- write ------------------------------------------------------------------------------------------------------------


def insert(connection: sa.Connection, row: JobRow, *, digests: Collection[str]) -> bool:
    """Add a job and the files it refers to; False if its idempotency key is taken."""
    try:
        with connection.begin_nested():
            connection.execute(sa.insert(JOBS).values(asdict(row)))
    except IntegrityError:
        return False
    refer(connection, row.id, digests=digests)
    return True


def update(
    connection: sa.Connection, row: JobRow, *, only_from: Collection[str], digests: Collection[str] = ()
) -> bool:
    """Replace a job if its status is one of `only_from`; say whether. `digests` are further files it refers to."""
    found = connection.execute(
        sa.update(JOBS).where(JOBS.c.id == row.id, JOBS.c.status.in_(only_from)).values(asdict(row))
    )
    if found.rowcount:
        refer(connection, row.id, digests=digests)
    return bool(found.rowcount)


def refer(connection: sa.Connection, job_id: str, *, digests: Collection[str]) -> None:
    """Add files that a job refers to."""
    known = set(connection.execute(sa.select(JOB_BLOBS.c.digest).where(JOB_BLOBS.c.job_id == job_id)).scalars())
    new = [{"job_id": job_id, "digest": digest} for digest in sorted(set(digests) - known)]
    if new:
        connection.execute(sa.insert(JOB_BLOBS), new)


def delete(connection: sa.Connection, job_id: str) -> list[str]:
    """Remove a job. Returns the files that nothing refers to any more."""
    digests = connection.execute(sa.select(JOB_BLOBS.c.digest).where(JOB_BLOBS.c.job_id == job_id)).scalars().all()
    connection.execute(sa.delete(JOBS).where(JOBS.c.id == job_id))
    return sorted(set(digests) - digests_in_use(connection, digests))


def save_logs(connection: sa.Connection, job_id: str, *, document: str) -> None:
    """Keep the log of a job instead of an earlier one."""
    connection.execute(sa.delete(JOB_LOGS).where(JOB_LOGS.c.job_id == job_id))
    connection.execute(sa.insert(JOB_LOGS).values(job_id=job_id, document=document))


# -- read -------------------------------------------------------------------------------------------------------------


def find(connection: sa.Connection, job_id: str) -> str | None:
    """Return a job's document."""
    return connection.execute(sa.select(JOBS.c.document).where(JOBS.c.id == job_id)).scalar()


def known(connection: sa.Connection, job_ids: Collection[str]) -> set[str]:
    """Return those of some ids that a job has."""
    return set(connection.execute(sa.select(JOBS.c.id).where(JOBS.c.id.in_(list(job_ids)))).scalars())


def find_key(connection: sa.Connection, idempotency_key: str) -> str | None:
    """Return the document of the job that an idempotency key has made."""
    return connection.execute(sa.select(JOBS.c.document).where(JOBS.c.idempotency_key == idempotency_key)).scalar()


def find_logs(connection: sa.Connection, job_id: str) -> str | None:
    """Return the log of a job."""
    return connection.execute(sa.select(JOB_LOGS.c.document).where(JOB_LOGS.c.job_id == job_id)).scalar()


def children(connection: sa.Connection, job_id: str) -> list[str]:
    """Return the ids of the jobs that are parts of a job."""
    found = sa.select(JOBS.c.id).where(JOBS.c.parent_id == job_id).order_by(JOBS.c.id)
    return list(connection.execute(found).scalars())


def search(connection: sa.Connection, wanted: Filter) -> list[str]:
    """Return the documents of the jobs that fit, the newest first."""
    equal: Mapping[str, str | None] = {"model": wanted.model, "kind": wanted.kind, "parent_id": wanted.parent_id}
    found = sa.select(JOBS.c.document).order_by(JOBS.c.id.desc()).limit(wanted.limit)
    found = found.where(*(JOBS.c[name] == value for name, value in equal.items() if value is not None))
    found = found.where(*(JOBS.c.search_text.contains(word, autoescape=True) for word in wanted.words))
    if wanted.without_kinds:
        found = found.where(JOBS.c.kind.not_in(wanted.without_kinds))
    if wanted.statuses:
        found = found.where(JOBS.c.status.in_(wanted.statuses))
    if wanted.before is not None:
        found = found.where(JOBS.c.id < wanted.before)
    return list(connection.execute(found).scalars())


def newest(connection: sa.Connection) -> str | None:
    """Return the largest id, None if there are no jobs."""
    return connection.execute(sa.select(sa.func.max(JOBS.c.id))).scalar()


def with_status(connection: sa.Connection, statuses: Collection[str]) -> list[str]:
    """Return the documents of all jobs with one of these statuses, the oldest first."""
    found = sa.select(JOBS.c.document).where(JOBS.c.status.in_(statuses)).order_by(JOBS.c.id)
    return list(connection.execute(found).scalars())


def counts(connection: sa.Connection, statuses: Collection[str]) -> dict[tuple[str, str], int]:
    """Return how many jobs of each model have each of these statuses; where there are none, it is left out."""
    found = sa.select(JOBS.c.status, JOBS.c.model, sa.func.count()).where(JOBS.c.status.in_(statuses))
    rows = connection.execute(found.group_by(JOBS.c.status, JOBS.c.model))
    return {(status, model): count for status, model, count in rows}


def count(connection: sa.Connection, status: str, *, kinds: Collection[str] | None = None) -> int:
    """Return how many jobs have a status, of some kinds or of all."""
    found = sa.select(sa.func.count()).where(JOBS.c.status == status)
    return connection.execute(found if kinds is None else found.where(JOBS.c.kind.in_(kinds))).scalar_one()


def in_line(connection: sa.Connection, status: str) -> list[str]:
    """Return the ids of the jobs with a status, in the order of the queue."""
    found = sa.select(JOBS.c.id).where(JOBS.c.status == status).order_by(JOBS.c.rank, JOBS.c.id)
    return list(connection.execute(found).scalars())


def next_in_line(
    connection: sa.Connection, status: str, *, without_lanes: Collection[str], without_kinds: Collection[str] = ()
) -> str | None:
    """Return the document of the first job in the queue whose lane is free, and of whose kind more may run."""
    found = (
        sa.select(JOBS.c.document)
        .where(JOBS.c.status == status, JOBS.c.lane.not_in(without_lanes), JOBS.c.kind.not_in(without_kinds))
        .order_by(JOBS.c.rank, JOBS.c.id)
        .limit(1)
    )
    return connection.execute(found).scalar()


def overdue(connection: sa.Connection, status: str, *, now_ms: int) -> list[str]:
    """Return the documents of the jobs with a status whose deadline has passed."""
    found = sa.select(JOBS.c.document).where(JOBS.c.status == status, JOBS.c.deadline_ms <= now_ms)
    return list(connection.execute(found).scalars())


def next_deadline_ms(connection: sa.Connection, status: str) -> int | None:
    """Return the earliest deadline of the jobs with a status."""
    return connection.execute(sa.select(sa.func.min(JOBS.c.deadline_ms)).where(JOBS.c.status == status)).scalar()


def digests_in_use(connection: sa.Connection, digests: Iterable[str]) -> set[str]:
    """Return those of some files that a job, a deployment or one of its guests refers to, or are of a dataset."""
    wanted = list(digests)
    found: set[str] = set()
    for table in (JOB_BLOBS, DEPLOYMENT_BLOBS, GUEST_FILES, DATASETS):
        found |= set(connection.execute(sa.select(table.c.digest).where(table.c.digest.in_(wanted))).scalars())
    return found
