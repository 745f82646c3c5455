"""A model to host, in versions that say which they are."""

from __future__ import annotations

from pathlib import Path

from gesso.app import App

_CODE = """
from __future__ import annotations
import time
from collections.abc import Iterator
from gesso import Model, command, log

class Poet(Model):
    def setup(self, mood: str = "plain") -> None:
        self.mood = mood

    @command
    def run(self, prompt: str = "", wait_s: float = 0.0) -> str:
        log(f"asked with {len(prompt)} letters")
        until = time.monotonic() + wait_s
        while time.monotonic() < until:
            time.sleep(0.01)
        if prompt == "fail":
            raise RuntimeError("no rhyme")
        return f"VERSION {self.mood} {prompt}"

    @command
    def tell(self, prompt: str = "", words: int = 3) -> Iterator[str]:
        for number in range(words):
            time.sleep(0.05)
            yield f"{prompt}{number} "
"""


def write_poet(folder: Path, *, version: int = 1, code: str = _CODE) -> Path:
    """Write the model, or another version of it in its place."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "gesso.toml").write_text('name = "poet"\n')
    (folder / "model.py").write_text(code.replace("VERSION", f"v{version}"))
    return folder


def add_poet(app: App, folder: Path) -> Path:
    """Put the model on the list of models, trusted."""
    app.trust.trust(app.registry.add(str(write_poet(folder))))
    return folder
