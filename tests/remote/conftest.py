"""A Gesso that serves in this process, on a real port, with two models."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gesso.app import App
from gesso.net.loopback import Loopback
from gesso.remote.model import RemoteModel
from gesso.remote.server import Server
from gesso.server.run import Listening, serve
from gesso.settings import Settings

CODE = """
from __future__ import annotations
import time
from collections.abc import Iterator
from dataclasses import dataclass
import numpy as np
from gesso import Directory, File, Image, Json, Model, command, log, preview, progress, scratch

@dataclass
class All:
    text: str
    picture: Image
    pictures: list[Image]
    data: Json
    large: Json
    notes: File
    folder: Directory

class Many(Model):
    @command
    def all(self, photo: Image, photos: list[Image] = [], text: str = "fox") -> All:
        log(f"I was told {text}")
        progress(0.5, "half")
        folder = scratch() / "made"
        (folder / "in").mkdir(parents=True)
        (folder / "in" / "a.txt").write_text("a")
        notes, numbers = File(b"1,2", name="n.csv"), list(range(5000))
        return All(text.upper(), photo, [photo, photo], {"a": 1}, numbers, notes, Directory(folder))

    @command
    def tell(self) -> Iterator[str]:
        yield "once "
        yield "upon"

    @command
    def wait(self, seconds: float) -> Image:
        preview(Image(np.zeros((4, 4), np.uint8)))
        log("waiting")
        time.sleep(seconds)
        return Image(np.zeros((4, 4), np.uint8))

    @command
    def fail(self) -> int:
        raise ValueError("no good")
"""


@dataclass(frozen=True)
class Served:
    """The server as others see it, and the house behind it."""

    app: App
    server: Server
    folder: Path
    address: str

    async def model(self, timeout_s: float | None = None) -> RemoteModel:
        """Return the model `many` there."""
        spec = await self.app.registry.spec(self.app.registry.find("many"))
        return RemoteModel(
            server=self.server, reference="many", spec=spec, folder=self.folder / "outputs", timeout_s=timeout_s
        )


@pytest.fixture
async def served(warm_home: Path, tmp_path: Path) -> AsyncIterator[Served]:
    """A Gesso that serves until the test ends."""
    async with App(Settings(home=warm_home), report=lambda _: None) as app:
        (tmp_path / "many.py").write_text(CODE)
        app.trust.trust(app.registry.add(str(tmp_path / "many.py")))
        ready: asyncio.Future[Listening] = asyncio.get_running_loop().create_future()
        serving = asyncio.create_task(serve(app, port=0, on_ready=ready.set_result))
        async with asyncio.timeout(60):
            address = (await ready).url.rstrip("/")
        yield Served(app, Server(Loopback.at(address)), tmp_path, address)
        serving.cancel()
        await asyncio.wait([serving])
