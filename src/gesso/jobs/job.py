"""A job as data: what was asked, how it stands, and what came of it. For msgspec and OpenAPI alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, TypeAlias

from gesso.errors import GessoError, from_data
from gesso.jobs.recipe import Recipe
from gesso.storage.blobs import BlobReference
from gesso.types.base import Json

Status: TypeAlias = Literal["queued", "starting", "processing", "paused", "succeeded", "failed", "canceled"]
"""Queued: waits. Starting: a worker is made ready. Processing: the model runs. The last three are ends."""

Priority: TypeAlias = Literal["interactive", "batch"]
"""A person at the screen comes before batch work."""

Wanted: TypeAlias = Literal["go on", "pause", "finish"]
"""What somebody wants of a job that goes on: that it pauses, or makes the best of what it has and ends."""

ENDS: Final[frozenset[Status]] = frozenset({"succeeded", "failed", "canceled"})
"""The statuses that a job never leaves again."""

RUNNING: Final[frozenset[Status]] = frozenset({"starting", "processing"})
"""The statuses of a job that is under way."""

ACTIVE: Final[frozenset[Status]] = frozenset({"starting", "processing", "paused"})
"""The statuses of a job that has begun and has not ended."""


@dataclass(frozen=True, kw_only=True)
class JobOrder:
    """What somebody asks for. `Jobs.submit` checks it and makes a `Job` of it.

    `inputs` by name: anything that the ports' types coerce (JSON, data URIs, values of the types), a `Path` that a
    person of this machine named, or a file that Gesso already keeps, as `{"blob": "<sha256>", "name": "fox.png"}` or a
    `BlobReference`; in lists of files also as items. `command` None means the first, `seed` None that one is drawn.
    `options` and `device` are those of the model's setup. The same `idempotency_key` twice makes one job. `deadline_s`
    is how long after its acceptance the job must be done (seconds), waiting included; None for no limit.
    """

    model: str
    inputs: Mapping[str, object] = field(default_factory=dict)
    command: str | None = None
    options: Mapping[str, Json] = field(default_factory=dict)
    device: str = "auto"
    seed: int | None = None
    priority: Priority = "interactive"
    kind: str = "prediction"
    idempotency_key: str | None = None
    deadline_s: float | None = None
    parent_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Output:
    """What came out under one name: `value` as JSON, or `files` where it lies in files.

    A picture is one file, a list of pictures one for each; a folder's files carry their names from the folder on.
    `type` is the name of the data type. A large JSON value or text lies in a file too.
    """

    name: str
    type: str
    value: Json = None
    files: tuple[BlobReference, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LatestPreview:
    """The latest unfinished value of an output ("" if the model named none), in the wire form of its type."""

    output: str
    type: str
    value: Json


@dataclass(frozen=True, kw_only=True)
class LogLine:
    """What the model logged or printed: when, how serious (debug, info, warning, error), and the text."""

    at: datetime
    text: str
    level: str = "info"


@dataclass(frozen=True, kw_only=True)
class Metrics:
    """Where the time went, in seconds; None for what has not happened.

    `queue_s` waiting, `setup_s` getting the worker ready, `run_s` in the model's own code, `total_s` from acceptance
    to the end.
    """

    queue_s: float | None = None
    setup_s: float | None = None
    run_s: float | None = None
    total_s: float | None = None


def seconds(begin: datetime, end: datetime) -> float:
    """Return how many seconds lie between; 0 where the clock was set back."""
    return max(0.0, (end - begin).total_seconds())


@dataclass(frozen=True, kw_only=True)
class JobError:
    """Why a job failed: a code for programs, a message and a hint for people, a detail for those who want more."""

    code: str
    message: str
    hint: str = ""
    detail: str = ""

    @classmethod
    def of(cls, error: GessoError) -> JobError:
        """Describe an error; a long detail keeps its end, which says most."""
        data = error.to_data()
        return cls(code=data["code"], message=error.message, hint=error.hint, detail=error.detail[-LONGEST_DETAIL:])

    def as_error(self) -> GessoError:
        """Return the error again, to be raised."""
        return from_data({"code": self.code, "message": self.message, "hint": self.hint, "detail": self.detail})


LONGEST_DETAIL: Final = 20_000
"""Characters of an error's detail that are kept."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """Accepted work. `id` sorts by time. Times are in UTC.

    `inputs` are JSON; what lies in a file is `{"blob": sha256, "name", "media_type", "size_bytes"}`. `queue_position`
    is 1 for the next to run, None if it does not wait. `progress` 0..1. `logs` and `previews` come with one job, not
    with lists of jobs; `logs` are the last ones, and `logs_left_out` says how many earlier ones were dropped.
    `wanted` is what somebody has asked of one that goes on, whether or not it is so yet.
    `retry_of` is the job that this one repeats, `parent_id` the one that it is a part of. `recipe` is there once it
    succeeded.
    """

    id: str
    kind: str = "prediction"
    status: Status = "queued"
    model: str
    model_title: str = ""
    model_digest: str = ""
    command: str
    inputs: dict[str, Json] = field(default_factory=dict)
    options: dict[str, Json] = field(default_factory=dict)
    device: str = "auto"
    seed: int
    priority: Priority = "interactive"
    idempotency_key: str | None = None
    deadline_s: float | None = None
    parent_id: str | None = None
    child_ids: tuple[str, ...] = ()
    retry_of: str | None = None
    created_at: datetime
    started_at: datetime | None = None
    completed_at: datetime | None = None
    queue_position: int | None = None
    progress: float = 0.0
    progress_text: str = ""
    wanted: Wanted = "go on"
    outputs: tuple[Output, ...] = ()
    previews: tuple[LatestPreview, ...] = ()
    logs: tuple[LogLine, ...] = ()
    logs_left_out: int = 0
    metrics: Metrics = Metrics()
    error: JobError | None = None
    recipe: Recipe | None = None

    @property
    def has_ended(self) -> bool:
        """Whether it is over: succeeded, failed or canceled."""
        return self.status in ENDS

    @property
    def is_active(self) -> bool:
        """Whether it has begun and is not over."""
        return self.status in ACTIVE
