"""Which model a request is for, and whoever has let it in: a model by its name, or a deployment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, Self

from gesso.errors import GessoError
from gesso.server.direct.warm import WarmModels
from gesso.spec.model import Command
from gesso.spec.runnable import Event, Runnable
from gesso.types.base import Json


class Opening(Protocol):
    """What stands between a request and its model, for as long as the request lasts."""

    @property
    def name(self) -> str:
        """What runs are counted under, so that one model does not take all places."""
        ...

    @property
    def guest(self) -> str | None:
        """Who asks, told from others by their token or address; None is the owner, who alone has files here."""
        ...

    async def open(self, command: str | None, *, options: Mapping[str, Json], device: str) -> tuple[Runnable, Command]:
        """Return what runs, and the command that is meant. Raises what keeps it from running."""
        ...

    def begin_work(self) -> None:
        """Hear that the model has the request from now on."""
        ...

    def hear(self, event: Event) -> None:
        """Hear what a run says."""
        ...

    def fail(self, error: GessoError) -> None:
        """Hear of an error that is told to the client and not raised."""
        ...

    async def __aenter__(self) -> Self:
        """Begin."""
        ...

    async def __aexit__(self, *end: Any) -> None:
        """End; an error that it raises takes the place of what has ended the block."""
        ...


class ByName(Opening):
    """A model by its name, for whoever may use all of them."""

    def __init__(self, models: WarmModels, name: str) -> None:
        self._models = models
        self._name = name

    @property
    def name(self) -> str:
        """The model's name."""
        return self._name

    @property
    def guest(self) -> str | None:
        """Nobody is a guest here."""
        return None

    async def open(self, command: str | None, *, options: Mapping[str, Json], device: str) -> tuple[Runnable, Command]:
        """Return the model with these options; see `Opening`."""
        runnable = await self._models.get(self._name, options=options, device=device)
        return runnable, runnable.spec.command(command)

    def begin_work(self) -> None:
        """Hear that the model has the request, and do nothing about it."""

    def hear(self, event: Event) -> None:
        """Hear what a run says, and do nothing about it."""

    def fail(self, error: GessoError) -> None:
        """Hear of an error, and do nothing about it."""

    async def __aenter__(self) -> Self:
        """Begin."""
        return self

    async def __aexit__(self, *end: Any) -> None:
        """Leave nothing behind."""
