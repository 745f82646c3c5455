"""A prediction that somebody fetches later: what a guest has asked for, as a job with who may see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Final, Literal, TypeAlias, get_args

import msgspec

from gesso.errors import DamagedError
from gesso.jobs.forms import is_media, is_media_list
from gesso.jobs.job import Job
from gesso.spec.model import Command
from gesso.storage.prediction_rows import PredictionRow
from gesso.types.base import DataType, Json

Occasion: TypeAlias = Literal["start", "output", "logs", "completed"]
"""What somebody may want to be told of. `output` and `logs`: at most every half second."""
OCCASIONS: Final[tuple[Occasion, ...]] = get_args(Occasion)
"""All of them."""
_REFERENCE: Final = "deployment:"


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """Whom to tell, and of what."""

    url: str
    occasions: tuple[Occasion, ...] = OCCASIONS


@dataclass(frozen=True, kw_only=True)
class PredictionOrder:
    """What a guest wants. `inputs` are as `JobOrder` has them; `name` is the guest's own id for it.

    `base` is the address by which the guest has come, `protocol` how the prediction is shown to them.
    """

    inputs: Mapping[str, object] = field(default_factory=dict)
    name: str | None = None
    protocol: str = "replicate"
    base: str = ""
    webhook: Webhook | None = None
    deadline_s: float | None = None


OutputForm: TypeAlias = Literal["plain", "file", "files"]
"""What an output is for a client: a value, a file, or several."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """What is kept of a prediction besides its job.

    `outputs` are what it makes, by name. `pieces` are the lengths of the pieces that a streaming text came in.
    `error` says why it was ended, where its job does not. Nothing is left to do once it `is_settled` and `is_told`.
    """

    id: str
    deployment: str
    release: int
    token_id: str | None = None
    name: str | None = None
    protocol: str = "replicate"
    base: str = ""
    outputs: dict[str, OutputForm] = field(default_factory=dict)
    is_streaming: bool = False
    webhook: Webhook | None = None
    has_deadline: bool = False
    pieces: tuple[int, ...] = ()
    error: str = ""
    is_settled: bool = False
    is_told: bool = True

    @classmethod
    def from_row(cls, row: PredictionRow) -> Record:
        """Return it from its row."""
        try:
            return msgspec.json.decode(row.document, type=cls)
        except msgspec.MsgspecError as error:
            raise DamagedError(f"A prediction in the database is broken: {error}.") from error

    def to_row(self) -> PredictionRow:
        """Return its row."""
        return PredictionRow(
            id=self.id,
            deployment=self.deployment,
            token_id=self.token_id,
            name=self.name,
            is_open=not (self.is_settled and self.is_told),
            document=msgspec.json.encode(self).decode(),
        )


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """A prediction as it stands. `parts`: what a streaming output has so far, in wire form; None if it is over."""

    record: Record
    job: Job
    parts: tuple[Json, ...] | None = None

    @property
    def id(self) -> str:
        """Its id, which is that of its job."""
        return self.record.id

    @property
    def has_ended(self) -> bool:
        """Whether it is over."""
        return self.job.has_ended

    @property
    def is_late(self) -> bool:
        """Whether it was ended because the time that its guest gave it was over."""
        return self.record.has_deadline and self.job.error is not None and self.job.error.code == "deadline"

    def pieces_of(self, text: str) -> list[str]:
        """Return a streaming text in the pieces that it came in."""
        if sum(self.record.pieces) != len(text):
            return [text] if text else []
        ends = accumulate(self.record.pieces)
        return [text[end - length : end] for end, length in zip(ends, self.record.pieces, strict=True)]


def reference(deployment: str, release: int) -> str:
    """Return what stands for a version of a deployment where a model is named: "deployment:poet@3"."""
    return f"{_REFERENCE}{deployment}@{release}"


def read_reference(text: str) -> tuple[str, int] | None:
    """Return the deployment and the version that a name of a model stands for; None if it stands for a model."""
    name, _, number = text.removeprefix(_REFERENCE).partition("@")
    is_one = text.startswith(_REFERENCE) and number.isascii() and number.isdigit() and len(number) < 10
    return (name, int(number)) if is_one else None


def forms_of(command: Command) -> dict[str, OutputForm]:
    """Return what the outputs of a command are for a client."""
    return {port.name: _form(port.data_type) for port in command.outputs}


def _form(data_type: DataType[Any]) -> OutputForm:
    if is_media_list(data_type) or data_type.name == "directory":
        return "files"
    return "file" if is_media(data_type) else "plain"


def lengths_of(parts: list[Any]) -> tuple[int, ...]:
    """Return the lengths of the pieces of a text; none for what is no text."""
    return tuple(len(part) for part in parts) if all(isinstance(part, str) for part in parts) else ()
