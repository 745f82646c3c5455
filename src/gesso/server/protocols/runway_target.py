"""What Runway's local servers serve: a model by its name, or a deployment."""

from __future__ import annotations

from typing import Final, Protocol

from gesso.errors import NotFoundError
from gesso.hosting.hosting import Hosting
from gesso.server.direct.opening import ByName, Opening
from gesso.server.direct.room import Direct
from gesso.server.hosted.opening import HostedOpening
from gesso.spec.model import Command
from gesso.spec.runnable import Event, Preparable

PROTOCOL: Final = "runway-local"
"""What the log of a deployment says of requests that came this way."""
_OF_DEPLOYMENTS: Final = "m/"


class Target(Protocol):
    """Something that is run for whoever asks on this computer."""

    @property
    def name(self) -> str:
        """What it is called: a model's name, or `m/` and a deployment's."""
        ...

    def opening(self) -> Opening:
        """Let a request in. Raises what keeps it out."""
        ...

    async def command(self) -> Command:
        """Return the command that answers. Raises what keeps it from being known."""
        ...

    async def wake(self) -> None:
        """Get ready. Raises what keeps it from that."""
        ...


class ModelTarget(Target):
    """A model, with its usual options; one of its commands, or the first."""

    def __init__(self, direct: Direct, name: str, *, command: str | None = None) -> None:
        self._direct = direct
        self._name = name
        self.chosen = command

    @property
    def name(self) -> str:
        """The model's name."""
        return self._name

    def opening(self) -> Opening:
        """Let a request in; see `Target`."""
        return ByName(self._direct.models, self._name)

    async def command(self) -> Command:
        """Return the command; see `Target`."""
        runnable = await self._direct.models.get(self._name, options={}, device="auto")
        return runnable.spec.command(self.chosen)

    async def wake(self) -> None:
        """Get ready; see `Target`."""
        runnable = await self._direct.models.get(self._name, options={}, device="auto")
        if isinstance(runnable, Preparable):
            await runnable.prepare(_ignore)


class DeploymentTarget(Target):
    """A deployment, as its owner uses it: without a token."""

    def __init__(self, hosting: Hosting, name: str) -> None:
        self._hosting = hosting
        self._name = hosting.active(name).name

    @property
    def name(self) -> str:
        """The deployment's name."""
        return f"{_OF_DEPLOYMENTS}{self._name}"

    def opening(self) -> Opening:
        """Let a request in; see `Target`."""
        return HostedOpening(self._hosting, self._name, caller=None, protocol=PROTOCOL)

    async def command(self) -> Command:
        """Return the command; see `Target`."""
        return await self._hosting.command(self._name)

    async def wake(self) -> None:
        """Get ready; see `Target`."""
        await self._hosting.until_awake(self._hosting.active(self._name))


async def find_target(direct: Direct, reference: str) -> Target:
    """Return what a person means: a model (`pose`, `pose:draw`), or a deployment (`m/pose`, or a name no model has).

    Raises `NotFoundError`, and what keeps it from being opened.
    """
    hosting = direct.app.hosting
    if reference.startswith(_OF_DEPLOYMENTS):
        return DeploymentTarget(hosting, reference.removeprefix(_OF_DEPLOYMENTS))
    name, _, command = reference.partition(":")
    target = ModelTarget(direct, name, command=command or None)
    try:
        target.chosen = (await target.command()).name
    except NotFoundError:
        if any(deployment.name == reference for deployment in hosting.all()):
            return DeploymentTarget(hosting, reference)
        raise
    return target


def _ignore(event: Event) -> None:
    """Hear that a model gets ready."""
