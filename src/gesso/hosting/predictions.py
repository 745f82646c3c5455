"""`Predictions`: what guests of deployments have asked for and fetch later. Durable, metered, told of by webhooks."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from gesso.errors import DamagedError, GessoError, InputError, NotFoundError, QueueFullError
from gesso.hosting.admission import Admission
from gesso.hosting.entries import Entry
from gesso.hosting.guest_files import GuestFiles
from gesso.hosting.hosting import Hosting
from gesso.hosting.messenger import Form, Messenger
from gesso.hosting.prediction import Prediction, PredictionOrder, Record, forms_of, lengths_of, reference
from gesso.hosting.signing import secret_for
from gesso.hosting.watch import Watch
from gesso.hosting.webhooks import Webhooks
from gesso.jobs.events import JobEvent
from gesso.jobs.identity import id_at, is_id
from gesso.jobs.job import ENDS, Job, JobOrder
from gesso.jobs.jobs import MOST_LISTED, Jobs
from gesso.spec.model import Command
from gesso.storage import prediction_rows as rows
from gesso.storage.blobs import Blobs
from gesso.storage.database import Connection, Database
from gesso.storage.prediction_rows import PredictionRow

KEPT_S: Final = 24 * 3600.0
"""So long a guest's prediction is kept with what was given and made; then it goes."""
MOST_UNDER_WAY: Final = 200
"""Predictions of one token, or of all who need none, that wait or run at once."""
LONGEST_NAME: Final = 128
"""Characters of the name that a guest gives a prediction."""
_SWEEP_EVERY_S: Final = 600.0
_logger: Final = logging.getLogger(__name__)


class Predictions:
    """The predictions of all deployments. `start` it after the queue and the deployments, `stop` it before them."""

    def __init__(self, database: Database, hosting: Hosting, *, jobs: Jobs, blobs: Blobs, webhooks: Webhooks) -> None:
        self._database = database
        self._hosting = hosting
        self._jobs = jobs
        self._webhooks = webhooks
        self.files = GuestFiles(database, blobs)
        self._forms: dict[str, Form] = {}
        self._is_open = asyncio.Event()
        self._watches: dict[str, Watch] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    # -- its own life -------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Go on with what an earlier process has left."""
        for row in await self._database.run(rows.open_ones, is_reading=True):
            try:
                await self._take_up(Record.from_row(row))
            except DamagedError as error:  # one that is broken keeps nobody from the others
                _logger.error("the prediction %s is let go: %s", row.id, error)
                await self._let_go(row)
        self._spawn(self._sweep_now_and_then())

    def speak(self, forms: Mapping[str, Form]) -> None:
        """Learn how protocols show a prediction; until then no webhook is told."""
        self._forms.update(forms)
        self._is_open.set()

    async def stop(self) -> None:
        """Let go of all; what is not over goes on when Gesso is there again."""
        self._webhooks.stop()
        for watch in self._watches.values():
            watch.let_go()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    # -- ask ----------------------------------------------------------------------------------------------------------

    async def create(self, admission: Admission, order: Callable[[Command], Awaitable[PredictionOrder]]) -> Prediction:
        """Accept what somebody wants who was let in. It is durable when this returns. `order` may fetch inputs first.

        Raises what `order` raises and `Jobs.submit`; the admission is over then.
        """
        try:
            self._check_room(admission)
            release = admission.release
            runnable, _ = await self._hosting.runnable(admission.deployment.name, release.number)
            command = runnable.spec.command(release.command)
            record, is_new = await self._submit(admission, await order(command), command=command)
        except BaseException:
            async with admission:  # counted as what it was
                raise
        if is_new:
            self._begin(record, admission)
        else:
            admission.withdraw()
        return await self.get(record.id)

    def _check_room(self, admission: Admission) -> None:
        name, token = admission.deployment.name, admission.token
        records = [watch.record for watch in self._watches.values()]
        own = sum(each.deployment == name and each.token_id == (token and token.id) for each in records)
        if own >= MOST_UNDER_WAY:
            message = f"{own} predictions of yours are under way already."
            raise QueueFullError(message, hint="Ask again when some are over.")

    async def _submit(self, admission: Admission, order: PredictionOrder, *, command: Command) -> tuple[Record, bool]:
        deployment, release = admission.deployment.name, admission.release
        token_id = admission.token.id if admission.token else None
        if order.webhook is not None:
            await self._webhooks.check(order.webhook.url, sender=token_id or deployment)
        draft = Record(
            id="",
            deployment=deployment,
            release=release.number,
            token_id=token_id,
            name=order.name,
            protocol=order.protocol,
            base=order.base,
            outputs=forms_of(command),
            is_streaming=command.is_streaming,
            webhook=order.webhook,
            has_deadline=order.deadline_s is not None,
            is_told=order.webhook is None,
        )
        written: list[Record] = []

        def also(connection: Connection, job: Job) -> None:
            written.append(replace(draft, id=job.id))
            rows.insert(connection, written[0].to_row())

        job = await self._jobs.submit(
            JobOrder(
                model=reference(deployment, release.number),
                command=command.name,
                inputs=order.inputs,
                kind="hosted",
                deadline_s=order.deadline_s,
                idempotency_key=_key(order.name, deployment=deployment, token_id=token_id),
            ),
            also=also,
        )
        return (written[0], True) if written else (await self._record(job.id), False)

    # -- look ---------------------------------------------------------------------------------------------------------

    async def get(self, prediction_id: str) -> Prediction:
        """Return a prediction as it stands, or raise `NotFoundError`. Whether somebody may see it, the caller knows."""
        record = await self._record(prediction_id)
        return self._prediction(record, await self._jobs.get(record.id))

    async def named(self, name: str, *, deployment: str, token_id: str | None) -> Prediction | None:
        """Return the prediction that a guest calls so, None if there is none."""
        check_name(name)
        found = await self._database.run(
            lambda connection: rows.find_named(connection, name, deployment=deployment, token_id=token_id),
            is_reading=True,
        )
        return None if found is None else await self.get(found.id)

    async def of_token(self, token_id: str, *, before: str | None, limit: int) -> list[Prediction]:
        """Return the predictions of a token, the newest first."""
        found = await self._database.run(
            lambda connection: rows.of_token(connection, token_id, before=before, limit=limit), is_reading=True
        )
        return [await self.get(row.id) for row in found if _is_whole(row)]

    async def events(self, prediction_id: str) -> AsyncGenerator[JobEvent, None]:
        """Tell how a prediction stands and what happens, until it has ended or Gesso stops."""
        async with contextlib.aclosing(self._jobs.events(prediction_id)) as events:
            async for event in events:
                yield event

    async def ended(self, prediction_id: str, *, within_s: float | None) -> Prediction:
        """Return a prediction when it has ended, or as it stands when the time is over or Gesso stops."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                async with contextlib.aclosing(self._jobs.events(prediction_id)) as events:
                    async for _ in events:
                        pass
                if (watch := self._watches.get(prediction_id)) is not None:
                    await watch.settled.wait()
        return await self.get(prediction_id)

    async def cancel(self, prediction: Prediction) -> Prediction:
        """Cancel a prediction and return it when it has ended; one that has ended stays as it is."""
        await self._jobs.cancel(prediction.id)
        return await self.ended(prediction.id, within_s=5)

    def running(self, deployment: str, *, protocol: str) -> int:
        """Return how many predictions of a deployment are under way by a protocol."""
        records = [watch.record for watch in self._watches.values()]
        return sum(record.deployment == deployment and record.protocol == protocol for record in records)

    async def _record(self, prediction_id: str) -> Record:
        if prediction_id in self._watches:
            return self._watches[prediction_id].record
        found = None
        if is_id(prediction_id):
            found = await self._database.run(lambda c: rows.find(c, prediction_id), is_reading=True)
        if found is None:
            raise NotFoundError(f"There is no prediction {prediction_id[:40]!r}.", hint="They are kept for a day.")
        return Record.from_row(found)

    def _prediction(self, record: Record, job: Job) -> Prediction:
        watch = self._watches.get(record.id)
        parts = tuple(watch.parts) if watch is not None and record.is_streaming else None
        return Prediction(record=record, job=job, parts=parts)

    # -- until its end ------------------------------------------------------------------------------------------------

    async def _take_up(self, record: Record) -> None:
        """Go on with a prediction of an earlier process. One whose token is gone meanwhile is ended."""
        if record.is_settled:
            self._spawn(self._tell_end(record))
            return
        try:
            admission = self._hosting.readmit(
                record.deployment, release=record.release, token_id=record.token_id, protocol=record.protocol
            )
        except GessoError as error:
            await self._jobs.cancel(record.id)
            await self._keep(replace(record, is_settled=True, error=error.message))
        else:
            self._begin(record, admission, is_resumed=True)

    def _begin(self, record: Record, admission: Admission, *, is_resumed: bool = False) -> None:
        watch = self._watches[record.id] = Watch(record, admission, hear=self._hosting.hear)
        self._spawn(self._follow(watch, is_resumed=is_resumed))

    async def _follow(self, watch: Watch, *, is_resumed: bool) -> None:
        """Follow one prediction to its end: meter it, tell its webhook, keep what came of it."""
        tasks: list[asyncio.Task[None]] = []
        try:
            if watch.record.webhook is not None:
                messenger = await self._messenger(watch.record)
                tasks.append(asyncio.create_task(messenger.work(), name=f"webhook of {watch.record.id}"))
                watch.tell = messenger.hear
                if not is_resumed:
                    messenger.hear("start")
            tasks.append(asyncio.create_task(self._listen(watch), name=f"prediction {watch.record.id}"))
            await asyncio.wait(tasks[-1:])  # a task of its own: whoever takes the token back, cancels it
        finally:
            for task in tasks:
                task.cancel()
            if tasks:
                await asyncio.wait(tasks)
            del self._watches[watch.record.id]
            watch.settled.set()
        if watch.record.is_settled:
            self._spawn(self._tell_end(watch.record))

    async def _listen(self, watch: Watch) -> None:
        """Listen until it is over, or Gesso stops."""
        try:
            async with watch.admission:
                job = await watch.listen(self._jobs.events(watch.record.id))
                if job is None:
                    watch.let_go()
                    return
                await self._settle(watch)
                watch.account(job)
        except GessoError as error:  # its token was taken back, or has nothing left
            if not watch.record.is_settled:
                await self._jobs.cancel(watch.record.id)
                watch.record = replace(watch.record, error=error.message)
                await self._settle(watch)

    async def _settle(self, watch: Watch) -> None:
        watch.record = replace(watch.record, is_settled=True, pieces=lengths_of(watch.parts))
        await self._keep(watch.record)

    async def _tell_end(self, record: Record) -> None:
        """Tell a webhook of the end, however long that takes."""
        if record.webhook is None or record.is_told or not self._hosting.has(record.deployment):
            return
        messenger = await self._messenger(record)
        if (error := await messenger.tell_end()) is not None:
            text = f"A webhook was not told of the end: {error.message}"
            self._hosting.book.note(record.deployment, Entry(kind="line", text=text, level="warning"))
        await self._keep(replace(record, is_told=True))

    async def _messenger(self, record: Record) -> Messenger:
        assert record.webhook is not None
        secret = await self._hosting.secret_of(record.deployment)
        secrets = (secret, secret_for(secret, record.token_id)) if record.token_id else (secret,)

        async def form() -> Form:
            await self._is_open.wait()
            return self._forms[record.protocol]

        return Messenger(
            self._webhooks,
            record.webhook,
            sender=record.token_id or record.deployment,
            secrets=secrets,
            look=lambda: self.get(record.id),
            form=form,
        )

    async def _let_go(self, row: PredictionRow) -> None:
        """End a prediction that nobody can follow any more."""
        await self._database.run(lambda c: rows.update(c, replace(row, is_open=False)), is_freeing=True)
        with contextlib.suppress(GessoError):  # its job may be broken, too
            await self._jobs.cancel(row.id)

    async def _keep(self, record: Record) -> None:
        await self._database.run(lambda connection: rows.update(connection, record.to_row()), is_freeing=True)

    async def _sweep_now_and_then(self) -> None:
        while True:
            try:
                await self.sweep()
            except GessoError:
                _logger.exception("old predictions could not be removed")
            await asyncio.sleep(_SWEEP_EVERY_S)

    async def sweep(self, *, kept_s: float = KEPT_S) -> None:
        """Remove predictions and files of guests that are old."""
        before = id_at(time.time() - kept_s)
        statuses = tuple(ENDS)
        while old := await self._jobs.list(kind="hosted", status=statuses, before=before, limit=MOST_LISTED):
            for job in old:
                await self._jobs.delete(job.id)
        await self._database.run(lambda connection: rows.drop_files(connection, before=before), is_freeing=True)

    def _spawn(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _logger.error("a prediction was not followed to its end", exc_info=error)


def _is_whole(row: PredictionRow) -> bool:
    try:
        Record.from_row(row)
    except DamagedError:
        return False
    return True


def check_name(name: str) -> str:
    """Return the id that a guest gives a prediction. Raises `InputError`."""
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise InputError(f"an id of up to {LONGEST_NAME} characters", f"one of {len(name)}", where="id")
    return name


def _key(name: str | None, *, deployment: str, token_id: str | None) -> str | None:
    return None if name is None else f"hosted {deployment} {token_id or ''} {name}"
