"""`History`: every job that was ever accepted, in the database, until somebody deletes it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

import msgspec

from gesso.errors import ConflictError, DamagedError, NotFoundError, QueueFullError
from gesso.jobs.job import ACTIVE, RUNNING, Job, LogLine
from gesso.jobs.kinds import GUESTS, KINDS
from gesso.storage import job_rows
from gesso.storage.blobs import is_reference
from gesso.storage.database import Connection, Database
from gesso.storage.job_rows import Filter, JobRow
from gesso.types.base import Json

Also: TypeAlias = Callable[[Connection, Job], None]
"""What somebody writes down together with a new job: both are kept, or neither."""

_RANKS: Final = {"interactive": 0, "batch": 1}
_SEARCHED_CHARACTERS: Final = 4000


@dataclass(frozen=True)
class Log:
    """The last lines of a job, and how many were before them."""

    lines: tuple[LogLine, ...] = ()
    left_out: int = 0


class History:
    """The jobs of a database. What it keeps is durable when a method returns."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, job: Job, *, max_queued: int, also: Also | None = None) -> Job:
        """Add a job to the queue; the one that its idempotency key has made already is returned instead.

        `also` is done in the same transaction, if it is a new one.

        Raises `ConflictError` if that one is about something else, and `QueueFullError` if `max_queued` wait. Guests
        have half of that.
        """

        def work(connection: Connection) -> str | None:
            key = job.idempotency_key
            earlier = job_rows.find_key(connection, key) if key is not None else None
            if earlier is None:
                is_guest = job.kind in GUESTS
                most = max_queued // 2 if is_guest else max_queued
                if job_rows.count(connection, "queued", kinds=GUESTS if is_guest else None) >= most:
                    raise QueueFullError(
                        f"{most} jobs wait already, and no more are taken.",
                        hint="Wait until some are done, or cancel some.",
                    )
                job_rows.insert(connection, _row(job), digests=_digests(job))
                if also is not None:
                    also(connection, job)
            return earlier

        earlier = await self._database.run(work)
        if earlier is None:
            return job
        found = _read(earlier)
        if _asked(found) != _asked(job):
            raise ConflictError(
                f"The idempotency key {job.idempotency_key!r} already stands for another job ({found.id}).",
                hint="Take a new key for each new job.",
            )
        return found

    async def change(self, job: Job, *, only_from: Collection[str], log: Log | None = None) -> bool:
        """Keep a new state of a job, and its log, if its status was one of `only_from`; say whether it was.

        The end of a job is kept on a full disk too: only a job that has ended can be deleted.
        """

        def work(connection: Connection) -> bool:
            is_changed = job_rows.update(connection, _row(job), only_from=only_from, digests=_digests(job))
            if is_changed and log is not None:
                job_rows.save_logs(connection, job.id, document=_write(log))
            return is_changed

        return await self._database.run(work, is_freeing=job.has_ended)

    async def save_log(self, job_id: str, log: Log) -> None:
        """Keep what a job has logged so far."""
        await self._database.run(lambda connection: job_rows.save_logs(connection, job_id, document=_write(log)))

    async def claim(self, *, busy_lanes: Collection[str], full_kinds: Collection[str] = ()) -> Job | None:
        """Take the next job out of the queue: it is `starting` now. None if nothing can be run."""

        def work(connection: Connection) -> Job | None:
            found = job_rows.next_in_line(connection, "queued", without_lanes=busy_lanes, without_kinds=full_kinds)
            if found is None:
                return None
            job = replace(_read(found), status="starting", started_at=datetime.now(UTC))
            job_rows.update(connection, _row(job), only_from=("queued",))
            return job

        return await self._database.run(work)

    async def get(self, job_id: str) -> tuple[Job, Log]:
        """Return a job with its place in the queue and its parts, and its log; `NotFoundError` if there is none."""

        def work(connection: Connection) -> tuple[Job, Log]:
            found = job_rows.find(connection, job_id)
            if found is None:
                raise NotFoundError(f"There is no job {job_id[:40]!r}.", hint="It may have been deleted.")
            log = job_rows.find_logs(connection, job_id)
            (job,) = _placed([_read(found)], connection)
            job = replace(job, child_ids=tuple(job_rows.children(connection, job_id)))
            return job, msgspec.json.decode(log, type=Log) if log else Log()

        return await self._database.run(work, is_reading=True)

    async def search(self, wanted: Filter) -> tuple[Job, ...]:
        """List the jobs that fit, the newest first, with their places in the queue."""

        def work(connection: Connection) -> list[Job]:
            return _placed([_read(found) for found in job_rows.search(connection, wanted)], connection)

        return tuple(await self._database.run(work, is_reading=True))

    async def newest(self) -> str | None:
        """Return the id of the newest job, None if there are none."""
        return await self._database.run(job_rows.newest, is_reading=True)

    async def running(self) -> list[Job]:
        """Return the jobs that are under way, as far as the database knows: those that pause are not."""
        return await self._read_all(lambda connection: job_rows.with_status(connection, RUNNING))

    async def log(self, job_id: str) -> Log:
        """Return what a job has logged so far."""
        found = await self._database.run(lambda connection: job_rows.find_logs(connection, job_id), is_reading=True)
        return msgspec.json.decode(found, type=Log) if found else Log()

    async def known(self, job_ids: Collection[str]) -> set[str]:
        """Return those of some ids that a job has."""
        return await self._database.run(lambda connection: job_rows.known(connection, job_ids), is_reading=True)

    async def overdue(self) -> list[Job]:
        """Return the jobs that wait although their deadline has passed."""
        now_ms = _milliseconds(datetime.now(UTC))
        return await self._read_all(lambda connection: job_rows.overdue(connection, "queued", now_ms=now_ms))

    async def next_deadline(self) -> datetime | None:
        """Return the earliest deadline of the jobs that wait."""
        found = await self._database.run(
            lambda connection: job_rows.next_deadline_ms(connection, "queued"), is_reading=True
        )
        return None if found is None else datetime.fromtimestamp(found / 1000, UTC)

    async def open_counts(self) -> dict[tuple[str, str], int]:
        """Return how many jobs that have not ended have each status, of each model."""
        return await self._database.run(
            lambda connection: job_rows.counts(connection, ("queued", *ACTIVE)), is_reading=True
        )

    async def places(self) -> dict[str, int]:
        """Return the place of every job that waits: 1 for the next."""
        return await self._database.run(_places, is_reading=True)

    async def delete(self, job_id: str) -> list[str]:
        """Forget a job. Returns the files that nothing refers to any more."""
        return await self._database.run(lambda connection: job_rows.delete(connection, job_id), is_freeing=True)

    def files_in_use(self, digests: Collection[str]) -> set[str]:
        """Return those of some files that a job refers to. Synchronous, for the sweep, which has its own thread."""
        return self._database.call(lambda connection: job_rows.digests_in_use(connection, digests), is_reading=True)

    async def _read_all(self, find: Callable[[Connection], list[str]]) -> list[Job]:
        return [_read(found) for found in await self._database.run(find, is_reading=True)]


# -- between a job and its row ----------------------------------------------------------------------------------------


def _row(job: Job) -> JobRow:
    return JobRow(
        id=job.id,
        status=job.status,
        kind=job.kind,
        rank=_RANKS[job.priority],
        lane=lane(job),
        model=job.model,
        parent_id=job.parent_id,
        idempotency_key=job.idempotency_key,
        deadline_ms=None if (deadline := deadline_of(job)) is None else _milliseconds(deadline),
        search_text=_search_text(job),
        document=_write(replace(job, child_ids=(), queue_position=None, previews=(), logs=(), logs_left_out=0)),
    )


def lane(job: Job) -> str:
    """Return what may run only one at a time: a version of a model with its options on one device."""
    if job.kind in KINDS and not KINDS[job.kind].is_one_by_one:
        return job.id
    told = json.dumps([job.model, job.model_digest, job.options, job.device], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def deadline_of(job: Job) -> datetime | None:
    """Return when the job must be done."""
    return None if job.deadline_s is None else job.created_at + timedelta(seconds=job.deadline_s)


def search_words(text: str) -> tuple[str, ...]:
    """Return what somebody searches for, as it is compared."""
    return tuple(text.casefold().split())


def _search_text(job: Job) -> str:
    told = [job.model, job.model_title, job.command, *_texts(job.inputs)]
    return " ".join(told).casefold()[:_SEARCHED_CHARACTERS]


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in [value.get("name")] if is_reference(value) else value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def _digests(job: Job) -> set[str]:
    files = [file.blob for output in job.outputs for file in output.files]
    return {*files, *files_of(job.inputs)}


def files_of(value: Json) -> Iterator[str]:
    """Yield the digest of every file that inputs refer to."""
    if isinstance(value, dict):
        if is_reference(value):
            yield value["blob"]
        else:
            for part in value.values():
                yield from files_of(part)
    elif isinstance(value, list):
        for part in value:
            yield from files_of(part)


def _asked(job: Job) -> tuple[Json, ...]:
    """Return what an order was about, without what was drawn or differs each time."""
    return (job.kind, job.model, job.command, job.inputs, job.options, job.device)


def _placed(jobs: Sequence[Job], connection: Connection) -> list[Job]:
    if not any(job.status == "queued" for job in jobs):
        return list(jobs)
    places = _places(connection)
    return [replace(job, queue_position=places.get(job.id)) for job in jobs]


def _places(connection: Connection) -> dict[str, int]:
    return {job_id: place for place, job_id in enumerate(job_rows.in_line(connection, "queued"), start=1)}


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _read(document: str) -> Job:
    try:
        return msgspec.json.decode(document, type=Job)
    except msgspec.MsgspecError as error:
        raise DamagedError(
            "The database holds a job that cannot be read.", hint="Restore a backup of your own with `gesso restore`."
        ) from error


def _write(value: Job | Log) -> str:
    return msgspec.json.encode(value).decode()
