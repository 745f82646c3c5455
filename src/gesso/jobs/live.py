"""`Live`: a job in memory, while it runs or while somebody listens to it.

It keeps the present state and nothing of the past but what is bounded: the latest progress and previews, the last lines
of the log, the parts of a streaming output. A listener remembers only how far it has come, so that any number of slow
ones cost nothing.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Final

from gesso.jobs.events import JobChanged, JobEvent, Logged, PartAdded, PreviewChanged, ProgressChanged
from gesso.jobs.history import Log
from gesso.jobs.job import Job, LatestPreview, LogLine
from gesso.types.base import Json

MOST_LINES: Final = 1000
"""Lines of a log that are kept: the last ones."""
LONGEST_LINE: Final = 10_000
"""Characters of one line that are kept."""
MOST_PARTS_BYTES: Final = 16 * 1024 * 1024
"""How much of a streaming output is kept for listeners; the whole of it comes with the result."""


@dataclass
class _Seen:
    """How far a listener has come."""

    job: int = 0
    progress: int = 0
    lines: int = 0
    parts: int = 0
    previews: dict[str, int] = field(default_factory=dict)


class Live:
    """A job in memory. Belongs to one event loop."""

    def __init__(self, job: Job, log: Log | None = None) -> None:
        log = log or Log()
        self._job = job
        self._lines = deque(log.lines, MOST_LINES)
        self._lines_before = log.left_out
        self._previews: dict[str, tuple[int, LatestPreview]] = {}
        self._parts: list[PartAdded] = []
        self._parts_bytes = 0
        self._revision = self._job_revision = self._progress_revision = 0
        self._pulse = asyncio.Event()
        self._is_closed = False
        self.listeners = 0
        """How many listen: as long as anybody does, this must be kept."""

    # -- what happens -------------------------------------------------------------------------------------------------

    def change(self, **changes: Any) -> Job:
        """Change fields of the job, and tell it."""
        self._job = replace(self._job, **changes)
        self._job_revision = self._tell()
        return self._job

    def become(self, job: Job) -> None:
        """Take the job as it stands now, and tell it."""
        self._job = job
        self._job_revision = self._tell()

    def catch_up(self, kept: tuple[Job, Log]) -> None:
        """Take what the history says of a job that has not moved here: it may have gone on elsewhere before."""
        if self._revision == 0:
            self._job, self._lines = kept[0], deque(kept[1].lines, MOST_LINES)
            self._lines_before = kept[1].left_out

    def progress(self, fraction: float, text: str) -> None:
        """Say how far it is."""
        self._job = replace(self._job, progress=min(1.0, max(0.0, fraction)), progress_text=text[:LONGEST_LINE])
        self._progress_revision = self._tell()

    def log(self, line: LogLine) -> None:
        """Add a line; the oldest goes if there are too many."""
        self._lines_before += len(self._lines) == MOST_LINES
        self._lines.append(replace(line, text=line.text[:LONGEST_LINE]))
        self._tell()

    def preview(self, preview: LatestPreview) -> None:
        """Take a preview instead of the one before."""
        self._previews[preview.output] = (self._tell(), preview)

    def part(self, output: str, value: Json) -> None:
        """Add a part of a streaming output, in wire form."""
        self._parts_bytes += len(value) if isinstance(value, str) else len(json.dumps(value))
        if self._parts_bytes <= MOST_PARTS_BYTES:
            self._parts.append(PartAdded(output, value))
            self._tell()

    def close(self) -> None:
        """End every listening, whatever the state of the job."""
        self._is_closed = True
        self._tell()

    def _tell(self) -> int:
        self._revision += 1
        pulse, self._pulse = self._pulse, asyncio.Event()
        pulse.set()
        return self._revision

    # -- how it stands ------------------------------------------------------------------------------------------------

    @property
    def job(self) -> Job:
        """The job as it stands, without logs and previews."""
        return self._job

    @property
    def log_lines(self) -> Log:
        """The last lines, and how many came before them."""
        return Log(tuple(self._lines), self._lines_before)

    @property
    def snapshot(self) -> Job:
        """The job as it stands, with logs and previews."""
        return replace(
            self._job,
            logs=tuple(self._lines),
            logs_left_out=self._lines_before,
            previews=tuple(preview for _, preview in self._previews.values()),
        )

    # -- listening ----------------------------------------------------------------------------------------------------

    async def events(self) -> AsyncGenerator[JobEvent, None]:
        """Tell how the job stands, and then what happens until it has ended or this is closed."""
        seen = self._caught_up()
        yield JobChanged(self.snapshot)
        while not self._is_over(seen):
            pulse = self._pulse
            news = list(self._news(seen))
            if not news:
                await pulse.wait()
            for event in news:
                yield event

    def _caught_up(self) -> _Seen:
        """Return what a first snapshot shows: everything but the parts, and they too where the outputs are there."""
        previews = {output: revision for output, (revision, _) in self._previews.items()}
        parts = len(self._parts) if self._job.has_ended else 0
        return _Seen(self._job_revision, self._progress_revision, self._last_line, parts, previews)

    @property
    def _last_line(self) -> int:
        return self._lines_before + len(self._lines)

    def _is_over(self, seen: _Seen) -> bool:
        return self._is_closed or (self._job.has_ended and seen.job == self._job_revision)

    def _news(self, seen: _Seen) -> Iterator[JobEvent]:
        """Yield what a listener does not know yet, and move it on; the end of the job comes last."""
        is_changed, seen.job = seen.job != self._job_revision, self._job_revision
        if is_changed and not self._job.has_ended:
            yield JobChanged(self._job)
        if seen.progress != self._progress_revision:
            seen.progress = self._progress_revision
            yield ProgressChanged(self._job.progress, self._job.progress_text)
        unread = min(self._last_line - seen.lines, len(self._lines))
        seen.lines = self._last_line
        yield from (Logged(line) for line in islice(list(self._lines), len(self._lines) - unread, None))
        for output, (revision, preview) in list(self._previews.items()):
            if seen.previews.get(output) != revision:
                seen.previews[output] = revision
                yield PreviewChanged(preview)
        parts, seen.parts = self._parts[seen.parts :], len(self._parts)
        yield from _joined(parts)
        if is_changed and self._job.has_ended:
            yield JobChanged(self.snapshot)


def _joined(parts: list[PartAdded]) -> Iterator[PartAdded]:
    """Join pieces of a text that follow each other; items of a list stay apart."""
    text: list[str] = []
    output = ""
    for part in parts:
        if text and (part.output != output or not isinstance(part.value, TextPiece)):
            yield PartAdded(output, "".join(text))
            text = []
        if isinstance(part.value, TextPiece):
            text.append(part.value)
            output = part.output
        else:
            yield part
    if text:
        yield PartAdded(output, "".join(text))


class TextPiece(str):
    """A piece of a streaming text, which may be joined with the next; a plain `str` is an item of a list."""

    __slots__ = ()
