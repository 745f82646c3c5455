"""A training as data: what was asked, how it stands, and what came of it. For msgspec and OpenAPI alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from gesso.jobs.job import Job, JobError, LogLine, Status, Wanted
from gesso.storage.blobs import is_reference
from gesso.training.course import CurvePoint, Plan
from gesso.training.trainers import OWN_INPUTS, read_reference
from gesso.types.base import Json

KIND: Final = "training"
"""The kind of job that a training is."""


@dataclass(frozen=True, kw_only=True)
class TrainingOrder:
    """What somebody wants trained: a dataset by its name or digest, and what the model is to be called.

    `base` is what it goes on from: the name of a trained model, of a repository on the hub ("gpt2", "owner/name"),
    "storyteller", which comes with Gesso, or "nothing". With "" it is chosen by how much text there is (`choosing.py`).
    `options` are those of the trainer. Without a name, it is called after the dataset.
    """

    dataset: str
    name: str = ""
    trainer: str = "text"
    base: str = ""
    options: Mapping[str, Json] = field(default_factory=dict)
    seed: int | None = None


@dataclass(frozen=True, kw_only=True)
class ByHeart:
    """How much of a model's last samples stands word for word in what it learnt from: which share of `characters`.

    `longest` is the longest such passage in characters.
    """

    characters: int
    share: float
    longest: int


@dataclass(frozen=True, kw_only=True)
class Training:
    """A training and how it stands. It is a job of that id.

    `dataset` is the digest of its dataset, `base` what it begins with ("nothing", or the name of a base),
    `from_training` and `from_step` say from whose checkpoint it began, `plan` is there once it has begun, `latest` has
    the newest figure of each kind. `model` is what its model is called on the list of models, "" until it is there, and
    `memorised` how much of what it said it knows by heart. `logs` come with one training, not with lists of them.
    `kept_bytes` is how much room its checkpoints take.
    """

    id: str
    name: str
    trainer: str
    status: Status
    wanted: Wanted
    dataset: str
    dataset_name: str
    base: str
    from_training: str
    from_step: int | None
    options: dict[str, Json]
    seed: int
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    queue_position: int | None
    progress: float
    progress_text: str
    plan: Plan | None
    latest: CurvePoint | None
    report: dict[str, Json] | None
    model: str
    memorised: ByHeart | None
    kept_bytes: int
    error: JobError | None
    logs: tuple[LogLine, ...] = ()


@dataclass(frozen=True)
class Origin:
    """A checkpoint of another training, as a job's inputs name it: `01m8.../checkpoints/000200`."""

    training: str
    folder: str

    @property
    def step(self) -> int | None:
        """The step that it was kept at, as its name says it."""
        last = self.folder.rsplit("/", 1)[-1]
        return int(last) if last.isdecimal() else None

    @classmethod
    def read(cls, text: str) -> Origin | None:
        """Read it from a job's inputs."""
        training, _, folder = text.partition("/")
        return cls(training, folder) if training and folder else None


def digest_of(job: Job) -> str:
    """Return the digest of the dataset that a training learns from."""
    given = job.inputs.get("dataset")
    return str(given["blob"]) if is_reference(given) else ""


def options_of(job: Job) -> dict[str, Json]:
    """Return the options of the trainer that were chosen for a training."""
    return {name: value for name, value in job.inputs.items() if name not in OWN_INPUTS}


def text_of(job: Job, name: str) -> str:
    """Return an input of a training that is a text."""
    given = job.inputs.get(name)
    return given if isinstance(given, str) else ""


def trainer_of(job: Job) -> str:
    """Return the name of the trainer of a job."""
    return read_reference(job.model) or job.model
