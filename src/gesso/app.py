"""The composition root: the only place that knows all rooms and introduces them to each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from gesso.registry.registry import Registry
from gesso.registry.source import ModelSource
from gesso.registry.trust import Trust
from gesso.runtime.host.attempt import Report
from gesso.runtime.host.environment import Environments
from gesso.runtime.host.model import WorkerModel
from gesso.runtime.host.runtime import Runtime
from gesso.settings import Settings
from gesso.spec.model import ModelSpec


class App:
    """A running Gesso: where models come from, and where they run. An asynchronous context manager.

    `report` hears what happens outside of runs: environments being made, models being described.
    """

    def __init__(self, settings: Settings, *, report: Report) -> None:
        self.settings = settings
        self._report = report
        self.trust = Trust(settings.home)
        environments = Environments(
            settings.home / "environments", installer=settings.installer, constraints=settings.constraints
        )
        self.runtime = Runtime(environments, threads=settings.threads, cancel_grace_s=settings.cancel_grace_s)
        self.registry = Registry(settings.home, describe=self._describe)

    async def open(
        self, reference: str, *, options: Mapping[str, Any] | None = None, device: str = "auto"
    ) -> WorkerModel:
        """Return the model that a reference names, ready to be run. Raises `TrustError` if it is not trusted yet."""
        source = self.registry.find(reference)
        spec = await self.registry.spec(source)
        return self.runtime.open(spec, source.manifest, options=options, device=device)

    async def _describe(self, source: ModelSource) -> ModelSpec:
        return await self.runtime.describe(source.manifest, self._report)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.runtime.close()
