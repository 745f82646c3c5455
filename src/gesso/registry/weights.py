"""The weights of models: each file once, under its hash, however many models share it.

The folder of weights holds for each file, where `3f9c...` is its SHA-256:

    3f9c....safetensors            the file, with the ending of the name under which a model asks for it
    3f9c....safetensors.json       its size and time when its hash was found right
    3f9c....safetensors.part       what has come of it so far
    3f9c....safetensors.lock       held by the process that downloads it

A file that somebody has put there by hand is as good as one that was downloaded, once its hash was found right.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from gesso.net.door import Door
from gesso.net.part import part_bytes
from gesso.registry.alone import alone
from gesso.spec.model import Weights
from gesso.spec.runnable import Progress
from gesso.storage import record
from gesso.types.base import Json

Report: TypeAlias = Callable[[Progress], None]
"""Takes how far the weights are."""

_ENDING: Final = re.compile(r"\.[A-Za-z0-9]{1,16}")


@dataclass(frozen=True)
class Outstanding:
    """What is still to be downloaded: the weights, and how many bytes of them, as far as their sizes are declared."""

    weights: tuple[Weights, ...]
    size_bytes: int

    @property
    def is_size_known(self) -> bool:
        """Whether all of them have a declared size, so that `size_bytes` is all there is to come."""
        return all(each.size_bytes for each in self.weights)


class WeightsFolder:
    """The weights that are on this computer.

    `allow_private` lets them come from addresses of this computer and its network, too.
    """

    def __init__(self, folder: Path, *, door: Door, allow_private: bool = False) -> None:
        self._folder = folder.absolute()
        self._door = door
        self._allow_private = allow_private

    def path(self, weights: Weights) -> Path:
        """Return where a file of weights lies, or will lie."""
        ending = Path(weights.name).suffix
        return self._folder / (weights.sha256 + (ending if _ENDING.fullmatch(ending) else ""))

    def outstanding(self, weights: Iterable[Weights]) -> Outstanding:
        """Say what is to be downloaded before a model with these weights can run. Looks at sizes alone: it is quick."""
        missing = tuple(each for each in weights if not self.path(each).exists())
        return Outstanding(missing, sum(max(each.size_bytes - part_bytes(self.path(each)), 0) for each in missing))

    async def prepare(self, weights: Sequence[Weights], *, report: Report) -> dict[str, Path]:
        """Return where each file lies, by its name; download those that are not there yet.

        A file is hashed when it is first met, and again if its size or time has changed since. Canceling keeps what has
        come for the next time. Raises `FetchError`.
        """
        for number, each in enumerate(weights):
            await self._prepare(each, report=_share(report, number, count=len(weights)))
        return {each.name: self.path(each) for each in weights}

    async def verify(self, weights: Iterable[Weights]) -> tuple[Weights, ...]:
        """Hash every file anew and return those that are missing or broken; `prepare` then brings these again."""
        return tuple([each for each in weights if not await asyncio.to_thread(self._is_right, each)])

    async def _prepare(self, weights: Weights, *, report: Report) -> None:
        path = self.path(weights)
        if self._is_known(path):
            return
        waiting = Progress(0.0, f"Waiting: somebody else is downloading {weights.name} just now")
        async with alone(path.with_name(f"{path.name}.lock"), on_wait=lambda: report(waiting)):
            if self._is_known(path):
                return
            if path.exists():
                report(Progress(0.0, f"Checking {weights.name}"))
                if await asyncio.to_thread(self._is_right, weights):
                    return
                path.unlink()
            await self._download(weights, report=report)
            record.write(_note(path), _look(path))

    async def _download(self, weights: Weights, *, report: Report) -> None:
        from gesso.net.attempt import Wanted  # with httpx behind it, which most runs do not need
        from gesso.net.download import download

        wanted = Wanted(name=weights.name, url=weights.url, sha256=weights.sha256, size_bytes=weights.size_bytes)
        await download(
            wanted,
            self.path(weights),
            door=self._door,
            report=report,
            what_for=f"the weights {weights.name}",
            allow_private=self._allow_private,
        )

    def _is_known(self, path: Path) -> bool:
        """Say whether a file is there as it was when its hash was found right."""
        try:
            return bool(record.read(_note(path)) == _look(path))
        except (OSError, ValueError):
            return False

    def _is_right(self, weights: Weights) -> bool:
        """Hash a file, and keep in mind whether it is right."""
        path = self.path(weights)
        try:
            look = _look(path)
            with path.open("rb") as file:
                is_right = hashlib.file_digest(file, "sha256").hexdigest() == weights.sha256
        except FileNotFoundError:
            return False
        if is_right:
            record.write(_note(path), look)
        else:
            _note(path).unlink(missing_ok=True)
        return is_right


def _note(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _look(path: Path) -> Json:
    """Return what shows, without reading a file, that it is still the same."""
    found = path.stat()
    return {"size_bytes": found.st_size, "modified_ns": found.st_mtime_ns}


def _share(report: Report, number: int, *, count: int) -> Report:
    """Return what reports one file of several as a part of the whole."""
    return lambda event: report(Progress((number + event.fraction) / count, event.text))
