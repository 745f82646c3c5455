"""The models of a soak: each bears another kind of trouble. Every command takes a `note`, by which a job is found."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_HEAD: Final = """
from __future__ import annotations
import asyncio, os, subprocess, sys, time
from collections.abc import Iterator
import numpy as np
from gesso import File, Image, Model, State, is_canceled, log, preview, progress, scratch
"""

MODELS: Final[Mapping[str, str]] = {
    "mirror": """
class Mirror(Model):
    def run(self, photo: Image, note: str = "") -> Image:
        return photo
""",
    "slow": """
class Slow(Model):
    def run(self, seconds: float, note: str = "") -> str:
        for step in range(10):
            time.sleep(seconds / 10)
            progress(step / 10, f"step {step}")
            preview(note[:step])
        return note.upper()
""",
    "squares": """
class Squares(Model):
    max_batch = 8

    def run(self, number: int, note: str = "") -> int:
        return self.run_batch([number], [note])[0]

    def run_batch(self, number: list[int], note: list[str]) -> list[int]:
        time.sleep(0.03)
        return [ValueError("thirteen") if each == 13 else each * each for each in number]
""",
    "echo": """
class Echo(Model):
    async def run(self, text: str, seconds: float = 0.1, note: str = "") -> str:
        await asyncio.sleep(seconds)
        return text
""",
    "tally": """
class Sum(State):
    total = 0

class Tally(Model):
    def run(self, number: int, so_far: Sum, note: str = "") -> int:
        so_far.total += number
        return so_far.total
""",
    "words": """
class Words(Model):
    def run(self, text: str, note: str = "") -> Iterator[str]:
        for word in text.split(" "):
            yield word + " "
            time.sleep(0.005)
""",
    "crash": """
class Crash(Model):
    def run(self, how: str, note: str = "") -> str:
        if how == "abort":
            os.abort()
        elif how == "kill":
            os.kill(os.getpid(), 9)
        elif how == "exit":
            os._exit(3)
        elif how == "raise":
            raise RuntimeError("as it was told")
        return how
""",
    "stuck": """
class Stuck(Model):
    def run(self, note: str = "") -> int:
        return sum(range(10**15))
""",
    "large": """
class Large(Model):
    def setup(self) -> None:
        self.ballast = np.ones(30_000_000, np.uint8)

    def run(self, megabytes: int, note: str = "") -> int:
        return int(np.ones(megabytes * 1_000_000, np.uint8).sum(dtype=np.int64)) // 1_000_000
""",
    "noisy": """
class Noisy(Model):
    def run(self, lines: int, note: str = "") -> int:
        for number in range(lines):
            print("line", number, "x" * 200)
        os.write(2, b"from C code\\n" * 100)
        print("\\udfff surrogate, no newline", end="")
        return lines
""",
    "parent": """
class Parent(Model):
    def run(self, note: str = "") -> int:
        subprocess.Popen(["sh", "-c", "sleep 900 & sleep 900"])
        subprocess.Popen(["sleep", "900"], start_new_session=True)
        return 2
""",
    "scribe": """
class Scribe(Model):
    def run(self, size_bytes: int, note: str = "") -> File:
        (scratch() / "left.bin").write_bytes(bytes(size_bytes))
        made = scratch() / "made.bin"
        made.write_bytes(b"s" * size_bytes)
        return File(made)
""",
}
"""The code of each model by its name, without the imports."""

_MEMORY_MB: Final = {"large": 110}
_USUAL_MEMORY_MB: Final = 35

SETTINGS: Final[Mapping[str, str]] = {
    "GESSO_IDLE_UNLOAD_S": "4",
    "GESSO_MEMORY_BUDGET_MB": "200",  # for five of the twelve models
    "GESSO_POOLS": json.dumps({"mirror": {"min": 1, "max": 2}, "squares": {"max": 2}, "echo": {"max": 2}}),
    "GESSO_OFFLINE": "true",
}
"""The settings of the server, as environment variables: workers come and go all the time."""
KEPT_WORKERS: Final = 1
"""How many workers stay when nobody asks for anything."""

_ADD: Final = """
import asyncio, sys
from gesso.app import App
from gesso.settings import load

async def main():
    async with App(load(), report=lambda _: None) as app:
        for folder in sys.argv[1:]:
            source = app.registry.add(folder)
            app.trust.trust(source)
            await app.registry.spec(source)

asyncio.run(main())
"""


def add_models(folder: Path, environment: Mapping[str, str]) -> None:
    """Write the models into a folder, put them on the list of the home that `environment` names, and trust them."""
    for name, code in MODELS.items():
        place = folder / name
        place.mkdir(parents=True)
        (place / "model.py").write_text(_HEAD + code, encoding="utf-8")
        memory_mb = _MEMORY_MB.get(name, _USUAL_MEMORY_MB)
        (place / "gesso.toml").write_text(f'name = "{name}"\nmemory_mb = {memory_mb}\n', encoding="utf-8")
    folders = [str(folder / name) for name in MODELS]
    subprocess.run([sys.executable, "-c", _ADD, *folders], env=os.environ | environment, check=True)
