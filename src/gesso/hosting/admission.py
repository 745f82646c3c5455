"""One request to a deployment, from the moment it is let in to the moment it is counted."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, Final, Self

from gesso.errors import (
    AccessError,
    CanceledError,
    ConflictError,
    FetchError,
    GessoError,
    InputError,
    LimitError,
    NotFoundError,
    QueueFullError,
)
from gesso.hosting.deployment import Deployment, Release
from gesso.hosting.entries import Entry, Outcome
from gesso.hosting.purse import Reserve
from gesso.hosting.tokens import Token
from gesso.spec.runnable import Result

_NO_FAULT: Final = (InputError, NotFoundError, AccessError, LimitError, QueueFullError, FetchError, ConflictError)
"""What is no fault of the model's."""


_AT_ONCE_S: Final = 1.0
"""What is refused so soon after the model got it, has cost nothing; later, the model has worked on it."""


class Admission:
    """A request that was let in. An asynchronous context manager: at its end it is counted, whatever came of it.

    `release` is the version that was the current one when it came. Tell it the `Result` with `finish`, or where there
    are several (a live stream) the time of each with `spend`.
    """

    def __init__(
        self,
        deployment: Deployment,
        *,
        token: Token | None,
        protocol: str,
        reserve: Reserve | None,
        leave: Callable[[Admission], None],
    ) -> None:
        self.deployment = deployment
        self.release: Release = deployment.release
        self.token = token
        self.protocol = protocol
        self.compute_s = 0.0
        self.took_s = 0.0
        self.outcome: Outcome = "canceled"
        self.reason = ""
        """Why it has come to nothing, in words."""
        self.is_counted = True
        """Whether it is counted at its end; not if it goes on when Gesso is there again."""
        self._began = time.perf_counter()
        self._reserve = reserve
        self._leave = leave
        self._task: asyncio.Task[Any] | None = None
        self._end: GessoError | None = None
        self._is_over = False
        self._worked_from: float | None = None

    @property
    def has_nothing_left(self) -> bool:
        """Whether its token has spent all the time that it may."""
        return self._reserve is not None and self._reserve.is_used_up

    def finish(self, result: Result) -> None:
        """Hear that it has succeeded."""
        self.settle(result.run_s)
        self.outcome = "succeeded"

    def settle(self, compute_s: float) -> None:
        """Hear what it has cost in the end. Nothing is left to be broken off, even if its token has nothing left."""
        self.compute_s += compute_s
        if self._reserve is not None:
            self._reserve.spend(compute_s)

    def begin_work(self) -> None:
        """Hear that the model has it from now on: whoever leaves before the end pays for the time until then."""
        self._worked_from = self._worked_from or time.perf_counter()

    def spend(self, compute_s: float) -> None:
        """Hear that the model has worked for it. Seconds. If that was all that its token may spend, it ends soon."""
        self.compute_s += compute_s
        if self._reserve is not None and (error := self._reserve.spend(compute_s)):
            self.end(error)

    def fail(self, error: GessoError) -> None:
        """Hear that it has come to nothing, where the error is told to the client and not raised."""
        self.outcome, self.reason = _outcome_of(error), error.message

    def refuse(self, reason: str) -> None:
        """Hear that it could not be carried out as it was asked: no fault of the model's."""
        self.outcome, self.reason = "refused", reason

    def end(self, error: GessoError) -> None:
        """End it, also in the middle of a run: whoever carries it out gets this error."""
        if self._end is None and not self._is_over:
            self._end = error
            if self._task is not None:  # else it ends where it begins
                self._task.cancel()

    def withdraw(self) -> None:
        """Let it be as if nobody had asked. It must not have begun."""
        self._is_over, self.is_counted = True, False
        if self._reserve is not None:
            self._reserve.undo()
        self._leave(self)

    async def __aenter__(self) -> Self:
        self._task = asyncio.current_task()
        if self._end is not None:
            self._close(self._end)
            raise self._end
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, *_: object) -> None:
        assert self._task is not None
        is_alone = self._end is not None and self._task.uncancel() == 0  # nobody else has canceled
        ended = self._end if is_alone and kind is asyncio.CancelledError else None
        if isinstance(error, GessoError):
            self.fail(error)
        elif error is not None and not isinstance(error, asyncio.CancelledError | GeneratorExit):
            self.outcome = "failed"
        self._close(ended)
        if ended is not None:
            raise ended from None

    def _close(self, ended: GessoError | None) -> None:
        """Settle what it has cost. `ended` is why it was broken off, if it was."""
        self._is_over = True
        self.took_s = time.perf_counter() - self._began
        if ended is not None:
            self.fail(ended)
        if self._worked_from is not None and not self.compute_s:
            worked_s = time.perf_counter() - self._worked_from
            is_late = self.outcome == "refused" and worked_s > _AT_ONCE_S
            if ended is not None or is_late or self.outcome in {"canceled", "failed"}:
                self.settle(worked_s)
        if self._reserve is not None:
            self._reserve.settle()
            if self.outcome == "refused" and not self.compute_s:
                self._reserve.undo()
        self._leave(self)

    def entry(self) -> Entry:
        """Return the line of the log about it."""
        return Entry(
            kind="request",
            text=self.reason,
            level="error" if self.outcome == "failed" else "info",
            protocol=self.protocol,
            token=self.token.name if self.token else None,
            outcome=self.outcome,
            took_ms=round(self.took_s * 1000, 1),
            run_ms=round(self.compute_s * 1000, 1),
            release=self.release.number,
        )


def _outcome_of(error: GessoError) -> Outcome:
    if isinstance(error, CanceledError):
        return "canceled"
    return "refused" if isinstance(error, _NO_FAULT) else "failed"
