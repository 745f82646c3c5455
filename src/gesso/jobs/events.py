"""What a job tells those who listen. The first is always a `JobChanged` with the present state.

A listener that is slow misses nothing that matters: of progress and previews it gets the latest, of a text that streams
the rest in one piece, of logs all that are still kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from gesso.jobs.job import Job, LatestPreview, LogLine
from gesso.types.base import Json


@dataclass(frozen=True)
class JobChanged:
    """The whole job: at first as it stands (with logs and previews), then whenever its status or its place changes.

    After one whose `job.has_ended`, nothing more comes.
    """

    job: Job


@dataclass(frozen=True)
class ProgressChanged:
    """How far it is: `fraction` 0..1, and what it does now in a few words."""

    fraction: float
    text: str


@dataclass(frozen=True)
class Logged:
    """A line that the model logged or printed."""

    line: LogLine


@dataclass(frozen=True)
class PreviewChanged:
    """A newer preview of an output."""

    preview: LatestPreview


@dataclass(frozen=True)
class PartAdded:
    """More of a streaming output, in wire form: the next piece of a text, or the next item of a list.

    Who comes late gets all parts from the first on.
    """

    output: str
    value: Json


JobEvent: TypeAlias = JobChanged | ProgressChanged | Logged | PreviewChanged | PartAdded
"""What a job may tell."""
