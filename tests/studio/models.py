"""Models to look at: with many data types, with all of them, set up with options, slow, broken, with a long name."""

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
_ALL_TYPES: Final = '''
from __future__ import annotations
from typing import Annotated, Literal, NamedTuple
from gesso import (Audio, BoundingBoxes, Directory, Field, File, Image, Json, Landmarks, Mask, Model, Points, Range,
                   Segmentation, Vector, Video)

LABELS = Field(labels={"sky": 1, "ground": 2})
Place = Annotated[Vector, Field(length=4)]

class Out(NamedTuple):
    image: Image
    text: str
    number: float
    boolean: bool
    points: Points
    boxes: BoundingBoxes
    vector: Place
    json: Json
    many: list[Image]

class AllTypes(Model):
    """Takes every type of value that there is, and gives back those that it was given."""
    def run(self, image: Image, text: str = "a heron", number: Annotated[float, Range(0, 1)] = 0.5,
            count: int = 3, boolean: bool = True, category: Literal["ink", "chalk", "oil", "wax", "ash", "tar"] = "ink",
            vector: Place = None, words: list[str] = ["a", "b"], json: Json = {"a": [1, 2]},
            mask: Mask | None = None, parts: Annotated[Segmentation, LABELS] = None,
            points: Points = [], boxes: BoundingBoxes = [], landmarks: Landmarks = [],
            audio: Audio | None = None, video: Video | None = None,
            file: File | None = None, folder: Directory | None = None) -> Out:
        return Out(image, text, number, boolean, points, boxes, [0.1, 0.2, 0.3, 0.4] if vector is None else vector,
                   json, [image, image])
'''
_TINTED: Final = '''
from __future__ import annotations
from typing import Annotated, Literal
import numpy as np
from gesso import Field, Image, Model, Range

class Tinted(Model):
    """Makes a plane of one colour, at once."""
    def setup(self, paint: Literal["red", "green"] = "red", coats: Annotated[int, Range(1, 9)] = 2) -> None:
        self.channel, self.coats = ("red", "green").index(paint), coats
    def run(self, strength: Annotated[float, Range(0, 1, 0.1)] = 0.5, words: str = "") -> Image:
        pixels = np.zeros((96, 128, 3), np.uint8)
        pixels[..., self.channel] = round(strength * 255)
        return Image(pixels)
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
_LONG: Final = '''
from __future__ import annotations
from gesso import Model

class Long(Model):
    """Has a name and words that are longer than there is room for, so that one sees what happens to them anywhere."""
    def run(self, text: str = "") -> str:
        """Return the text."""
        return text
'''
_LONG_TITLE: Final = "The Slow and Thorough Reconstruction of Faded Photographs from Damaged Negatives"
MODELS: Final = {
    "everything": _EVERYTHING,
    "all-types": _ALL_TYPES,
    "atelier": _ATELIER,
    "tinted": _TINTED,
    "slow": _SLOW,
    "broken": _BROKEN,
    "long": _LONG,
}
"""The code of each, by its name."""


def add_models(app: App, folder: Path) -> None:
    """Put the models on the list of a home."""
    for name, code in MODELS.items():
        place = folder / name
        place.mkdir(parents=True)
        (place / "model.py").write_text(code, encoding="utf-8")
        title = f'title = "{_LONG_TITLE}"\n' if name == "long" else ""
        (place / "gesso.toml").write_text(f'name = "{name}"\n{title}licence = "MIT"\n', encoding="utf-8")
        app.trust.trust(app.registry.add(str(place)))
