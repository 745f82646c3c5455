"""The datasets and trainings of this home: through the Gesso that serves it, or, where none runs, in this process."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import msgspec

from gesso import settings
from gesso.app import App
from gesso.cli.running import running_server
from gesso.cli.terminal import Terminal
from gesso.remote.server import Server
from gesso.training.dataset import PASSED_OVER
from gesso.training.files import files_in
from gesso.training.training import TrainingOrder
from gesso.training.trainings import Fork, Trainings
from gesso.types.base import Json


class Desk(Protocol):
    """What the terminal does with datasets and trainings; all answers are JSON, as HTTP has them."""

    is_here: bool
    """Whether trainings run in this process, and end with it."""

    async def make_dataset(self, paths: Sequence[Path], *, name: str, column: str) -> dict[str, Any]:
        """Make a dataset of files and folders."""
        ...

    async def datasets(self) -> list[dict[str, Any]]:
        """List the datasets."""
        ...

    async def dataset(self, word: str, *, shown: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Return a dataset and the beginnings of some documents."""
        ...

    async def delete_dataset(self, word: str) -> None:
        """Forget a dataset."""
        ...

    async def start(self, order: TrainingOrder) -> dict[str, Any]:
        """Begin a training."""
        ...

    async def estimate(self, order: TrainingOrder) -> dict[str, Any]:
        """Say how long it would take."""
        ...

    async def fork(self, word: str, fork: Fork) -> dict[str, Any]:
        """Begin a training with a checkpoint of another one."""
        ...

    async def trainings(self) -> list[dict[str, Any]]:
        """List the trainings."""
        ...

    async def get(self, word: str) -> dict[str, Any]:
        """Return a training."""
        ...

    async def part(self, word: str, what: str, *, after_step: int = -1) -> list[dict[str, Any]]:
        """Return the `curve`, the `samples` or the `checkpoints` of a training."""
        ...

    async def act(self, word: str, what: str) -> dict[str, Any]:
        """`pause`, `resume`, `finish` or `cancel` a training, and return it."""
        ...

    async def delete(self, word: str) -> None:
        """Forget a training."""
        ...

    async def export(self, word: str, target: Path) -> None:
        """Write a ZIP with a trained model into a new file."""
        ...


@asynccontextmanager
async def open_desk(terminal: Terminal, *, is_working: bool = False) -> AsyncIterator[Desk]:
    """Open the desk. `is_working`: where no Gesso runs, trainings run here until the end of the block.

    Raises `HomeInUseError` if another Gesso has the home and cannot be asked.
    """
    loaded = settings.load()
    server = await running_server(loaded.home, terminal)
    if server is not None:
        yield _Served(server)
        return
    async with App(loaded, report=terminal.report) as app:
        if is_working:
            await app.start_jobs()
        else:
            await (await app.open_jobs()).settle()
        yield _Here(app)


class _Served:
    """The desk of a Gesso that runs."""

    is_here = False

    def __init__(self, server: Server) -> None:
        self._server = server

    async def make_dataset(self, paths: Sequence[Path], *, name: str, column: str) -> dict[str, Any]:
        files, passed_over = files_in(paths)
        sent = []
        for named, path in files:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            await self._server.keep(digest, path)
            sent.append({"blob": digest, "name": named})
        made = await self._ask("POST", "/datasets", body={"files": sent, "name": name, "column": column})
        if passed_over:  # the server was sent nothing of them
            made["left_out"] = [{"why": PASSED_OVER, "count": passed_over}, *made["left_out"]]
        return made

    async def datasets(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self._ask("GET", "/datasets"))["datasets"]
        return found

    async def dataset(self, word: str, *, shown: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        path = f"/datasets/{quote(word, safe='')}"
        found = await self._ask("GET", path)
        return found, (await self._ask("GET", f"{path}/preview?limit={shown}"))["samples"] if shown else []

    async def delete_dataset(self, word: str) -> None:
        await self._ask("DELETE", f"/datasets/{quote(word, safe='')}")

    async def start(self, order: TrainingOrder) -> dict[str, Any]:
        return await self._ask("POST", "/trainings", body=msgspec.to_builtins(order))

    async def estimate(self, order: TrainingOrder) -> dict[str, Any]:
        return await self._ask("POST", "/trainings/estimate", body=msgspec.to_builtins(order))

    async def fork(self, word: str, fork: Fork) -> dict[str, Any]:
        wanted = {**msgspec.to_builtins(fork), "options": fork.options or {}}
        return await self._ask("POST", f"{_path(word)}/fork", body=wanted)

    async def trainings(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self._ask("GET", "/trainings?limit=200"))["trainings"]
        return found

    async def get(self, word: str) -> dict[str, Any]:
        return await self._ask("GET", _path(word))

    async def part(self, word: str, what: str, *, after_step: int = -1) -> list[dict[str, Any]]:
        query = "" if what == "checkpoints" else f"?after_step={after_step}"
        (found,) = (await self._ask("GET", f"{_path(word)}/{what}{query}")).values()
        return list(found)

    async def act(self, word: str, what: str) -> dict[str, Any]:
        return await self._ask("POST", f"{_path(word)}/{what}")

    async def delete(self, word: str) -> None:
        await self._ask("DELETE", _path(word))

    async def export(self, word: str, target: Path) -> None:
        kept = await self._ask("POST", f"{_path(word)}/export")
        await self._server.fetch(kept["blob"], target)

    async def _ask(self, method: str, path: str, *, body: Json = None) -> dict[str, Any]:
        answer: dict[str, Any] = await self._server.ask(method, path, body=body)
        return answer


class _Here:
    """The desk of this process."""

    is_here = True

    def __init__(self, app: App) -> None:
        self._app = app
        self._trainings: Trainings = app.trainings

    async def make_dataset(self, paths: Sequence[Path], *, name: str, column: str) -> dict[str, Any]:
        files, left_out = files_in(paths)
        read = [(named, path.read_bytes()) for named, path in files]
        return _plain(await self._trainings.datasets.make(read, name=name, column=column, left_out=left_out))

    async def datasets(self) -> list[dict[str, Any]]:
        return [_plain(each) for each in await self._trainings.datasets.all()]

    async def dataset(self, word: str, *, shown: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        found = await self._trainings.datasets.get(word)
        samples = await self._trainings.datasets.preview(word, limit=shown) if shown else []
        return _plain(found), [_plain(each) for each in samples]

    async def delete_dataset(self, word: str) -> None:
        await self._trainings.datasets.delete(word)

    async def start(self, order: TrainingOrder) -> dict[str, Any]:
        return _plain(await self._trainings.start(order))

    async def estimate(self, order: TrainingOrder) -> dict[str, Any]:
        told = await self._trainings.estimate(order)
        return told if isinstance(told, dict) else {}

    async def fork(self, word: str, fork: Fork) -> dict[str, Any]:
        return _plain(await self._trainings.fork(word, fork))

    async def trainings(self) -> list[dict[str, Any]]:
        return [_plain(each) for each in await self._trainings.all(limit=200)]

    async def get(self, word: str) -> dict[str, Any]:
        return _plain(await self._trainings.get(word))

    async def part(self, word: str, what: str, *, after_step: int = -1) -> list[dict[str, Any]]:
        if what == "checkpoints":
            return [_plain(each) for each in await self._trainings.checkpoints(word)]
        if what == "curve":
            return [_plain(each) for each in await self._trainings.curve(word, after_step=after_step)]
        return [_plain(each) for each in await self._trainings.samples(word, after_step=after_step)]

    async def act(self, word: str, what: str) -> dict[str, Any]:
        acts = {
            "pause": self._trainings.pause,
            "resume": self._trainings.resume,
            "finish": self._trainings.finish,
            "cancel": self._trainings.cancel,
        }
        return _plain(await acts[what](word))

    async def delete(self, word: str) -> None:
        await self._trainings.delete(word)

    async def export(self, word: str, target: Path) -> None:
        kept = await self._trainings.export(word)
        await asyncio.to_thread(shutil.copyfile, self._app.blobs.path(kept.blob), target)


def _plain(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(value)
    return found


def _path(word: str) -> str:
    return f"/trainings/{quote(word, safe='')}"
