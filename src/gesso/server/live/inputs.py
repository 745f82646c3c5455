"""The inputs of a stream that are no frames: the same for each, until the client changes them."""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections.abc import Iterable, Mapping
from typing import Any

from gesso.errors import InputError
from gesso.server.direct.fetched import with_fetched
from gesso.server.direct.given import is_quick, open_inputs, refuse_kept
from gesso.server.direct.room import Direct
from gesso.server.live.scene import Scene
from gesso.spec.model import Port


class SteadyInputs:
    """Inputs that are read once and not with each frame: `values`, by name. `close` it when no frame needs them."""

    def __init__(self, direct: Direct, scene: Scene, *, guest: str | None = None) -> None:
        self._direct = direct
        self._guest = guest
        self._scene = scene
        self._folder = direct.runs / f"live-{secrets.token_hex(8)}"
        self._changes = 0
        self.values: dict[str, Any] = {}

    async def open(self, given: Mapping[str, Any]) -> None:
        """Read the inputs for the first time. Raises `InputError`, `NotFoundError` and `FetchError`."""
        self.values = await self._read(self._scene.others, given)

    async def change(self, given: Mapping[str, Any]) -> None:
        """Read some anew; the others stay, and all of them if one of the new is wrong. Null is the model's default."""
        ports = [port for port in self._scene.others if port.name in given]
        if unknown := sorted(set(given) - {port.name for port in ports}):
            names = ", ".join(port.name for port in self._scene.others) or "(there are none)"
            raise InputError(f"one of the inputs {names}", "an input of that name", where=unknown[0])
        read = await self._read(ports, given)
        self.values = {name: value for name, value in self.values.items() if name not in given} | read

    async def close(self) -> None:
        """Remove the files that they have needed."""
        if self._folder.exists():
            await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    async def _read(self, ports: Iterable[Port], given: Mapping[str, Any]) -> dict[str, Any]:
        direct, ports = self._direct, tuple(ports)
        if self._guest is not None:
            refuse_kept(given)
        call = direct.fetching.of(self._guest)
        given = await with_fetched(direct.app, dict(given), command=self._scene.command, call=call)
        self._changes += 1
        folder = self._folder / str(self._changes)  # the frame that is under way may use the old files
        if is_quick(ports, given):
            return open_inputs(ports, given, blobs=direct.blobs, folder=folder)
        return await direct.threads.call(open_inputs, ports, given, blobs=direct.blobs, folder=folder)
