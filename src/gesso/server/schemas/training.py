"""What is sent and answered about datasets and trainings."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from gesso.server.schemas.job import Values
from gesso.server.schemas.strict import Strict
from gesso.spec.model import ModelSpec, Port
from gesso.spec.runnable import MAX_SEED
from gesso.training.course import Checkpoint, CurvePoint, SampleText
from gesso.training.dataset import Dataset, Sample
from gesso.training.training import Training, TrainingOrder
from gesso.training.trainings import Fork

_Word = Annotated[str, Field(min_length=1, max_length=300)]
_Name = Annotated[str, Field(max_length=100)]


class DatasetFile(Strict):
    """A file that Gesso keeps: what `POST /files`, or an upload, has answered. Its name says what kind it is."""

    model_config = ConfigDict(extra="ignore", strict=True)  # all of a BlobReference may be sent as it is

    blob: str = Field(pattern="^[0-9a-f]{64}$", description="Its SHA-256.")
    name: str = Field(min_length=1, max_length=1000, description='With its ending: "poems/snow.md".')


class NewDataset(Strict):
    """Files to make a dataset of: plain texts, Markdown, CSV, TSV or JSONL."""

    files: list[DatasetFile] = Field(min_length=1, max_length=10_000)
    name: _Name = Field(default="", description="What to call it; else it is called after its file.")
    column: _Name = Field(default="", description="Where a table has its texts; else the one that looks like it.")


class DatasetList(BaseModel):
    """Datasets, the newest first."""

    datasets: list[Dataset]


class DatasetPreview(BaseModel):
    """The beginnings of some documents. `next_after` is the `after` of the next page, null if this is the last."""

    samples: list[Sample]
    next_after: int | None


class TrainerShown(BaseModel):
    """A trainer: its spec, and which of its inputs are options that a person may choose.

    `own_base` is the base that comes with Gesso for it, "" without one; below `own_base_below_bytes` of text a training
    begins with that, if nobody says with what.
    """

    name: str
    title: str
    description: str
    options: list[Port]
    spec: ModelSpec
    own_base: str = ""
    own_base_below_bytes: int = 0


class TrainerList(BaseModel):
    """The trainers that there are."""

    trainers: list[TrainerShown]


class NewTraining(Strict):
    """What is to be trained."""

    dataset: _Word = Field(description="The name or digest of a dataset.")
    name: _Name = Field(default="", description="What the model is to be called; else it is called after the dataset.")
    trainer: _Name = "text"
    base: str = Field(
        default="",
        max_length=300,
        pattern=r"^([A-Za-z0-9][A-Za-z0-9_.@/-]*)?$",  # paths are for the terminal: a page has no business with them
        description='A trained model, a repository of the hub ("gpt2", "owner/name@revision"), "storyteller" or '
        '"nothing". If it is left out: what suits so much text.',
    )
    options: Values = Field(default_factory=dict, description="Options of the trainer.")
    seed: int | None = Field(default=None, ge=0, le=MAX_SEED, description="Drawn if it is left out.")

    def order(self) -> TrainingOrder:
        """Return it as the house has it."""
        return TrainingOrder(
            dataset=self.dataset,
            name=self.name,
            trainer=self.trainer,
            base=self.base,
            options=self.options,
            seed=self.seed,
        )


class NewFork(Strict):
    """What is to be another way than in the training that is forked."""

    step: int | None = Field(default=None, ge=0, le=2**53, description="Of which checkpoint; else of the best.")
    name: _Name = ""
    options: Values = Field(default_factory=dict)
    seed: int | None = Field(default=None, ge=0, le=MAX_SEED)

    def fork(self) -> Fork:
        """Return it as the house has it."""
        return Fork(step=self.step, name=self.name, options=dict(self.options), seed=self.seed)


class TrainingPage(BaseModel):
    """Trainings, the newest first. `next_before` is the `before` of the next page, null if this is the last."""

    trainings: list[Training]
    next_before: str | None


class Curve(BaseModel):
    """Points of a curve in their order: on what is learnt, and now and then on what is held out."""

    points: list[CurvePoint]


class SampleList(BaseModel):
    """What the model has said at several steps, with the same seeds each time."""

    samples: list[SampleText]


class CheckpointList(BaseModel):
    """The checkpoints of a training, in the order of their steps."""

    checkpoints: list[Checkpoint]


class Estimate(BaseModel):
    """How long a training would take here, and what to expect of it; more fields come from the trainer."""

    model_config = ConfigDict(extra="allow")

    steps: int = 0
    seconds: float = 0.0
    tokens_per_s: float = 0.0
    parameters: int = 0
    memory_mb: float = 0.0
    method: str = ""
    size: str = ""
    base: str = Field(default="", description='What it would begin with: "nothing", or the name of a base.')
    words: list[str] = Field(default_factory=list)

    @classmethod
    def of(cls, told: Any) -> Estimate:
        """Make it of what a trainer has said."""
        return cls.model_validate(told if isinstance(told, dict) else {})


class TextToCheck(Strict):
    """A text that a model has made."""

    text: str = Field(max_length=1_000_000)
