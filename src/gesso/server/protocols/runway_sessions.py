"""The models that Runway's plug-ins have started. They live as long as the server."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal, TypeAlias

from fastapi import Depends
from starlette.requests import HTTPConnection

from gesso.errors import GessoError, NotFoundError, QueueFullError
from gesso.hosting.deployment import now
from gesso.server.direct.room import Direct
from gesso.spec.model import ModelSpec, coerce_ports
from gesso.spec.runnable import Event, Preparable
from gesso.types.base import Json

SessionStatus: TypeAlias = Literal["STARTING", "RUNNING", "FAILED", "STOPPED"]
"""How a session stands, in Runway's words."""
_MOST_ACTIVE: Final = 32
_MOST_KEPT: Final = 100
_HINT: Final = "GET /v1/model_sessions lists those that there are."


@dataclass(kw_only=True)
class Session:
    """A model that a plug-in uses, with the options that it was started with. Times are ISO 8601."""

    id: str
    model: str
    spec: ModelSpec
    options: Mapping[str, Json]
    application: str | None = None
    provider: Mapping[str, Json] = field(default_factory=dict)
    status: SessionStatus = "STARTING"
    error: str | None = None
    created_at: str = field(default_factory=now)
    running_at: str | None = None
    ended_at: str | None = None
    running_since: float | None = None
    asked_at: float | None = None

    @property
    def is_active(self) -> bool:
        """Whether it can be used, now or soon."""
        return self.status in {"STARTING", "RUNNING"}


class Sessions:
    """Starts, finds and ends sessions."""

    def __init__(self, direct: Direct) -> None:
        self._direct = direct
        self._numbers = itertools.count(1)
        self._sessions: dict[str, Session] = {}
        self._starting: dict[str, asyncio.Task[None]] = {}

    def all(self) -> list[Session]:
        """Return them, the newest first."""
        return list(reversed(self._sessions.values()))

    def find(self, session_id: str) -> Session:
        """Return one, or raise `NotFoundError`."""
        if session_id not in self._sessions:
            raise NotFoundError(f"There is no session {session_id[:40]!r}.", hint=_HINT)
        return self._sessions[session_id]

    def active(self, session_id: str) -> Session:
        """Return one that can be used, or raise `NotFoundError`."""
        session = self.find(session_id)
        if not session.is_active:
            raise NotFoundError(f"The session {session_id} has ended.", hint=session.error or "Start another.")
        return session

    async def start(
        self, model: str, *, options: Mapping[str, Json], application: str | None, provider: Mapping[str, Json]
    ) -> Session:
        """Begin to get a model ready. Raises what keeps it from being opened, and `QueueFullError`."""
        if sum(session.is_active for session in self._sessions.values()) >= _MOST_ACTIVE:
            raise QueueFullError(f"{_MOST_ACTIVE} sessions are there already.", hint="Stop one of them first.")
        runnable = await self._direct.models.get(model, options=options, device="auto")
        coerce_ports(runnable.spec.options, options)  # a wrong one is told now, and not to whoever asks first
        session = Session(
            id=str(next(self._numbers)),
            model=model,
            spec=runnable.spec,
            options=dict(options),
            application=application,
            provider=dict(provider),
        )
        self._sessions[session.id] = session
        self._forget_oldest()
        self._starting[session.id] = asyncio.create_task(self._prepare(session), name=f"prepare {model}")
        return session

    async def set_up(self, session: Session, options: Mapping[str, Json]) -> None:
        """Get the model ready with other options. Raises what keeps it from that; then the old ones hold."""
        runnable = await self._direct.models.get(session.model, options=options, device="auto")
        if isinstance(runnable, Preparable):
            await runnable.prepare(_ignore)
        session.options = dict(options)

    def end(self, session: Session) -> None:
        """End one. Its model goes from memory when nobody uses it any more."""
        if session.is_active:
            session.status, session.ended_at = "STOPPED", now()
        if task := self._starting.pop(session.id, None):
            task.cancel()

    async def stop(self) -> None:
        """End all of them."""
        tasks = list(self._starting.values())
        for session in self._sessions.values():
            self.end(session)
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _prepare(self, session: Session) -> None:
        try:
            runnable = await self._direct.models.get(session.model, options=session.options, device="auto")
            if isinstance(runnable, Preparable):
                await runnable.prepare(_ignore)
        except GessoError as error:
            session.status, session.error, session.ended_at = "FAILED", str(error), now()
        else:
            session.status, session.running_at, session.running_since = "RUNNING", now(), time.monotonic()
        finally:
            self._starting.pop(session.id, None)

    def _forget_oldest(self) -> None:
        ended = [session.id for session in self._sessions.values() if not session.is_active]
        for session_id in ended[: max(0, len(self._sessions) - _MOST_KEPT)]:
            del self._sessions[session_id]


async def _sessions(connection: HTTPConnection) -> Sessions:
    sessions = connection.app.state.runway_sessions
    assert isinstance(sessions, Sessions)
    return sessions


Started: TypeAlias = Annotated[Sessions, Depends(_sessions)]
"""What a handler writes to get the sessions."""


def version_number(model: str) -> int:
    """Return the number that stands for a model, always the same: Runway's plug-ins know versions by numbers alone."""
    return int.from_bytes(hashlib.sha256(model.encode()).digest()[:4], "big") % (2**31 - 1) + 1


def _ignore(event: Event) -> None:
    """Hear that a model gets ready."""
