"""`Hosting`: every deployment of a home, who may use it, how it stands, and what has been asked of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from gesso.errors import ConflictError, DamagedError, GessoError, InputError, NotFoundError
from gesso.hosting.admission import Admission
from gesso.hosting.book import Book
from gesso.hosting.deployment import (
    Deployment,
    Release,
    State,
    as_options,
    check_name,
    now,
    suggest_name,
)
from gesso.hosting.doorkeeper import Doorkeeper
from gesso.hosting.engine import Engine
from gesso.hosting.entries import Entry
from gesso.hosting.figures import Minute
from gesso.hosting.signing import new_secret, shown_secret
from gesso.hosting.tokens import Token, TokenOrder, check_origin
from gesso.hosting.waking import StageNews, Waking
from gesso.jobs.identity import new_id
from gesso.spec.model import Command, ModelSpec
from gesso.spec.runnable import Log, Runnable
from gesso.storage import hosting_rows as rows
from gesso.storage.database import Connection, Database
from gesso.types.base import Json

_logger: Final = logging.getLogger(__name__)
_MOST_PER_MINUTE: Final = 1_000_000


@dataclass(frozen=True, kw_only=True)
class ReleaseOrder:
    """A version that somebody wants: a model, one of its commands (None is the first), options of its setup."""

    model: str
    command: str | None = None
    options: Mapping[str, Json] = field(default_factory=dict)
    device: str = "auto"
    is_trusted: bool = False


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What is to hold for a deployment from now on; None leaves it as it is. 0 requests a minute are no limit."""

    is_active: bool | None = None
    is_public: bool | None = None
    has_page: bool | None = None
    origins: tuple[str, ...] | None = None
    requests_per_minute: int | None = None

    def apply(self, deployment: Deployment) -> Deployment:
        """Return a deployment with these changes. Raises `InputError`."""
        rate, origins = self.requests_per_minute, self.origins
        if rate is not None and not 0 <= rate <= _MOST_PER_MINUTE:
            raise InputError(f"a number up to {_MOST_PER_MINUTE}", str(rate), where="requests_per_minute")
        return replace(
            deployment,
            is_active=_or(self.is_active, deployment.is_active),
            is_public=_or(self.is_public, deployment.is_public),
            has_page=_or(self.has_page, deployment.has_page),
            origins=deployment.origins if origins is None else tuple(dict.fromkeys(map(check_origin, origins))),
            requests_per_minute=deployment.requests_per_minute if rate is None else rate or None,
        )


@dataclass(frozen=True, kw_only=True)
class Status:
    """How a deployment stands: its state, the stages of waking, the seconds until it is awake where one can know."""

    state: State
    stages: tuple[StageNews, ...]
    estimate_s: float | None = None
    error: GessoError | None = None
    ready: int = 0
    busy: int = 0
    waiting: int = 0


class Hosting:
    """The deployments. `start` it before anything else, `stop` it in the end."""

    def __init__(self, database: Database, engine: Engine) -> None:
        self._database = database
        self._engine = engine
        self._deployments: dict[str, Deployment] = {}
        self._waking: dict[tuple[str, int], Waking] = {}
        self._changing = asyncio.Lock()
        self._ordered: dict[str, int] = {}
        self.door = Doorkeeper()
        self.book = Book(database, self.door)

    # -- its own life -------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Read what is there, and begin to count."""
        documents = await self._database.run(rows.documents, is_reading=True)
        for document in documents:
            try:
                deployment = Deployment.from_json(document)
                deployment.numbered(deployment.current)
            except (DamagedError, NotFoundError) as error:  # one that is broken keeps nobody from the others
                _logger.error("a deployment is left out: %s", error)
            else:
                self._deployments[deployment.name] = deployment
        self.door.load(await self._database.run(rows.tokens, is_reading=True))
        await self.book.start()

    async def stop(self) -> None:
        """End what wakes, and write what was counted."""
        await asyncio.gather(*(waking.stop() for waking in self._waking.values()))
        await self.book.stop()

    # -- deployments --------------------------------------------------------------------------------------------------

    def all(self) -> list[Deployment]:
        """Return all deployments by name."""
        return [self._deployments[name] for name in sorted(self._deployments)]

    def has(self, name: str) -> bool:
        """Say whether there is a deployment of that name."""
        return name in self._deployments

    def get(self, name: str) -> Deployment:
        """Return a deployment, or raise `NotFoundError`."""
        if name not in self._deployments:
            raise NotFoundError(
                f"There is no deployment {name[:80]!r}.", hint="`gesso host` lists those that there are."
            )
        return self._deployments[name]

    def active(self, name: str) -> Deployment:
        """Return a deployment, or raise `NotFoundError`, also for one that is switched off."""
        deployment = self.get(name)
        if not deployment.is_active:
            raise NotFoundError(f"The deployment {name} is switched off.", hint="Its owner can switch it on.")
        return deployment

    async def create(self, order: ReleaseOrder, *, name: str | None = None, is_public: bool = False) -> Deployment:
        """Deploy a model, and begin to wake it. Raises `ConflictError` for a taken name, and as `Engine.pin`."""
        release, _ = await self._release(order, number=1)
        async with self._changing:
            name = self._free_name(release.model) if name is None else check_name(name)
            if name in self._deployments:
                raise ConflictError(f"There is a deployment {name} already.", hint="Choose another name.")
            deployment = Deployment(
                name=name, releases=(release,), is_public=is_public, created_at=now(), secret=new_secret()
            )
            await self._database.run(lambda connection: _insert(connection, deployment))
            self._deployments[name] = deployment
        self.wake(name)
        return deployment

    async def deploy(self, name: str, order: ReleaseOrder) -> Deployment:
        """Put a new version beside the one that answers. It answers nobody until `switch`.

        Raises `ConflictError` if there is a version already that is just that.
        """
        self.get(name)
        release, _ = await self._release(order, number=0)
        async with self._changing:
            deployment = self.get(name)
            deployment.refuse_same(release)
            return await self._keep(deployment.with_release(replace(release, number=deployment.next_number)))

    async def switch(self, name: str, number: int) -> Deployment:
        """Have another version answer as soon as it is awake. What is under way ends where it is: nothing is dropped.

        Raises what keeps it from waking; then the one before goes on.
        """
        release = self.get(name).numbered(number)
        self._ordered[name] = number
        await self._waking_of(name, release).wake()
        async with self._changing:
            deployment = self.get(name)
            if self._ordered.get(name) != number:
                raise ConflictError("Another version was switched to meanwhile.", hint="Look which one answers now.")
            deployment.numbered(number)
            kept = await self._keep(replace(deployment, current=number))
        self.book.note(name, Entry(kind="wake", text=f"Version {number} answers now.", release=number))
        return kept

    async def change(self, name: str, changes: Changes) -> Deployment:
        """Change what holds for a deployment. Raises `InputError`."""
        async with self._changing:
            return await self._keep(changes.apply(self.get(name)))

    async def secret_of(self, name: str) -> str:
        """Return what signs the messages of a deployment; one is made if there is none."""
        return self.get(name).secret or await self._new_secret(name)

    async def renew_secret(self, name: str) -> str:
        """Make another secret and return it as whoever checks messages needs it: the only time that it is seen."""
        return shown_secret(await self._new_secret(name))

    async def delete(self, name: str) -> None:
        """Remove a deployment with its tokens, figures and log."""
        async with self._changing:
            deployment = self.get(name)
            await self._database.run(lambda connection: rows.delete(connection, name), is_freeing=True)
            del self._deployments[name]
            self.door.forget(name)
            self.book.forget(name)
        for release in deployment.releases:
            if waking := self._waking.pop((name, release.number), None):
                await waking.stop()

    async def spec(self, name: str) -> ModelSpec:
        """Return the spec of what answers."""
        return (await self._engine.runnable(self.get(name).release)).spec

    async def command(self, name: str) -> Command:
        """Return the command that answers."""
        return (await self.spec(name)).command(self.get(name).release.command)

    # -- waking -------------------------------------------------------------------------------------------------------

    def status(self, name: str) -> Status:
        """Say how a deployment stands; always quick."""
        deployment = self.get(name)
        release = deployment.release
        waking, standing = self._waking_of(name, release), self._engine.standing(release)
        state: State = "asleep"
        if not deployment.is_active:
            state = "inactive"
        elif standing.ready:
            state = "awake"
        elif waking.is_under_way or standing.waiting:
            state = "waking"
        elif waking.error is not None:
            state = "failed"
        return Status(
            state=state,
            stages=tuple(waking.stages()),
            estimate_s=0.0 if state == "awake" else waking.estimate_s(),
            error=waking.error if state == "failed" else None,
            ready=standing.ready,
            busy=standing.busy,
            waiting=standing.waiting,
        )

    def wake(self, name: str) -> None:
        """Begin to wake a deployment, unless it is awake or wakes."""
        release = self.get(name).release
        if not self._engine.standing(release).ready:
            _ = self._waking_of(name, release).begin()

    def sharing(self, name: str) -> list[str]:
        """Return the other deployments that run in the same workers: what puts it to sleep, puts these to sleep."""
        release = self.get(name).release
        return [each.name for each in self.all() if each.name != name and each.release.runs_as == release.runs_as]

    async def sleep(self, name: str) -> None:
        """Put it to sleep, and whatever shares its workers. Raises `ConflictError` while one of them is at work."""
        await self._engine.sleep(self.get(name).release)

    async def awake(self, admission: Admission) -> Runnable:
        """Wait until what a request asks for is awake, and return it. Raises what keeps it from that."""
        return await self._awake(admission.deployment.name, admission.release)

    async def until_awake(self, deployment: Deployment) -> ModelSpec:
        """Wait until a deployment is awake, for nothing else, and return its spec. Raises what keeps it from that."""
        return (await self._awake(deployment.name, deployment.release)).spec

    # -- who may come in ----------------------------------------------------------------------------------------------

    def admit(self, name: str, *, secret: str | None, origin: str | None, client: str, protocol: str) -> Admission:
        """Let a request in. `origin` is the web page that sends it, `client` whom a rate is counted for.

        Raises `NotFoundError` (also for one that is not active), `AccessError` and `LimitError`.
        """
        deployment = self.active(name)
        try:
            token, reserve = self.door.let_in(
                deployment, secret=secret, origin=origin, client=client, expected_ms=self.book.expected_ms(name)
            )
        except GessoError as error:
            self.book.refuse(name, Entry(kind="request", text=error.message, protocol=protocol, outcome="refused"))
            raise
        admission = Admission(deployment, token=token, protocol=protocol, reserve=reserve, leave=self._leave)
        self.door.entered(admission)
        return admission

    def readmit(self, name: str, *, release: int, token_id: str | None, protocol: str) -> Admission:
        """Let in once more what was let in before Gesso ended; it is not counted against a cap again.

        Raises `NotFoundError` if the version is gone, and `AccessError` if the token is.
        """
        deployment = self.get(name)
        deployment = replace(deployment, current=deployment.numbered(release).number)
        token, reserve = self.door.let_in_again(deployment, token_id, expected_ms=self.book.expected_ms(name))
        admission = Admission(deployment, token=token, protocol=protocol, reserve=reserve, leave=self._leave)
        self.door.entered(admission)
        return admission

    async def runnable(self, name: str, number: int) -> tuple[Runnable, str]:
        """Return what runs a version of a deployment, and the digest of its files. Nothing is started."""
        release = self.get(name).numbered(number)
        return await self._engine.runnable(release), release.digest

    def admit_owner(self, name: str, *, protocol: str) -> Admission:
        """Let a request of the owner's in, who needs no token. Raises `NotFoundError`."""
        return Admission(self.active(name), token=None, protocol=protocol, reserve=None, leave=self._leave)

    async def make_token(self, name: str, order: TokenOrder) -> tuple[Token, str]:
        """Make a token, and return it as it is kept, and itself: the only time that it is seen."""
        self.get(name)
        token, secret = self.door.make(order, deployment=name, token_id=new_id())
        row = self.door.row(token, secret)
        await self._database.run(lambda connection: rows.insert_token(connection, row))
        self.door.add(row)
        return token, secret

    async def revoke(self, name: str, token_id: str) -> None:
        """Take a token back; what is under way with it ends."""
        self.door.find(self.get(name).name, token_id)
        await self._database.run(lambda connection: rows.delete_token(connection, token_id), is_freeing=True)
        self.door.revoke(token_id)

    # -- figures and log ----------------------------------------------------------------------------------------------

    async def minutes(self, name: str, *, since: int) -> dict[int, Minute]:
        """Return what was asked of a deployment, by the minute since 1970; those with nothing are left out."""
        return await self.book.minutes(self.get(name).name, since=since)

    async def log(self, name: str, *, before: int | None = None, limit: int = 100) -> list[tuple[int, Entry]]:
        """Return lines of the log with their numbers, the newest first, from `before` one of them backwards."""
        return await self.book.log(self.get(name).name, before=before, limit=limit)

    def hear(self, admission: Admission, line: Log) -> None:
        """Hear what the model has logged while it ran."""
        entry = Entry(kind="line", text=line.text, level=line.level, release=admission.release.number)
        self.book.note(admission.deployment.name, entry)

    # -- inside -------------------------------------------------------------------------------------------------------

    async def _awake(self, name: str, release: Release) -> Runnable:
        if not self._engine.standing(release).ready:
            await self._waking_of(name, release).wake()
        return await self._engine.runnable(release)

    async def _release(self, order: ReleaseOrder, *, number: int) -> tuple[Release, ModelSpec]:
        pinned = await self._engine.pin(order.model, is_trusted=order.is_trusted)
        command = pinned.spec.command(order.command)
        self._engine.check(pinned.spec, options=order.options)
        release = Release(
            number=number,
            model=pinned.model,
            digest=pinned.digest,
            archive=pinned.archive,
            command=command.name,
            options=as_options(order.options),
            device=order.device,
            created_at=now(),
        )
        return release, pinned.spec

    def _free_name(self, model: str) -> str:
        if model not in self._deployments:
            try:
                return check_name(model)
            except InputError:
                pass
        return suggest_name(model)

    async def _keep(self, deployment: Deployment) -> Deployment:
        await self._database.run(lambda connection: _update(connection, deployment))
        self._deployments[deployment.name] = deployment
        return deployment

    async def _new_secret(self, name: str) -> str:
        async with self._changing:
            return (await self._keep(replace(self.get(name), secret=new_secret()))).secret

    def _waking_of(self, name: str, release: Release) -> Waking:
        key = (name, release.number)
        if key not in self._waking:
            self._waking[key] = Waking(self._engine, release)
        return self._waking[key]

    def _leave(self, admission: Admission) -> None:
        self.door.left(admission)
        if admission.is_counted and admission.deployment.name in self._deployments:
            self.book.count(admission)


def _or(given: bool | None, before: bool) -> bool:
    return before if given is None else given


def _insert(connection: Connection, deployment: Deployment) -> None:
    rows.insert(connection, deployment.name, document=deployment.to_json())
    _update(connection, deployment)


def _update(connection: Connection, deployment: Deployment) -> None:
    archives = {release.archive for release in deployment.releases}
    rows.update(connection, deployment.name, document=deployment.to_json(), digests=archives)
