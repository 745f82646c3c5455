"""How long one waits before the first run: for a worker, for an environment, for `gesso --help`."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.figures import Figure, time_called
from benchmarks.overhead import MODEL, result_of
from gesso.app import App
from gesso.settings import Settings

OWN_ENVIRONMENT = """name = "{name}"
dependencies = ["{requirement}"]
"""


async def first_answer_ms(home: Path, folder: Path) -> tuple[float, float]:
    """Ask a model for its first answer. Returns the times of the first answer and of a second worker's, in ms."""
    taken = []
    for _ in range(2):
        async with App(Settings(home=home), report=lambda _: None) as app:
            app.trust.trust(app.registry.find(str(folder)))
            began = time.perf_counter()
            model = await app.open(str(folder))
            await result_of(model, "data", value=1)
            taken.append((time.perf_counter() - began) * 1000)
    return taken[0], taken[1]


def worker_start(*, times: int) -> list[Figure]:
    """Measure the first answer in the platform's own environment, and in one that must be made (numpy alone)."""
    here: list[tuple[float, float]] = []
    own: list[tuple[float, float]] = []
    for number in range(times):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "identity"
            folder.mkdir()
            (folder / "model.py").write_text(MODEL, encoding="utf-8")
            here.append(asyncio.run(first_answer_ms(Path(name) / "home", folder)))
            if number == 0:
                toml = OWN_ENVIRONMENT.format(name="identity", requirement="numpy<2")
                (folder / "gesso.toml").write_text(toml, encoding="utf-8")
                own.append(asyncio.run(first_answer_ms(Path(name) / "home", folder)))
    return [
        Figure("first answer of a model, its spec not yet read", [first for first, _ in here]),
        Figure("first answer of a model, its spec known", [second for _, second in here]),
        Figure("first answer, its environment to be made (numpy<2)", [first for first, _ in own]),
        Figure("first answer, its environment there", [second for _, second in own]),
    ]


def command_line(*, times: int) -> list[Figure]:
    """Measure `gesso --help` and Python itself."""
    gesso = Path(sys.executable).parent / "gesso"

    def call(*words: object) -> list[float]:
        return time_called(lambda: subprocess.run(list(map(str, words)), check=True, capture_output=True), times=times)

    python = call(sys.executable, "-c", "pass")
    return [
        Figure("`gesso --help`", call(gesso, "--help"), aim_ms=200),
        Figure("`python -c pass`, for comparison", python),
    ]


def main() -> list[Figure]:
    """Measure."""
    return [*worker_start(times=5), *command_line(times=10)]
