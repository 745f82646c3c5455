"""One prediction that is under way: what it has made so far, and who pays for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from gesso.hosting.admission import Admission
from gesso.hosting.prediction import Occasion, Record
from gesso.jobs.events import JobChanged, JobEvent, Logged, PartAdded, ProgressChanged
from gesso.jobs.job import Job
from gesso.spec.runnable import Log
from gesso.types.base import Json


class Watch:
    """Listens to the job of a prediction. `hear` hears what the model logs, `tell` what a webhook may want to know."""

    def __init__(self, record: Record, admission: Admission, *, hear: Callable[[Admission, Log], None]) -> None:
        self.record = record
        self.admission = admission
        self.parts: list[Json] = []
        self.settled = asyncio.Event()
        self.tell: Callable[[Occasion], None] = lambda _: None
        self._hear = hear

    async def listen(self, events: AsyncGenerator[JobEvent, None]) -> Job | None:
        """Listen until the job has ended, and return it; None if Gesso stops before."""
        async with aclosing(events):
            async for event in events:
                match event:
                    case JobChanged(job) if job.has_ended:
                        if job.status == "succeeded" and not self.record.is_streaming:
                            self.tell("output")
                        return job
                    case JobChanged(job) if job.status == "processing":
                        self.admission.begin_work()
                    case Logged(line):
                        self._hear(self.admission, Log(line.text, line.level))
                        self.tell("logs")
                    case ProgressChanged():
                        self.tell("logs")
                    case PartAdded(_, value):
                        self.parts.append(value)
                        self.tell("output")
        return None

    def account(self, job: Job) -> None:
        """Have its token pay for it, also for what came to nothing."""
        admission = self.admission
        if job.status == "succeeded":
            admission.outcome = "succeeded"
        elif job.status == "failed" and job.error is not None:
            admission.fail(job.error.as_error())
        if job.metrics.run_s is not None:
            admission.settle(job.metrics.run_s)

    def let_go(self) -> None:
        """Count nothing yet: it goes on when Gesso is there again."""
        self.admission.is_counted = False
