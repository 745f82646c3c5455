"""A deployment as what stands between a request and its model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from gesso.errors import GessoError, InputError
from gesso.hosting.hosting import Hosting
from gesso.server.direct.opening import Opening
from gesso.server.hosted.caller import Caller
from gesso.spec.model import Command
from gesso.spec.runnable import Event, Log, Result, Runnable
from gesso.types.base import Json


class HostedOpening(Opening):
    """A request to a deployment: let in at the beginning, counted at the end. Raises what `Hosting.admit` raises.

    `caller` is None if the owner asks, on this computer. `is_stream`: it has many results, and has succeeded when its
    client leaves.
    """

    def __init__(
        self, hosting: Hosting, name: str, *, caller: Caller | None, protocol: str, is_stream: bool = False
    ) -> None:
        self._hosting = hosting
        self._is_stream = is_stream
        self._is_guest = caller is not None
        self.admission = (
            hosting.admit_owner(name, protocol=protocol)
            if caller is None
            else hosting.admit(name, secret=caller.token, origin=caller.origin, client=caller.client, protocol=protocol)
        )

    @property
    def name(self) -> str:
        """The deployment's name."""
        return f"m/{self.admission.deployment.name}"

    @property
    def is_guest(self) -> bool:
        """Whether it is not the owner who asks."""
        return self._is_guest

    async def open(self, command: str | None, *, options: Mapping[str, Json], device: str) -> tuple[Runnable, Command]:
        """Return what answers, awake. What was said when it was deployed cannot be said again."""
        if options:
            raise InputError("no options: they are the deployment's own", "some", where="options")
        if device != "auto":
            raise InputError("no device: it is the deployment's own", device[:40], where="device")
        runnable = await self._hosting.awake(self.admission)
        if not self._is_stream:  # whose frames are counted one by one
            self.admission.begin_work()
        own = self.admission.release.command
        if command is not None and command != own:
            raise InputError(f"the deployment's command, {own}", f'"{command[:80]}"', where="command")
        return runnable, runnable.spec.command(own)

    def hear(self, event: Event) -> None:
        """Count what the model takes, and keep what it logs."""
        match event:
            case Result() if self._is_stream:
                self.admission.spend(event.run_s)
            case Result():
                self.admission.finish(event)
            case Log():
                self._hosting.hear(self.admission, event)

    def fail(self, error: GessoError) -> None:
        """Count it as failed."""
        self.admission.fail(error)

    async def __aenter__(self) -> Self:
        """Begin."""
        await self.admission.__aenter__()
        return self

    async def __aexit__(self, *end: Any) -> None:
        """End, and count."""
        await self.admission.__aexit__(*end)
