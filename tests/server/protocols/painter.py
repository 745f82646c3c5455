"""A model to be asked in the words of others, with one input and output of most kinds; and what it is asked with."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import PIL.Image

from gesso.app import App

API = "/api/v1/deployments"

CODE = """
from __future__ import annotations
import time
from dataclasses import dataclass
from typing import Annotated, Literal
import numpy as np
from gesso import BoundingBoxes, Field, Image, Landmarks, Mask, Model, Points, Range, Vector, command

@dataclass
class Shown:
    image: Annotated[Image, Field(channels=3)]
    caption: str
    size: Annotated[list[int], Field(min_length=2)]

@dataclass
class Found:
    points: Points
    pose: Annotated[Landmarks, Field(names=["head", "foot"], connections=[["head", "foot"]])]
    boxes: BoundingBoxes
    mask: Mask

class Painter(Model):
    def setup(self, mood: str = "plain") -> None:
        self.mood = mood

    def run(
        self,
        image: Annotated[Image, Field(channels=3)],
        caption: str = "",
        strength: Annotated[float, Range(0, 1), Field(step=0.1)] = 0.5,
        colour: Literal["red", "green"] = "red",
        is_dark: bool = False,
        wait_s: float = 0.0,
    ) -> Shown:
        time.sleep(wait_s)
        if caption == "fail":
            raise ValueError("nope")
        pixels = image.rgb // 2 if is_dark else image.rgb
        return Shown(Image(pixels), f"{self.mood} {caption} {colour} {strength}", [image.width, image.height])

    @command
    def find(
        self, corner: Annotated[Points, Field(min_length=1, max_length=1)], z: Annotated[Vector, Field(length=3)]
    ) -> Found:
        (place,) = corner
        pose = [{"name": "head", "x": place.x, "y": 0.0}, {"name": "foot", "x": place.x, "y": 1.0}]
        boxes = [{"x0": 0.1, "y0": 0.2, "x1": 0.3, "y1": 0.4, "label": "fox"}]
        return Found(list(corner), pose, boxes, Mask(np.full((2, 3), 255, np.uint8)))

    @command
    def cut(self, image: Image) -> Image:
        return Image(image.rgba)
"""


def add_painter(app: App, folder: Path) -> Path:
    """Put the model on the list of models, trusted."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "gesso.toml").write_text('name = "painter"\n')
    (folder / "model.py").write_text(CODE)
    app.trust.trust(app.registry.add(str(folder)))
    return folder


def picture(mode: str = "RGB", form: str = "PNG") -> str:
    """Return a small picture as base64."""
    channels = len(mode)
    pixels = np.arange(4 * 6 * channels, dtype=np.uint8).reshape((4, 6) if channels == 1 else (4, 6, channels))
    file = io.BytesIO()
    PIL.Image.fromarray(pixels, mode).save(file, form)
    return base64.b64encode(file.getvalue()).decode()


def opened(uri: str) -> PIL.Image.Image:
    """Return the picture in a data URI."""
    return PIL.Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])))


async def host(client: httpx.AsyncClient, **wanted: Any) -> dict[str, Any]:
    """Host a model as its owner does."""
    answer = await client.post(API, json={"model": "painter", **wanted})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def token(client: httpx.AsyncClient, name: str, **wanted: Any) -> dict[str, str]:
    """Return the header with a new token of a deployment."""
    answer = await client.post(f"{API}/{name}/tokens", json={"name": "bot", **wanted})
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}
