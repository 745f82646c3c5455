"""What Cog and Replicate send and answer about predictions, as their documentation has it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from gesso.hosting.prediction import OCCASIONS, Occasion, Webhook
from gesso.server.schemas.job import Values

_URL = Field(default=None, max_length=2000)


class PredictionRequest(BaseModel):
    """What somebody wants. Files come as addresses or data URLs. What is not named here is nobody's business."""

    model_config = ConfigDict(extra="allow", strict=True)

    version: str | None = Field(default=None, max_length=300, description="One of a deployment's versions.")
    id: str | None = Field(default=None, max_length=128, description="The sender's own id.")
    input: Values = Field(default_factory=dict)
    webhook: str | None = _URL
    webhook_completed: str | None = _URL
    webhook_events_filter: list[Occasion] | None = Field(default=None, max_length=16)
    stream: bool | None = None
    output_file_prefix: str | None = _URL

    def hook(self) -> Webhook | None:
        """Return whom to tell."""
        if self.webhook:
            occasions = OCCASIONS if self.webhook_events_filter is None else tuple(self.webhook_events_filter)
            return Webhook(url=self.webhook, occasions=occasions)
        return Webhook(url=self.webhook_completed, occasions=("completed",)) if self.webhook_completed else None


class PredictionShown(BaseModel):
    """A prediction. `input` and `output` have files as addresses or data URLs."""

    model_config = ConfigDict(protected_namespaces=())

    id: str
    model: str = ""
    version: str = ""
    input: dict[str, Any]
    output: Any
    logs: str
    error: str | None
    status: Literal["starting", "processing", "succeeded", "failed", "canceled"]
    metrics: dict[str, float]
    created_at: str
    started_at: str | None
    completed_at: str | None
    data_removed: bool = False
    source: Literal["api"] = "api"
    urls: dict[str, str]


class PredictionPage(BaseModel):
    """Predictions of a token, the newest first."""

    previous: str | None = None
    next: str | None = None
    results: list[PredictionShown]


class AccountShown(BaseModel):
    """Whose models these are."""

    type: Literal["user", "organization"] = "user"
    username: str = "gesso"
    name: str = "Gesso"
    github_url: str | None = None


class HardwareShown(BaseModel):
    """Where models run."""

    sku: str = "local"
    name: str = "The computer that Gesso runs on"


class VersionShown(BaseModel):
    """A version of a deployment, with what it takes and gives."""

    id: str
    created_at: str
    cog_version: str
    openapi_schema: dict[str, Any]


class VersionPage(BaseModel):
    """The versions of a deployment, the newest first."""

    previous: str | None = None
    next: str | None = None
    results: list[VersionShown]


class ModelCard(BaseModel):
    """A deployment as one of Replicate's models."""

    url: str
    owner: str
    name: str
    description: str | None
    visibility: Literal["public", "private"]
    github_url: str | None = None
    paper_url: str | None = None
    license_url: str | None = None
    run_count: int
    cover_image_url: str | None = None
    default_example: None = None
    latest_version: VersionShown


class ModelPage(BaseModel):
    """The deployments that a caller may use."""

    previous: str | None = None
    next: str | None = None
    results: list[ModelCard]


class ConfigurationShown(BaseModel):
    """How many of it there are."""

    hardware: str = "local"
    min_instances: int = 0
    max_instances: int = 1


class DeployedRelease(BaseModel):
    """The version that answers."""

    number: int
    model: str
    version: str
    created_at: str
    created_by: AccountShown
    configuration: ConfigurationShown


class DeployedShown(BaseModel):
    """A deployment as one of Replicate's."""

    owner: str
    name: str
    current_release: DeployedRelease


class DeployedPage(BaseModel):
    """The deployments that a caller may use."""

    previous: str | None = None
    next: str | None = None
    results: list[DeployedShown]


class GuestFileShown(BaseModel):
    """A file that somebody has sent."""

    id: str
    name: str
    content_type: str
    size: int
    etag: str
    checksums: dict[str, str]
    metadata: dict[str, Any]
    created_at: str
    expires_at: str | None
    urls: dict[str, str]


class GuestFilePage(BaseModel):
    """The files of a token."""

    previous: str | None = None
    next: str | None = None
    results: list[GuestFileShown]


class SigningSecret(BaseModel):
    """What webhooks are checked with."""

    key: str


class ReplicateProblem(BaseModel):
    """What is wrong, after RFC 7807."""

    title: str
    detail: str
    status: int
    invalid_fields: list[dict[str, str]] | None = None


class CogProblem(BaseModel):
    """What is wrong."""

    detail: Any


class HealthShown(BaseModel):
    """How a deployment stands."""

    status: Literal["STARTING", "READY", "BUSY", "SETUP_FAILED", "DEFUNCT", "UNHEALTHY"]
    setup: dict[str, str] | None
    version: dict[str, str]
