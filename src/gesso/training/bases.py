"""`Bases`: what a training goes on from.

A model that was trained here or came with Gesso, a folder, or a repository of the hub that is fetched once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gesso.errors import InputError, NotFoundError
from gesso.registry.manifest import is_name
from gesso.registry.registry import Registry
from gesso.spec.runnable import Progress
from gesso.training.choosing import is_nothing
from gesso.training.hub import Hub, read_repository
from gesso.training.trained import WEIGHTS, check_weights
from gesso.types.base import Json


@dataclass(frozen=True, kw_only=True)
class Base:
    """A base that is here: where it lies, and which state of it that is (a commit, a digest of files)."""

    reference: str
    path: Path
    version: str
    licence: str = ""

    def to_json(self) -> dict[str, Json]:
        """Return what there is to say of it in a recipe."""
        return {"reference": self.reference, "version": self.version, "licence": self.licence}


class Bases:
    """Finds bases by their references, and brings those that are elsewhere."""

    def __init__(self, registry: Registry, hub: Hub) -> None:
        self._registry = registry
        self._hub = hub

    async def check(self, reference: str) -> None:
        """Raise `InputError`, `NotFoundError` or `FetchError` if a base cannot be had, as far as one knows so far."""
        if not is_nothing(reference) and await asyncio.to_thread(self._find, reference) is None:
            self._hub.check(read_repository(reference))

    async def bring(self, reference: str, report: Callable[[Progress], None]) -> Base:
        """Return a base, fetched if it is not here. Raises what `check` raises."""
        found = await asyncio.to_thread(self._find, reference)
        if found is not None:
            return found
        fetched = await self._hub.fetch(read_repository(reference), report)
        return Base(reference=reference, path=fetched.path, version=fetched.commit, licence=fetched.licence)

    def _find(self, reference: str) -> Base | None:
        """Return a base that is on this computer; None for what may be a repository of the hub."""
        if reference.startswith((".", "/", "~", "\\")) or reference[1:3] in {":\\", ":/"}:
            return self._folder(reference)
        if not is_name(reference) or reference not in {listed.name for listed in self._registry.models()}:
            read_repository(reference)  # or it says what a base may be
            return None
        source = self._registry.find(reference)
        weights = source.path / WEIGHTS
        if not weights.is_dir():
            raise InputError("a text model that can be gone on from", f"{reference}, another kind", where="base")
        check_weights(weights, what=reference)
        return Base(reference=reference, path=weights, version=source.digest, licence=source.manifest.card.licence)

    @staticmethod
    def _folder(reference: str) -> Base:
        path = Path(reference).expanduser().resolve()
        if not path.is_dir():
            raise NotFoundError(f"There is no folder {reference}.", hint="Is its name spelt right?")
        weights = path / WEIGHTS if (path / WEIGHTS / "config.json").is_file() else path
        return Base(reference=str(path), path=check_weights(weights, what=reference), version="")
