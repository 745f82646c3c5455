"""What is sent and answered about jobs. A job itself is `gesso.jobs.job.Job`, read by pydantic as it is."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from gesso.jobs.job import Job, LatestPreview, LogLine, Priority
from gesso.server.plain_json import check_plain
from gesso.server.schemas.strict import Strict
from gesso.spec.runnable import MAX_SEED

Values: TypeAlias = Annotated[dict[str, Any], AfterValidator(check_plain)]
"""JSON values by name."""

_EXAMPLE: Final[dict[str, Any]] = {
    "model": "pose",
    "inputs": {"image": {"blob": "<SHA-256>", "name": "skier.jpg"}},
    "seed": 7,
}


class JobRequest(Strict):
    """What somebody wants to have run.

    `inputs` by name, each in the wire form of its type (JSON, a data URI). Where the type is not `json`, also
    `{"blob": "<SHA-256>", "name": "fox.png"}` for a file that Gesso keeps, and `{"url": "https://..."}` for one that it
    fetches; in lists also as items. What an upload answers, and what a job shows as its inputs, can be sent as it is.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    model: str = Field(min_length=1, max_length=200, description="The name of a model.")
    command: str | None = Field(default=None, max_length=200, description="One of the model's commands, or the first.")
    inputs: Values = Field(default_factory=dict)
    options: Values = Field(default_factory=dict, description="Those of the model's setup.")
    device: str = Field(default="auto", max_length=40)
    seed: int | None = Field(default=None, ge=0, le=MAX_SEED, description="Drawn if it is left out.")
    priority: Priority = "interactive"
    deadline_s: float | None = Field(default=None, gt=0, le=10_000_000, description="From acceptance to the end.")
    idempotency_key: str | None = Field(
        default=None, min_length=1, max_length=200, description="The same key twice makes one job."
    )


class JobPage(BaseModel):
    """Jobs, the newest first. `next_before` is the `before` of the next page, null if this is the last."""

    jobs: list[Job]
    next_before: str | None


class JobMessage(BaseModel):
    """The whole job: first as it stands, then whenever its status or place changes. One that has ended is the last."""

    type: Literal["job"] = "job"
    job: Job


class ProgressMessage(BaseModel):
    """How far it is: `fraction` 0..1, and what it does now in a few words."""

    type: Literal["progress"] = "progress"
    fraction: float
    text: str


class LogMessage(BaseModel):
    """A line that the model logged or printed."""

    type: Literal["log"] = "log"
    line: LogLine


class PreviewMessage(BaseModel):
    """A newer preview of an output."""

    type: Literal["preview"] = "preview"
    preview: LatestPreview


class PartMessage(BaseModel):
    """More of a streaming output: the next piece of a text, or the next item of a list."""

    type: Literal["part"] = "part"
    output: str
    value: Any


Message: TypeAlias = Annotated[
    JobMessage | ProgressMessage | LogMessage | PreviewMessage | PartMessage, Field(discriminator="type")
]
"""What a job tells, the same over SSE and WebSocket."""
