"""What Runway's clients send and are answered. Its own names, which are JavaScript's, stand in JSON alone."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel
from pydantic.alias_generators import to_camel

from gesso.server.schemas.problem import Problem


class _Camel(BaseModel):
    """Names as JavaScript writes them."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class RunwayProblem(Problem):
    """Why something was refused or has failed. `error` is what Runway's clients read, the rest what Gesso's do."""

    error: str


class RunwayInputs(RootModel[dict[str, Any]]):
    """Inputs by name, pictures as data URIs or base64."""


class RunwayOutputs(RootModel[dict[str, Any]]):
    """Outputs by name, pictures as data URIs."""


class RunwayField(BaseModel):
    """A data type as Runway writes it; the further words depend on the type."""

    model_config = ConfigDict(extra="allow")

    name: str
    type: str
    description: str | None = None


class RunwayCommand(BaseModel):
    """What a model does, with what it takes and gives."""

    name: str
    description: str | None
    inputs: list[RunwayField]
    outputs: list[RunwayField]


class RunwayStatus(_Camel):
    """How a hosted model stands, and where it is asked."""

    status: Literal["starting", "running"]
    query_route: str = "/v1/query"
    data_route: str | None = None
    error_route: str | None = None


class RunwaySuccess(BaseModel):
    """It is so."""

    success: bool = True


class RunwayModel(_Camel):
    """A model as Runway's plug-ins list it. One that nothing is known of yet has no commands."""

    name: str
    description: str
    default_version_id: int
    options: list[RunwayField]
    commands: list[RunwayCommand]


class RunwayProvider(_Camel):
    """Where a plug-in wants a model to run. Here, all of them run on this computer."""

    model_config = ConfigDict(extra="allow")

    run_location: str | None = Field(default=None, max_length=100)
    run_type: str | None = Field(default=None, max_length=100)
    gpu_index: int | None = -1


class RunwaySessionOrder(_Camel):
    """A model that a plug-in wants to use, by the number that stands in the list of models."""

    model_config = ConfigDict(extra="ignore")

    model_version_id: int = Field(ge=0, lt=2**31)
    model_options: dict[str, Any] | None = None
    application: str | None = Field(default=None, max_length=100)
    provider_options: RunwayProvider = RunwayProvider()


class RunwayStop(BaseModel):
    """Whose models are to stop; all, if nobody is named."""

    application: str | None = Field(default=None, max_length=100)


class RunwaySession(_Camel):
    """A model in use by a plug-in. `url` is where its commands are."""

    id: str
    created_at: str
    started_running_at: str | None
    ended_at: str | None
    running_status: Literal["STARTING", "RUNNING", "FAILED", "STOPPED"]
    url: str
    persistent: bool = False
    application: str | None
    model_version_id: int
    provider_options: RunwayProvider
    model: RunwayModel
    error: str | None = None


class RunwaySessionList(_Camel):
    """The models in use, the newest first."""

    model_sessions: list[RunwaySession]


class RunwaySessionShown(_Camel):
    """One model in use."""

    model_session: RunwaySession


class RunwaySessionMade(RunwaySessionShown):
    """A model in use from now on. One of the plug-ins reads its `id` here, others inside."""

    id: str


class RunwayMeta(_Camel):
    """A model as one that was written with Runway's SDK describes itself."""

    model_sdk_version: str = Field(default="0.6.1", alias="modelSDKVersion")
    millis_running: int | None
    millis_since_last_command: int | None
    gpu: bool = Field(default=False, alias="GPU")
    options: list[RunwayField]
    commands: list[RunwayCommand]


class RunwayHealth(BaseModel):
    """Whether a model is ready."""

    status: Literal["STARTING", "RUNNING"]
