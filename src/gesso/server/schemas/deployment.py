"""What is sent and answered about deployments."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from gesso.hosting.deployment import Deployment, Release, State
from gesso.hosting.engine import Stage
from gesso.hosting.entries import Entry, Outcome
from gesso.hosting.figures import Minute
from gesso.hosting.hosting import Changes, ReleaseOrder, Status
from gesso.hosting.purse import Purse
from gesso.hosting.tokens import TokenOrder
from gesso.hosting.waking import StageStatus
from gesso.server.schemas.job import Values
from gesso.server.schemas.problem import Problem
from gesso.server.schemas.strict import Strict
from gesso.spec.model import ModelSpec, Port

_Word = Annotated[str, Field(min_length=1, max_length=200)]
_Page = Annotated[str, Field(max_length=300)]


class NewRelease(Strict):
    """A version to deploy: a model as it is now, one of its commands (the first), the options of its setup."""

    model: _Word
    command: _Word | None = None
    options: Values = Field(default_factory=dict)
    device: str = Field(default="auto", max_length=40)
    is_trusted: bool = Field(default=False, description="Whether you trust its code, where it comes from outside.")

    def order(self) -> ReleaseOrder:
        """Return it as the house has it."""
        return ReleaseOrder(
            model=self.model,
            command=self.command,
            options=self.options,
            device=self.device,
            is_trusted=self.is_trusted,
        )


class NewDeployment(NewRelease):
    """A model to be hosted. Without a name it gets the model's, or one like it."""

    name: _Word | None = None
    is_public: bool = Field(default=False, description="Whether anybody may use it without a token.")


class DeploymentChange(Strict):
    """What is to hold from now on; what is left out stays."""

    is_active: bool | None = None
    is_public: bool | None = None
    has_page: bool | None = None
    origins: list[_Page] | None = Field(default=None, max_length=100)
    requests_per_minute: int | None = Field(default=None, ge=0, le=1_000_000, description="0 is no limit.")

    def changes(self) -> Changes:
        """Return them as the house has them."""
        return Changes(
            is_active=self.is_active,
            is_public=self.is_public,
            has_page=self.has_page,
            origins=None if self.origins is None else tuple(self.origins),
            requests_per_minute=self.requests_per_minute,
        )


class Switch(Strict):
    """Which version is to answer."""

    release: int = Field(ge=1, le=10**9)


class StageShown(BaseModel):
    """A stage of waking. `usual_s` is how long it took the last time."""

    stage: Stage
    status: StageStatus
    text: str
    fraction: float
    took_s: float | None
    usual_s: float | None


class DeploymentStatus(BaseModel):
    """How a deployment stands. `estimate_s`: the seconds until it is awake, where one can know.

    `problem` says why it has failed. `ready` and `busy` are its workers, `waiting` the runs that wait for one.
    """

    state: State
    stages: list[StageShown]
    estimate_s: float | None
    problem: Problem | None
    ready: int
    busy: int
    waiting: int

    @classmethod
    def of(cls, status: Status) -> DeploymentStatus:
        """Describe how it stands."""
        return cls(
            state=status.state,
            stages=[
                StageShown(
                    stage=each.stage,
                    status=each.status,
                    text=each.text,
                    fraction=each.fraction,
                    took_s=each.took_s,
                    usual_s=each.usual_s,
                )
                for each in status.stages
            ],
            estimate_s=status.estimate_s,
            problem=Problem.of(status.error) if status.error else None,
            ready=status.ready,
            busy=status.busy,
            waiting=status.waiting,
        )


class ReleaseShown(BaseModel):
    """A version of a deployment. `digest` is that of the model's files."""

    number: int
    model: str
    digest: str
    command: str
    options: dict[str, Any]
    device: str
    created_at: str

    @classmethod
    def of(cls, release: Release) -> ReleaseShown:
        """Describe a version."""
        return cls(
            number=release.number,
            model=release.model,
            digest=release.digest,
            command=release.command,
            options=release.options,
            device=release.device,
            created_at=release.created_at,
        )


class DeploymentShown(BaseModel):
    """A deployment: its versions, the oldest first, of which `current` answers; what holds for it; how it stands."""

    name: str
    path: str = Field(description="Where it is, after the address of this Gesso.")
    url: str = Field(description="Where it is, as whoever asks now reaches it, or in public if that is set.")
    current: int
    releases: list[ReleaseShown]
    is_active: bool
    is_public: bool
    has_page: bool
    origins: list[str]
    requests_per_minute: int | None
    created_at: str
    shares_with: list[str] = Field(description="Others of the same model and options: they wake and sleep together.")
    status: DeploymentStatus

    @classmethod
    def of(cls, deployment: Deployment, status: Status, *, base: str, shares_with: list[str]) -> DeploymentShown:
        """Describe a deployment of the Gesso whose addresses begin with `base`."""
        return cls(
            name=deployment.name,
            path=f"/m/{deployment.name}",
            url=f"{base}/m/{deployment.name}",
            current=deployment.current,
            releases=[ReleaseShown.of(release) for release in deployment.releases],
            is_active=deployment.is_active,
            is_public=deployment.is_public,
            has_page=deployment.has_page,
            origins=list(deployment.origins),
            requests_per_minute=deployment.requests_per_minute,
            created_at=deployment.created_at,
            shares_with=shares_with,
            status=DeploymentStatus.of(status),
        )


class DeploymentList(BaseModel):
    """All deployments by name."""

    deployments: list[DeploymentShown]


class NewToken(Strict):
    """A token to make. A `browser` token needs `origins`, and has an end and a cap if none are said."""

    name: str = Field(min_length=1, max_length=100)
    kind: Literal["secret", "browser"] = "secret"
    days: float | None = Field(default=None, gt=0, le=3660, description="How long it is good.")
    origins: list[_Page] = Field(default_factory=list, max_length=100)
    requests_per_minute: int | None = Field(default=None, ge=1, le=1_000_000)
    max_requests: int | None = Field(default=None, ge=1, le=10**12)
    max_compute_s: float | None = Field(default=None, gt=0, le=10**9)

    def order(self) -> TokenOrder:
        """Return it as the house has it."""
        return TokenOrder(**{**self.model_dump(), "origins": tuple(self.origins)})


class TokenShown(BaseModel):
    """A token as it is kept: never itself. `hint`: its last characters. `requests`, `compute_s`: what it has spent."""

    id: str
    name: str
    kind: Literal["secret", "browser"]
    hint: str
    created_at: str
    expires_at: str | None
    is_expired: bool
    origins: list[str]
    requests_per_minute: int | None
    max_requests: int | None
    max_compute_s: float | None
    requests: int
    compute_s: float
    used_ms: int | None = Field(description="When it was last used, in milliseconds since 1970.")

    @classmethod
    def of(cls, purse: Purse) -> TokenShown:
        """Describe a token and what it has spent."""
        token = purse.token
        return cls(
            id=token.id,
            name=token.name,
            kind=token.kind,
            hint=token.hint,
            created_at=token.created_at,
            expires_at=token.expires_at,
            is_expired=token.is_expired(),
            origins=list(token.origins),
            requests_per_minute=token.requests_per_minute,
            max_requests=token.max_requests,
            max_compute_s=token.max_compute_s,
            requests=purse.requests,
            compute_s=purse.compute_ms / 1000,
            used_ms=purse.used_ms,
        )


class TokenList(BaseModel):
    """The tokens of a deployment, the oldest first."""

    tokens: list[TokenShown]


class TokenMade(TokenShown):
    """A token that was just made, with itself: it is shown this once."""

    token: str


class WebhookSecret(BaseModel):
    """What signs the webhooks of a deployment, as libraries that check them take it: it is shown this once."""

    secret: str


class FiguresShown(BaseModel):
    """What was asked of a deployment from `minute` (since 1970) on, for `minutes`.

    `errors` failed, `refused` were not let in. `median_ms`, `p99_ms`: how long requests took; None if there were none.
    """

    minute: int
    minutes: int
    requests: int
    errors: int
    refused: int
    compute_s: float
    median_ms: float | None
    p99_ms: float | None

    @classmethod
    def of(cls, minute: Minute, *, begin: int, minutes: int) -> FiguresShown:
        """Describe the figures of some minutes together."""
        return cls(
            minute=begin,
            minutes=minutes,
            requests=minute.requests,
            errors=minute.errors,
            refused=minute.refused,
            compute_s=minute.compute_ms / 1000,
            median_ms=minute.quantile_ms(0.5),
            p99_ms=minute.quantile_ms(0.99),
        )


class FiguresList(BaseModel):
    """The figures of a deployment over time, the oldest first, and of all of that time together."""

    total: FiguresShown
    steps: list[FiguresShown]


class HostedLine(BaseModel):
    """A line of a deployment's log: a request, a line of the model's own, or a step of waking. See `Entry`."""

    number: int
    kind: Literal["request", "line", "wake"]
    at: str
    text: str
    level: str
    protocol: str | None
    token: str | None
    outcome: Outcome | None
    took_ms: float | None
    run_ms: float | None
    release: int | None

    @classmethod
    def of(cls, number: int, entry: Entry) -> HostedLine:
        """Describe a line."""
        return cls(
            number=number,
            kind=entry.kind,
            at=entry.at,
            text=entry.text,
            level=entry.level,
            protocol=entry.protocol,
            token=entry.token,
            outcome=entry.outcome,
            took_ms=entry.took_ms,
            run_ms=entry.run_ms,
            release=entry.release,
        )


class HostedLog(BaseModel):
    """Lines of a log, the newest first."""

    lines: list[HostedLine]


class HostedSpec(BaseModel):
    """What a deployment takes and gives: its one command's ports, as in the model's spec.

    `is_public`: it asks for no token.
    """

    name: str
    title: str
    description: str
    command: str
    inputs: list[Port]
    outputs: list[Port]
    is_streaming: bool
    is_public: bool

    @classmethod
    def of(cls, deployment: Deployment, spec: ModelSpec) -> HostedSpec:
        """Describe what it takes and gives."""
        command = spec.command(deployment.release.command)
        return cls(
            name=deployment.name,
            title=spec.title,
            description=command.description or spec.description,
            command=command.name,
            inputs=list(command.inputs),
            outputs=list(command.outputs),
            is_streaming=command.is_streaming,
            is_public=deployment.is_public,
        )
