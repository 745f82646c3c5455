"""Waking: one attempt for all who wait, the stages it goes through, and how long it takes by experience."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from gesso.errors import GessoError, NotFoundError
from gesso.hosting.deployment import Release
from gesso.hosting.engine import STAGES, Engine, News, Stage

StageStatus: TypeAlias = Literal["waiting", "under way", "done"]
"""How far a stage is."""


@dataclass(frozen=True, kw_only=True)
class StageNews:
    """A stage of waking: how far it is, what is done in it, the seconds that it takes and usually takes."""

    stage: Stage
    status: StageStatus
    text: str = ""
    fraction: float = 0.0
    took_s: float | None = None
    usual_s: float | None = None


@dataclass
class _Attempt:
    task: asyncio.Task[None]
    began: float = field(default_factory=time.monotonic)
    news: News = field(default_factory=lambda: News(STAGES[0]))
    began_at: dict[Stage, float] = field(default_factory=dict)


class Waking:
    """The waking of one release. `usual_s` is how long each stage took the last time."""

    def __init__(self, engine: Engine, release: Release) -> None:
        self._engine = engine
        self._release = release
        self._attempt: _Attempt | None = None
        self.usual_s: dict[Stage, float] = {}
        self.error: GessoError | None = None
        """What kept it from waking the last time."""

    @property
    def is_under_way(self) -> bool:
        """Whether it wakes now."""
        return self._attempt is not None

    async def wake(self) -> None:
        """Wait until it is awake; who leaves keeps nobody else from waiting on. Raises what keeps it from that."""
        task = self.begin()
        await asyncio.wait([task])
        if task.cancelled():
            raise NotFoundError("It was removed, or Gesso stops.", hint="Ask again in a moment.")
        task.result()

    def begin(self) -> asyncio.Task[None]:
        """Begin to wake it, unless that is under way, and return the task."""
        if self._attempt is None:
            self.error = None
            task = asyncio.create_task(self._wake(), name=f"wake {self._release.model}")
            task.add_done_callback(_hear_nothing)
            self._attempt = _Attempt(task)
        return self._attempt.task

    async def stop(self) -> None:
        """Give up waking."""
        if self._attempt is not None:
            self._attempt.task.cancel()
            await asyncio.wait([self._attempt.task])

    def stages(self) -> list[StageNews]:
        """Say how far it is."""
        if self._attempt is None:
            return [StageNews(stage=stage, status="waiting", usual_s=self.usual_s.get(stage)) for stage in STAGES]
        news, told = self._attempt.news, []
        for stage in STAGES:
            place = STAGES.index(stage) - STAGES.index(news.stage)
            status: StageStatus = "under way" if place == 0 else "done" if place < 0 else "waiting"
            told.append(
                StageNews(
                    stage=stage,
                    status=status,
                    text=news.text if place == 0 else "",
                    fraction=news.fraction if place == 0 else float(place < 0),
                    took_s=self._took_s(stage),
                    usual_s=self.usual_s.get(stage),
                )
            )
        return told

    def estimate_s(self) -> float | None:
        """Return the seconds until it is awake, as far as one can know from the last time."""
        if len(self.usual_s) < len(STAGES):
            return None
        spent = time.monotonic() - self._attempt.began if self._attempt else 0.0
        return max(0.0, sum(self.usual_s.values()) - spent)

    def _took_s(self, stage: Stage) -> float | None:
        assert self._attempt is not None
        began_at = self._attempt.began_at
        if stage not in began_at:
            return None
        later = [at for at in began_at.values() if at > began_at[stage]]
        return min(later, default=time.monotonic()) - began_at[stage]

    async def _wake(self) -> None:
        try:
            await self._engine.wake(self._release, self._hear)
        except GessoError as error:
            self.error = error
            raise
        else:
            took = {stage: self._took_s(stage) or 0.0 for stage in STAGES}
            self.usual_s = took
        finally:
            self._attempt = None

    def _hear(self, news: News) -> None:
        if self._attempt is not None:
            self._attempt.news = news
            self._attempt.began_at.setdefault(news.stage, time.monotonic())


def _hear_nothing(task: asyncio.Task[None]) -> None:
    with contextlib.suppress(asyncio.CancelledError):
        task.exception()  # whoever waits hears of it; perhaps nobody does any more
