"""Models to look at: one that takes many data types, one that takes its time, one that fails."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from gesso.app import App

_EVERYTHING: Final = '''
from __future__ import annotations
from typing import Annotated, Literal
from gesso import BoundingBoxes, Field, Image, Json, Model, Points, Range

class Everything(Model):
    """Takes many types of values and gives some back."""
    def run(self, photo: Image, text: Annotated[str, Field(max_length=80)] = "hello",
            strength: Annotated[float, Range(0, 1, 0.1)] = 0.5, is_loud: bool = False,
            kind: Literal["a", "b", "c"] = "a", words: list[str] = [],
            clicks: Points = [], boxes: BoundingBoxes = [], settings: Json = None) -> Image:
        return photo
'''
_SLOW: Final = '''
from __future__ import annotations
import time
from typing import Annotated
import numpy as np
from gesso import Image, Model, Range, preview, progress

class Slow(Model):
    """Makes a picture in many steps."""
    def run(self, steps: Annotated[int, Range(1, 200)] = 100) -> Image:
        pixels = np.zeros((120, 160, 3), np.uint8)
        for step in range(steps):
            pixels[:, : 160 * (step + 1) // steps, 0] = 200
            progress((step + 1) / steps, "painting")
            preview(Image(pixels.copy()))
            time.sleep(0.05)
        return Image(pixels)
'''
_BROKEN: Final = '''
from __future__ import annotations
from gesso import Model

class Broken(Model):
    """Fails, whatever it is given."""
    def run(self, text: str = "") -> str:
        raise ValueError("There is no paint left.")
'''
MODELS: Final = {"everything": _EVERYTHING, "slow": _SLOW, "broken": _BROKEN}


def add_models(app: App, folder: Path) -> None:
    """Put the models on the list of a home."""
    for name, code in MODELS.items():
        place = folder / name
        place.mkdir(parents=True)
        (place / "model.py").write_text(code, encoding="utf-8")
        (place / "gesso.toml").write_text(f'name = "{name}"\nlicence = "MIT"\n', encoding="utf-8")
        app.trust.trust(app.registry.add(str(place)))
