"""`Engine`: where deployments run. Embedded in this process today; a cluster has the same few doors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, Protocol, TypeAlias

from gesso.hosting.deployment import Release
from gesso.spec.model import ModelSpec
from gesso.spec.runnable import Runnable
from gesso.types.base import Json

Stage: TypeAlias = Literal["environment", "weights", "setup"]
"""What a deployment goes through when it wakes, in this order."""
STAGES: Final[tuple[Stage, ...]] = ("environment", "weights", "setup")
"""All of them."""


@dataclass(frozen=True)
class News:
    """How it goes on with waking: the stage, what is done now in a few words, and how far that is, 0..1."""

    stage: Stage
    text: str = ""
    fraction: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Pinned:
    """A version of a model that is kept: its name, the digest of its files, the file that has them, its spec."""

    model: str
    digest: str
    archive: str
    spec: ModelSpec


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How the workers of a release stand: how many are ready, how many of them run something, how many runs wait."""

    ready: int = 0
    busy: int = 0
    waiting: int = 0


class Engine(Protocol):
    """Keeps versions of models and runs them. Nothing here knows of tokens, names or addresses."""

    async def pin(self, reference: str, *, is_trusted: bool = False) -> Pinned:
        """Keep the model that a reference means as it is now. `is_trusted`: whoever asks trusts its code.

        Raises what the registry raises: `NotFoundError`, `InputError`, `DeclarationError`, `TrustError`.
        """
        ...

    async def runnable(self, release: Release) -> Runnable:
        """Return what runs a release, always the same one; nothing is started. Raises `TrustError`, `NotFoundError`."""
        ...

    async def wake(self, release: Release, report: Callable[[News], None]) -> None:
        """Get a release ready to run. Raises what keeps it from that. Canceling the task stops it."""
        ...

    def standing(self, release: Release) -> Standing:
        """Say how its workers stand. Always quick."""
        ...

    async def sleep(self, release: Release) -> None:
        """End what a release keeps ready. Raises `ConflictError` while something runs in it."""
        ...

    def check(self, spec: ModelSpec, *, options: Mapping[str, Json]) -> None:
        """Check options against a model. Raises `InputError`."""
        ...
