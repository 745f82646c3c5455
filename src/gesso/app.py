"""The composition root: the only place that knows all rooms and introduces them to each other."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from gesso.errors import GessoError
from gesso.net.door import Door
from gesso.net.ledger import Ledger
from gesso.registry.git.models import GitModels
from gesso.registry.registry import Registry
from gesso.registry.source import ModelSource
from gesso.registry.trust import Trust
from gesso.registry.weights import WeightsFolder
from gesso.remote.address import hosted_path, is_hosted, line_to
from gesso.remote.hosted import HostedModel
from gesso.remote.runway import RunwayServer, RunwayServerModel, read_spec
from gesso.runtime.host import guarded
from gesso.runtime.host.attempt import Report
from gesso.runtime.host.environment import Environments
from gesso.runtime.host.model import WorkerModel
from gesso.runtime.host.runtime import Runtime
from gesso.runtime.host.size import PoolSize
from gesso.settings import Settings, variable
from gesso.spec.model import ModelSpec
from gesso.spec.runnable import Log, Runnable
from gesso.types.base import Json

if TYPE_CHECKING:  # SQLAlchemy takes 0.2 s to import, and a run without a server needs none of it
    from gesso.bots.bots import Bots
    from gesso.hosting.hosting import Hosting
    from gesso.hosting.predictions import Predictions
    from gesso.jobs.jobs import Jobs
    from gesso.jobs.resolving import Resolved
    from gesso.storage.blobs import Blobs
    from gesso.storage.home import Home
    from gesso.training.bases import Bases
    from gesso.training.hub import Hub
    from gesso.training.trained import TrainedModels
    from gesso.training.trainers import Trainers
    from gesso.training.trainings import Trainings


class App:
    """A running Gesso: where models come from, and where they run. An asynchronous context manager.

    `report` hears what happens outside of runs: environments being made, models being described.
    """

    def __init__(self, settings: Settings, *, report: Report) -> None:
        self.settings = settings
        self._report = report
        self.trust = Trust(settings.home)
        self.door = Door(Ledger(settings.home), is_offline=lambda: self.settings.offline)
        environments = Environments(
            settings.home / "environments",
            installer=settings.installer,
            constraints=settings.constraints,
            door=self.door,
        )
        self.weights = WeightsFolder(settings.home / "weights", door=self.door)
        self.runtime = Runtime(
            environments,
            self.weights,
            threads=settings.threads,
            cancel_grace_s=settings.cancel_grace_s,
            idle_unload_s=settings.idle_unload_s,
            memory_bytes=settings.memory_budget_mb * 1_000_000 or None,
            pools={name: PoolSize(min=size.min, max=size.max) for name, size in settings.pools.items()},
            cache=settings.home / "cache" / "models",
        )
        git = GitModels(settings.home / "models" / "git", door=self.door, run=guarded.run)
        self.registry = Registry(settings.home, describe=self._describe, git=git)
        self._jobs: Jobs | None = None
        self._hosting: Hosting | None = None
        self._predictions: Predictions | None = None
        self._trainings: Trainings | None = None
        self._bots: Bots | None = None
        self._warm: dict[str, WorkerModel | RunwayServerModel] = {}

    async def open(
        self, reference: str, *, options: Mapping[str, Any] | None = None, device: str = "auto"
    ) -> WorkerModel:
        """Return the model that a reference names, ready to be run. Raises `TrustError` if it is not trusted yet.

        Contacts nobody to find it: a model in a repository was fetched before, because a person asked for it.
        """
        source = self.registry.find(reference)
        spec = await self.registry.spec(source)
        return self.runtime.open(spec, source.manifest, options=options, device=device)

    def place(
        self, source: ModelSource, spec: ModelSpec, *, options: Mapping[str, Any] | None = None, device: str = "auto"
    ) -> WorkerModel | RunwayServerModel:
        """Return a model where it runs: in workers here, or, if it serves itself, where it was started."""
        if source.server:
            return RunwayServerModel(server=RunwayServer.at(source.server), spec=spec, options=dict(options or {}))
        return self.runtime.open(spec, source.manifest, options=options, device=device)

    # -- what is kept -------------------------------------------------------------------------------------------------

    @cached_property
    def home(self) -> Home:
        """The home, to be owned by who serves; `start_jobs` does it."""
        from gesso.storage.home import Home

        return Home(self.settings.home)

    @cached_property
    def blobs(self) -> Blobs:
        """The files of the home."""
        return self.home.blobs

    @property
    def jobs(self) -> Jobs:
        """The durable queue; `start_jobs` must have been called."""
        if self._jobs is None:
            raise RuntimeError("App.start_jobs has not been called")
        return self._jobs

    @property
    def hosting(self) -> Hosting:
        """The deployments; `start_jobs` must have been called."""
        if self._hosting is None:
            raise RuntimeError("App.start_jobs has not been called")
        return self._hosting

    @property
    def predictions(self) -> Predictions:
        """What guests of deployments have asked for; `start_jobs` must have been called."""
        if self._predictions is None:
            raise RuntimeError("App.start_jobs has not been called")
        return self._predictions

    @property
    def trainings(self) -> Trainings:
        """The trainings and datasets; `open_jobs` must have been called."""
        if self._trainings is None:
            raise RuntimeError("App.open_jobs has not been called")
        return self._trainings

    @property
    def bots(self) -> Bots:
        """The bots; `start_jobs` or `start_bots` must have been called."""
        if self._bots is None:
            raise RuntimeError("App.start_bots has not been called")
        return self._bots

    async def start_jobs(self) -> Jobs:
        """Take the home for this process, begin to work on its queue and to host; raises what `open_jobs` raises."""
        jobs = await self.open_jobs()
        await self._start_hosting()  # before the queue: what waits there may be a deployment's
        await asyncio.to_thread(self.trainings.models.settle)
        await jobs.start()
        await self._start_predictions()
        await self._keep_ready()
        await self.start_bots()
        return jobs

    async def open_jobs(self) -> Jobs:
        """Take the home for this process, to look at its jobs and to clear up: nothing is run or accepted.

        Raises `HomeInUseError` if another Gesso has the home, and what opening its database raises.
        """
        from gesso.jobs.jobs import Jobs

        self.home.own()
        database = await asyncio.to_thread(lambda: self.home.database)
        self._jobs = Jobs(
            database,
            self.blobs,
            resolve=self._resolve,
            runs=self.settings.home / "runs",
            kept=self.settings.home / "training",
            is_private=lambda: self.settings.private_recipes,
        )
        self._trainings = self._introduce_training(self._jobs)
        return self._jobs

    def _introduce_training(self, jobs: Jobs) -> Trainings:
        from gesso.training.datasets import Datasets
        from gesso.training.trainings import Trainings

        return Trainings(
            jobs,
            self.blobs,
            trainers=self.trainers,
            datasets=Datasets(self.home.database, self.blobs),
            bases=self.bases,
            models=self.trained_models,
            open_trainer=self.open_trainer,
        )

    async def import_model(self, source: str, *, name: str, report: Report) -> str:
        """Make a model of a Hugging Face folder or a repository of the hub, and return its name."""
        from gesso.training.importing import Importing

        trainer = self.open_trainer("text")
        importing = Importing(bases=self.bases, models=self.trained_models, trainer=trainer)
        return await importing.take(source, name=name, report=report)

    def open_trainer(self, name: str) -> WorkerModel:
        """Return a trainer that can be run. Raises `NotFoundError`."""
        return self.runtime.open(self.trainers.spec(name), self.trainers.find(name).manifest)

    @cached_property
    def trainers(self) -> Trainers:
        """The trainers in the box."""
        from gesso.training.trainers import Trainers

        return Trainers()

    @cached_property
    def trained_models(self) -> TrainedModels:
        """What trainings have made."""
        from gesso.training.trained import TrainedModels

        return TrainedModels(self.settings.home / "models" / "trained", self.registry)

    @cached_property
    def bases(self) -> Bases:
        """What trainings go on from."""
        from gesso.training.bases import Bases

        return Bases(self.registry, self.hub)

    @cached_property
    def hub(self) -> Hub:
        """The hub, from which bases of trainings come."""
        from gesso.training.hub import ADDRESS, Hub

        address = self.settings.hub_url
        is_own = address != ADDRESS  # a person has named it: it may be in their own network
        weights = WeightsFolder(self.settings.home / "weights", door=self.door, allow_private=is_own)
        return Hub(
            self.settings.home / "models" / "bases",
            weights=weights,
            door=self.door,
            address=address,
            allow_private=is_own,
        )

    async def _start_hosting(self) -> None:
        from gesso.hosting.embedded import EmbeddedEngine
        from gesso.hosting.hosting import Hosting

        unpacked = self.settings.home / "cache" / "hosted"
        engine = EmbeddedEngine(self.registry, self.runtime, blobs=self.blobs, folder=unpacked)
        hosting = Hosting(self.home.database, engine)
        await hosting.start()
        self._hosting = hosting
        digests = {release.digest for deployment in hosting.all() for release in deployment.releases}
        await asyncio.to_thread(engine.sweep, digests)

    async def _start_predictions(self) -> None:
        from gesso.hosting.predictions import Predictions
        from gesso.hosting.webhooks import Webhooks

        webhooks = Webhooks(self.door, allow_private=lambda: self.settings.fetch_private)
        self._predictions = Predictions(
            self.home.database, self.hosting, jobs=self.jobs, blobs=self.blobs, webhooks=webhooks
        )
        await self._predictions.start()

    async def start_bots(self, *, is_reviving: bool = True) -> Bots:
        """Read the bots of the home, and start those that were on, if wanted. Without a home that is owned, too."""
        from gesso.bots.bots import Bots
        from gesso.bots.keys import Keys

        self._bots = Bots(
            self.settings.home / "bots", keys=Keys(variable), door=self.door, open_model=self._open_for_bot
        )
        await self._bots.start(is_reviving=is_reviving)
        return self._bots

    async def _open_for_bot(self, reference: str, token: str) -> Runnable:
        """Return the model here, or the deployment at an address, through which a bot speaks."""
        if is_hosted(reference):
            return await HostedModel.open(line_to(reference, token, way=self.door), hosted_path(reference))
        return (await self._resolve(reference, options={}, device="auto")).runnable

    async def _keep_ready(self) -> None:
        """Begin to start the workers that are always to be there; a model that cannot be had is told of, no more."""
        for name, size in self.settings.pools.items():
            if size.min:
                try:
                    model, _ = await self._warm_model(name, options={}, device="auto")
                    if isinstance(model, WorkerModel):
                        model.keep_ready()
                except GessoError as error:
                    self._report(Log(f"{name} cannot be kept ready: {error}", "warning"))

    async def resolve(self, reference: str, *, options: Mapping[str, Json], device: str) -> Resolved:
        """Return a model that stays warm between runs, as a job finds it. Raises what the registry raises."""
        return await self._resolve(reference, options=options, device=device)

    async def _resolve(self, reference: str, *, options: Mapping[str, Json], device: str) -> Resolved:
        """Introduce the registry, the deployments, the trainers and the runtime to the jobs.

        A worker stays warm for the next job of its kind.
        """
        from gesso.hosting.prediction import read_reference
        from gesso.jobs.resolving import Resolved
        from gesso.training.trainers import read_reference as read_trainer

        if (trainer := read_trainer(reference)) is not None and self._trainings is not None:
            return self._trainings.resolve(trainer)
        if (hosted := read_reference(reference)) is not None and self._hosting is not None:
            return Resolved(*await self._hosting.runnable(*hosted))
        model, digest = await self._warm_model(reference, options=options, device=device)
        return Resolved(model, digest)

    async def _warm_model(
        self, reference: str, *, options: Mapping[str, Json], device: str
    ) -> tuple[WorkerModel | RunwayServerModel, str]:
        """Return a model, the same one for the same version, options and device, and the digest of the version."""
        source = await asyncio.to_thread(self.registry.find, reference)
        spec = await self.registry.spec(source)
        digest = await asyncio.to_thread(lambda: source.digest)
        state = spec.digest if source.server else digest  # another model may have been started there since
        key = json.dumps([str(source.path), state, dict(options), device], sort_keys=True, default=repr)
        if key not in self._warm:
            self._warm[key] = self.place(source, spec, options=options, device=device)
        return self._warm[key], digest

    async def _describe(self, source: ModelSource) -> ModelSpec:
        if source.server:
            server = RunwayServer.at(source.server)
            return await read_spec(server, name=source.name, title=source.manifest.title)
        return await self.runtime.describe(source.manifest, self._report)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._bots is not None:
            await self._bots.stop()
        if self._predictions is not None:
            await self._predictions.stop()
        if self._hosting is not None:
            await self._hosting.stop()
        if self._jobs is not None:
            await self._jobs.stop()
        if "home" in self.__dict__:
            await asyncio.to_thread(self.home.close)
        await self.runtime.close()
