"""What is sent and answered about direct runs."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from gesso.server.schemas.job import PartMessage, ProgressMessage, Values
from gesso.server.schemas.problem import Problem
from gesso.spec.runnable import MAX_SEED

_EXAMPLE: Final[dict[str, Any]] = {"inputs": {"image": "data:image/jpeg;base64,..."}, "seed": 7}


class DirectRequest(BaseModel):
    """What somebody wants to have run while they wait. `inputs` are as those of a job."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [_EXAMPLE]})

    inputs: Values = Field(default_factory=dict)
    command: str | None = Field(default=None, max_length=200, description="One of the model's commands, or the first.")
    options: Values = Field(default_factory=dict, description="Those of the model's setup.")
    device: str = Field(default="auto", max_length=40)
    seed: int | None = Field(default=None, ge=0, le=MAX_SEED, description="Drawn if it is left out.")


class DirectMetrics(BaseModel):
    """Where the time went, in seconds.

    `queue_s` waiting for a turn, `decode_s` reading the inputs, `setup_s` getting the worker ready (0 if it was warm),
    `run_s` in the model's own code, `transport_s` between the two processes, `encode_s` writing the outputs, `total_s`
    from the head of the request to its answer, so that it has the arrival of the body in it.
    """

    queue_s: float
    decode_s: float
    setup_s: float
    run_s: float
    transport_s: float
    encode_s: float
    total_s: float


class DirectResult(BaseModel):
    """The outputs by name, each in the wire form of its type (JSON, a data URI), and the seed that was used."""

    outputs: dict[str, Any]
    seed: int
    metrics: DirectMetrics


class RunLogMessage(BaseModel):
    """A line that the model logged or printed."""

    type: Literal["log"] = "log"
    text: str
    level: str


class RunPreviewMessage(BaseModel):
    """An unfinished output in the wire form of its type; `output` is "" if the model named none."""

    type: Literal["preview"] = "preview"
    output: str
    data_type: str
    value: Any


class ResultMessage(DirectResult):
    """The end of a run that succeeded."""

    type: Literal["result"] = "result"


class ErrorMessage(Problem):
    """The end of a run that failed."""

    type: Literal["error"] = "error"


DirectMessage: TypeAlias = Annotated[
    ProgressMessage | RunLogMessage | RunPreviewMessage | PartMessage | ResultMessage | ErrorMessage,
    Field(discriminator="type"),
]
"""What a direct run tells as server-sent events. The result or an error is the last."""
