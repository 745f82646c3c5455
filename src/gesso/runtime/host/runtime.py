"""`Runtime`: describes models and runs them, and ends every worker when it is closed."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Self

from gesso.messages.to_worker import Describe
from gesso.registry.manifest import Manifest
from gesso.registry.weights import WeightsFolder
from gesso.runtime.host import memory_use
from gesso.runtime.host.attempt import Report
from gesso.runtime.host.budget import Budget
from gesso.runtime.host.environment import Environment, Environments
from gesso.runtime.host.example_files import FILE, PACKAGE, find_own_file, find_package_file
from gesso.runtime.host.model import WorkerModel, WorkerSettings
from gesso.runtime.host.needs import prepare_needs
from gesso.runtime.host.pool import PoolFigures
from gesso.runtime.host.scratch import make_scratch
from gesso.runtime.host.size import PoolSize
from gesso.runtime.host.worker import WorkerProcess
from gesso.spec.model import ModelSpec
from gesso.spec.runnable import Log
from gesso.types.base import Json

_SHARE_OF_MEMORY: Final = 0.75


class Runtime:
    """Worker processes and the models in them; an asynchronous context manager.

    `pools` says by the model's name how many workers it may have, where that is not one. `memory_bytes` is what all of
    them may take together; None is three quarters of what this computer has. `cache` is the folder where models keep
    what they can make again; without one, it goes with this process.
    """

    def __init__(
        self,
        environments: Environments,
        weights: WeightsFolder,
        *,
        threads: int,
        cancel_grace_s: float = 0.5,
        idle_unload_s: float = 600,
        memory_bytes: int | None = None,
        pools: Mapping[str, PoolSize] | None = None,
        cache: Path | None = None,
    ) -> None:
        self._environments = environments
        self._weights = weights
        self._settings = WorkerSettings(
            scratch=make_scratch(),
            threads=threads,
            cancel_grace_s=cancel_grace_s,
            idle_unload_s=idle_unload_s,
            cache=cache,
        )
        self._pools = dict(pools or {})
        self._budget = Budget(memory_bytes or int(memory_use.total() * _SHARE_OF_MEMORY))
        self._models: list[WorkerModel] = []

    async def describe(self, manifest: Manifest, report: Report) -> ModelSpec:
        """Read a model's spec in a worker: its class is imported there, in its own environment.

        Of a model for another platform, `report` hears what of its declaration Gesso passes over.
        """
        for note in manifest.notes:
            report(Log(note, "warning"))
        environment = await self.prepare(manifest, report)
        worker = await WorkerProcess.start(
            environment.python, self._settings.scratch, threads=self._settings.threads, cwd=manifest.folder
        )
        try:
            described = await worker.describe(Describe(str(manifest.entry), manifest.class_name, manifest.kind))
        finally:
            await worker.kill()
        return ModelSpec(
            name=manifest.name,
            title=manifest.title,
            description=manifest.description or described.description,
            commands=described.commands,
            options=described.options,
            requirements=manifest.requirements,
            weights=manifest.weights,
            card=manifest.card,
        )

    async def prepare(self, manifest: Manifest, report: Report) -> Environment:
        """Return a model's environment, and make it if there is none yet."""
        return await prepare_needs(manifest, self._environments, report=report)

    async def is_prepared(self, manifest: Manifest) -> bool:
        """Say whether a model's environment is there already."""
        return await self._environments.has(manifest.requirements)

    async def package_file(self, manifest: Manifest, name: str, *, report: Report) -> Path:
        """Return a file that a package in the model's environment has brought, by its path among the packages."""
        environment = await self.prepare(manifest, report)
        return await find_package_file(environment.python, name)

    async def example_file(self, manifest: Manifest, value: Json, *, report: Report) -> Path | None:
        """Return the file that a value of an example names (see `Card.examples`), or None if it is a value itself."""
        if not isinstance(value, str):
            return None
        if value.startswith(FILE):
            return find_own_file(manifest.folder, value.removeprefix(FILE))
        if value.startswith(PACKAGE):
            return await self.package_file(manifest, value.removeprefix(PACKAGE), report=report)
        return None

    def open(
        self, spec: ModelSpec, manifest: Manifest, *, options: Mapping[str, Any] | None = None, device: str = "auto"
    ) -> WorkerModel:
        """Return a model that can be run; its worker starts with the first run."""
        model = WorkerModel(
            spec=spec,
            manifest=manifest,
            environments=self._environments,
            weights=self._weights,
            settings=self._settings,
            budget=self._budget,
            size=self._pools.get(spec.name, PoolSize()),
            options=dict(options or {}),
            device=device,
        )
        self._models.append(model)
        return model

    async def figures(self) -> list[PoolFigures]:
        """Return how the workers of each model stand, for the models that were run. Looks at their memory now."""
        await self._budget.look()
        return [model.figures() for model in self._models]

    async def close(self) -> None:
        """End every worker and remove the files that runs made and nobody took."""
        await self._budget.close()
        await asyncio.gather(*(model.close() for model in self._models))
        shutil.rmtree(self._settings.scratch, ignore_errors=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
