"""What goes both ways over a live stream, as JSON texts between the frames."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from gesso.server.schemas.job import ProgressMessage, Values
from gesso.server.schemas.problem import Problem
from gesso.spec.runnable import MAX_SEED

LiveFormat: TypeAlias = Literal["jpeg", "png", "webp", "raw"]
"""How pictures come back; raw is their pixels, row by row."""
_EXAMPLE: Final[dict[str, Any]] = {"inputs": {"colours": 4}, "format": "jpeg", "quality": 80}
_LONGEST_SIDE: Final = 16_384


class LiveOpening(BaseModel):
    """The first message of a client: what each frame is for, and what stays the same.

    `width` and `height` say that frames come as plain pixels: RGB, 8 bits each, row by row from the top.
    """

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [_EXAMPLE]})

    frame: str | None = Field(default=None, max_length=200, description="The input that frames are; the only picture.")
    inputs: Values = Field(default_factory=dict, description="All other inputs, as those of a job.")
    command: str | None = Field(default=None, max_length=200)
    options: Values = Field(default_factory=dict)
    device: str = Field(default="auto", max_length=40)
    seed: int | None = Field(default=None, ge=0, le=MAX_SEED, description="Of every frame; drawn if it is left out.")
    output: str | None = Field(default=None, max_length=200, description="The picture that comes back; the first.")
    format: LiveFormat | None = Field(default=None, description="jpeg, or png where it must not lose.")
    quality: int = Field(default=80, ge=1, le=100, description="Of jpeg and webp.")
    token: str | None = Field(default=None, max_length=200, description="Of a deployment, where no header can have it.")
    width: int | None = Field(default=None, ge=1, le=_LONGEST_SIDE)
    height: int | None = Field(default=None, ge=1, le=_LONGEST_SIDE)

    @model_validator(mode="after")
    def _both_sides(self) -> LiveOpening:
        if (self.width is None) != (self.height is None):
            raise ValueError("both width and height, or none")
        return self


class LiveChange(BaseModel):
    """A later message of a client: inputs that are different from now on. The others stay."""

    model_config = ConfigDict(extra="forbid", strict=True)

    inputs: Values


class ReadyMessage(BaseModel):
    """The model is ready: frames are worked on from now on."""

    type: Literal["ready"] = "ready"
    model: str
    command: str
    frame: str
    output: str | None
    format: LiveFormat | None
    seed: int


class LiveTimings(BaseModel):
    """Where the time of a frame went, in milliseconds, from its arrival until its result is sent."""

    queue: float
    decode: float
    transport: float
    model: float
    encode: float
    total: float


class LivePicture(BaseModel):
    """The picture that comes as a binary message right after this text."""

    output: str
    format: LiveFormat
    width: int
    height: int
    channels: int


class LiveResultMessage(BaseModel):
    """What a frame has become. `frame` counts those that came, from 1; `dropped` those that a newer one replaced."""

    type: Literal["result"] = "result"
    frame: int
    dropped: int
    outputs: dict[str, Any]
    picture: LivePicture | None
    timings_ms: LiveTimings


class LiveErrorMessage(Problem):
    """A frame that failed, or (without a number) a message that could not be followed. The stream goes on."""

    type: Literal["error"] = "error"
    frame: int | None = None


LiveMessage: TypeAlias = Annotated[
    ProgressMessage | ReadyMessage | LiveResultMessage | LiveErrorMessage, Field(discriminator="type")
]
"""What the server says in texts."""
