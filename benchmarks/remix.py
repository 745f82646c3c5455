"""How long `remix` takes: a picture of 192 x 192 pixels, and until its first preview. `python -m benchmarks.remix`."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import PIL.Image

import gesso
from benchmarks.figures import Figure, table
from gesso.app import App
from gesso.settings import load
from gesso.spec.runnable import Preview, Request

_EXAMPLE = Path(gesso.__file__).parent / "models" / "remix" / "example.webp"
_TIMES = 5


async def _measure() -> list[Figure]:
    async with App(load(), report=lambda _: None) as app:
        model = await app.open("remix")
        firsts, wholes = [], []
        for seed in range(_TIMES + 1):
            inputs = {"image": PIL.Image.open(_EXAMPLE), "width": 192, "height": 192}
            began, first = time.perf_counter(), 0.0
            async for event in model.run(Request(inputs=inputs, seed=seed)):
                if isinstance(event, Preview) and not first:
                    first = time.perf_counter() - began
            firsts.append(first * 1000)
            wholes.append((time.perf_counter() - began) * 1000)
    return [
        Figure("remix, first preview, worker warm", firsts[1:], aim_ms=2000),
        Figure("remix, 192 x 192 pixels, worker warm", wholes[1:], aim_ms=30_000),
    ]


def main() -> list[Figure]:
    """Measure, and return the figures."""
    return asyncio.run(_measure())


if __name__ == "__main__":
    print(table(main()))
