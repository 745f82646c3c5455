"""A model to ask things of."""

from __future__ import annotations

from pathlib import Path

from gesso.app import App

CODE = """
from __future__ import annotations
import time
from dataclasses import dataclass
from gesso import Image, Json, Model, log, progress

@dataclass
class Made:
    text: str
    image: Image
    data: Json

class Echo(Model):
    def run(self, image: Image, text: str = "hello", data: Json = None, wait_s: float = 0.0) -> Made:
        log(f"I was told {text}")
        progress(0.5, "half")
        time.sleep(wait_s)
        return Made(text.upper(), image, data)
"""
TOML = 'name = "echo"\nlicence = "MIT"\npreview = "preview.png"\n[[examples]]\ntext = "an example"\n'


def add_echo(app: App, folder: Path, *, is_trusted: bool = True) -> Path:
    """Put a model called echo on the list of models."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.py").write_text(CODE)
    (folder / "gesso.toml").write_text(TOML)
    source = app.registry.add(str(folder))
    if is_trusted:
        app.trust.trust(source)
    return folder
