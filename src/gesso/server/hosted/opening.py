"""A deployment as what stands between a request and its model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from gesso.errors import GessoError, InputError
from gesso.hosting.hosting import Hosting
from gesso.server.direct.opening import Opening
from gesso.server.errors import problem_of_invalid
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
        self.admission = (
            hosting.admit_owner(name, protocol=protocol)
            if caller is None
            else hosting.admit(name, secret=caller.token, origin=caller.origin, client=caller.client, protocol=protocol)
        )
        self._guest = None if caller is None else caller.name(self.admission.token)

    @property
    def name(self) -> str:
        """The deployment's name."""
        return f"m/{self.admission.deployment.name}"

    @property
    def guest(self) -> str | None:
        """Who asks, if it is not the owner."""
        return self._guest

    async def open(self, command: str | None, *, options: Mapping[str, Json], device: str) -> tuple[Runnable, Command]:
        """Return what answers, awake. What was said when it was deployed cannot be said again."""
        if options:
            raise InputError("no options: they are the deployment's own", "some", where="options")
        if device != "auto":
            raise InputError("no device: it is the deployment's own", device[:40], where="device")
        runnable = await self._hosting.awake(self.admission)
        own = self.admission.release.command
        if command is not None and command != own:
            raise InputError(f"the deployment's command, {own}", f'"{command[:80]}"', where="command")
        return runnable, runnable.spec.command(own)

    def begin_work(self) -> None:
        """Count the time from now on."""
        if not self._is_stream:  # whose frames are counted one by one
            self.admission.begin_work()

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
        """End, and count. What the server itself refuses is no fault of the model's."""
        error = end[1]
        if isinstance(error, HTTPException | RequestValidationError):
            if getattr(error, "status_code", 422) < 500:
                self.admission.refuse(_words(error))
            end = (None, None, None)
        elif error is None and self._is_stream:
            self.admission.outcome = "succeeded"
        await self.admission.__aexit__(*end)


def _words(error: HTTPException | RequestValidationError) -> str:
    if isinstance(error, RequestValidationError):
        return problem_of_invalid(
            [{**wrong, "loc": wrong["loc"][1:] or wrong["loc"]} for wrong in error.errors()]
        ).message
    return str(error.detail)
