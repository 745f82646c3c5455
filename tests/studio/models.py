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
_ATELIER: Final = '''
from __future__ import annotations
from dataclasses import dataclass
from typing import Annotated, Literal
import numpy as np
from gesso import (Audio, BoundingBoxes, Directory, Field, File, Image, Json, Landmarks, Mask, Model, Points, Range,
                   Segmentation, Vector, Video)

LABELS = {"sky": 1, "sea": 2, "sand": 3}
Map = Annotated[Segmentation, Field(labels=LABELS)]
Body = Annotated[Landmarks, Field(names=["left_hand", "head", "right_hand"],
                                  connections=[["left_hand", "head"], ["head", "right_hand"]])]

@dataclass
class Seen:
    image: Image
    mask: Mask
    segmentation: Map
    ids: Segmentation
    words: str

class Atelier(Model):
    """Takes each type of value once, and says what it got."""
    def run(self, image: Image, mask: Mask | None = None, segmentation: Map = None,
            ids: Segmentation | None = None, vector: Annotated[Vector, Field(length=20)] = None,
            points: Points = [], boxes: BoundingBoxes = [], landmarks: Body = None,
            video: Video | None = None, audio: Audio | None = None, file: File | None = None,
            directory: Directory | None = None, json: Json = None, words: list[str] = [],
            amount: Annotated[float, Range(0, 1), Field("How much of it.")] = 0.5,
            count: Annotated[int, Field(ge=1)] = 3, is_loud: bool = False,
            kind: Literal["ink", "chalk"] = "ink", text: Annotated[str, Field(max_length=80)] = "") -> Seen:
        seen = {"image": image.pixels.shape}
        if mask is not None:
            seen["mask"] = [mask.width, mask.height, sorted(set(mask.pixels.ravel().tolist()))]
        for name, one in {"segmentation": segmentation, "ids": ids}.items():
            if one is not None:
                seen[name] = [one.width, one.height, sorted(set(one.ids.ravel().tolist()))]
        if vector is not None:
            seen["vector"] = [round(float(number), 4) for number in vector]
        if audio is not None:
            seen["audio"] = [audio.channels, audio.duration_s > 0.2, float(np.abs(audio.samples).max()) > 0.01]
        blank = np.zeros((image.height, image.width), np.uint8)
        return Seen(image, mask or Mask(blank), segmentation or Segmentation(blank + 1),
                    ids or Segmentation(blank), str(seen))
'''
MODELS: Final = {"everything": _EVERYTHING, "atelier": _ATELIER, "slow": _SLOW, "broken": _BROKEN}


def add_models(app: App, folder: Path) -> None:
    """Put the models on the list of a home."""
    for name, code in MODELS.items():
        place = folder / name
        place.mkdir(parents=True)
        (place / "model.py").write_text(code, encoding="utf-8")
        (place / "gesso.toml").write_text(f'name = "{name}"\nlicence = "MIT"\n', encoding="utf-8")
        app.trust.trust(app.registry.add(str(place)))
