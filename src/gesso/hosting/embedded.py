"""The engine in this process: versions lie among the kept files, and run in workers of the runtime."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path

from gesso.errors import ConflictError, InputError
from gesso.hosting.archive import keep_archive, unpack
from gesso.hosting.deployment import Release
from gesso.hosting.engine import News, Pinned, Stage, Standing
from gesso.registry.manifest import read_manifest
from gesso.registry.registry import Registry
from gesso.registry.source import ModelSource
from gesso.runtime.host.model import WorkerModel
from gesso.runtime.host.runtime import Runtime
from gesso.spec.model import ModelSpec, coerce_ports
from gesso.spec.runnable import Event, Log, Progress
from gesso.storage.blobs import Blobs
from gesso.types.base import Json


class EmbeddedEngine:
    """Runs releases in workers of this computer; see `Engine`.

    A version is kept as it was deployed, also when the model's folder changes or goes. It is unpacked below `folder`
    when it is needed; that place is trusted when it is deployed by somebody who trusts the model, and asks again in a
    home that was brought back from a backup.
    """

    def __init__(self, registry: Registry, runtime: Runtime, *, blobs: Blobs, folder: Path) -> None:
        self._registry = registry
        self._runtime = runtime
        self._blobs = blobs
        self._folder = folder
        self._open: dict[tuple[str, ...], WorkerModel] = {}
        self._opening = asyncio.Lock()

    async def pin(self, reference: str, *, is_trusted: bool = False) -> Pinned:
        """Keep a model as it is now; see `Engine`."""
        source = await asyncio.to_thread(self._registry.find, reference)
        if source.server:
            raise InputError("a model with files, which can be kept", f"one that serves itself ({source.address})")
        if is_trusted and source.is_outside:
            self._registry.trust.trust(source)
        spec = await self._registry.spec(source)
        digest = await asyncio.to_thread(lambda: source.digest)
        kept = await asyncio.to_thread(keep_archive, source.path, digest=digest, blobs=self._blobs)
        pinned = Pinned(model=source.name, digest=digest, archive=kept.blob, spec=spec)
        found = await self._unpacked(pinned.archive, digest, name=source.name)
        self._registry.trust.trust(found)  # it has what was trusted a moment ago, byte for byte
        return pinned

    async def runnable(self, release: Release) -> WorkerModel:
        """Return what runs a release; see `Engine`."""
        key = release.runs_as
        async with self._opening:
            if key not in self._open:
                source = await self._unpacked(release.archive, release.digest, name=release.model)
                self._registry.trust.require(source)
                spec = await self._registry.spec(source)
                self._open[key] = self._runtime.open(
                    spec, source.manifest, options=release.options, device=release.device
                )
            return self._open[key]

    async def wake(self, release: Release, report: Callable[[News], None]) -> None:
        """Get a release ready; see `Engine`."""
        report(News("environment"))
        model = await self.runnable(release)
        await self._runtime.prepare(model.manifest, lambda event: report(_news("environment", event)))
        report(News("weights"))
        await model.weights.prepare(model.manifest.weights, report=lambda event: report(_news("weights", event)))
        report(News("setup"))
        await model.prepare(lambda event: report(_news("setup", event)))

    def standing(self, release: Release) -> Standing:
        """Say how its workers stand; see `Engine`."""
        model = self._found(release)
        if model is None:
            return Standing()
        figures = model.figures()
        return Standing(ready=figures.workers, busy=figures.busy, waiting=figures.waiting)

    async def sleep(self, release: Release) -> None:
        """End its workers; see `Engine`."""
        model, standing = self._found(release), self.standing(release)
        if standing.busy or standing.waiting:
            raise ConflictError("It is at work.", hint="Wait until nothing runs any more.")
        if model is not None:
            await model.close()

    def check(self, spec: ModelSpec, *, options: Mapping[str, Json]) -> None:
        """Check options; see `Engine`."""
        coerce_ports(spec.options, options)

    def sweep(self, digests: Collection[str]) -> None:
        """Remove what is unpacked of versions that are none of these. Call it in a thread."""
        for place in self._folder.glob("*"):
            if place.name not in digests:
                shutil.rmtree(place, ignore_errors=True)

    def _found(self, release: Release) -> WorkerModel | None:
        return self._open.get(release.runs_as)

    async def _unpacked(self, archive: str, digest: str, *, name: str) -> ModelSource:
        def find() -> ModelSource:
            path = unpack(self._blobs.path(archive), self._folder, digest=digest)
            manifest = replace(read_manifest(path), name=name)
            return ModelSource(name, manifest, "folder" if path.is_dir() else "file")

        return await asyncio.to_thread(find)


def _news(stage: Stage, event: Event) -> News:
    """Return how it goes on; what is logged meanwhile is the text of the moment."""
    match event:
        case Progress():
            return News(stage, event.text, event.fraction)
        case Log():
            return News(stage, event.text)
        case _:
            return News(stage)
