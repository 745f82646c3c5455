"""Models to host, as clients of other protocols would ask of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx

from gesso.app import App
from gesso.hosting.hosting import ReleaseOrder
from gesso.hosting.tokens import TokenOrder

WRITER = """
from __future__ import annotations
import time
from collections.abc import Iterator
from typing import Annotated
from gesso import Model, Range, command, log, progress, seed

class Writer(Model):
    '''Goes on with a text by its own words, the last first.'''

    @command
    def run(
        self,
        prompt: str,
        max_tokens: Annotated[int, Range(1, 1000)] = 5,
        temperature: Annotated[float, Range(0, 2)] = 1.0,
        wait_s: float = 0.0,
    ) -> Iterator[str]:
        words = prompt.split() or ["nothing"]
        log(f"{len(words)} words, temperature {temperature:g}")
        for number in range(max_tokens):
            time.sleep(wait_s)
            progress((number + 1) / max_tokens, "writing")
            if words[-1] == "fail":
                raise RuntimeError("no more words")
            yield f" {words[-1 - number % len(words)]}"

    @command
    def say(self, prompt: str) -> str:
        return f"{prompt}! {prompt}! seed {seed() % 1000}"
"""
PAINTER = """
from __future__ import annotations
import time
from dataclasses import dataclass
import numpy as np
from gesso import Image, Model, command, log

@dataclass
class Turned:
    picture: Image
    size: int

class Painter(Model):
    @command
    def run(self, image: Image, times: int = 1, wait_s: float = 0.0) -> Image:
        log(f"turning {times} times")
        until = time.monotonic() + wait_s
        while time.monotonic() < until:
            time.sleep(0.01)
        return Image(np.rot90(np.asarray(image), times).copy())

    @command
    def measure(self, image: Image) -> Turned:
        return Turned(image, image.width * image.height)
"""
CODES = {"writer": WRITER, "painter": PAINTER}


def add(app: App, folder: Path, name: str) -> Path:
    """Put one of the models on the list, trusted."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "gesso.toml").write_text(f'name = "{name}"\n')
    (folder / "model.py").write_text(CODES[name])
    app.trust.trust(app.registry.add(str(folder)))
    return folder


async def host(app: App, folder: Path, name: str, *, command: str | None = None, **more: Any) -> str:
    """Host one of the models, and return a token."""
    add(app, folder / name, name)
    order = ReleaseOrder(model=name, command=command)
    deployment = await app.hosting.create(order, name=more.pop("as_name", name), **more)
    _, secret = await app.hosting.make_token(deployment.name, TokenOrder(name="bot"))
    return secret


def bearer(secret: str) -> dict[str, str]:
    """Return the header with a token."""
    return {"Authorization": f"Bearer {secret}"}


def told(answer: httpx.Response) -> list[str]:
    """Return the data of server-sent events."""
    return [line[6:] for line in answer.text.splitlines() if line.startswith("data: ")]
