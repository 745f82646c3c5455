"""A model as most of them are: `BasePredictor`, an `Input` for each parameter, one file out."""

from __future__ import annotations

import PIL.Image
from cog import BasePredictor, Input, Path


class Predictor(BasePredictor):
    """Enlarge a picture."""

    def setup(self) -> None:
        self.filters = {"soft": PIL.Image.Resampling.BICUBIC, "hard": PIL.Image.Resampling.NEAREST}

    def predict(
        self,
        image: Path = Input(description="Picture to enlarge"),
        scale: float = Input(description="How much larger", default=2, ge=1, le=4),
        edges: str = Input(description="How edges look", choices=["soft", "hard"], default="soft"),
        size: int = Input(description="Side of the square", choices=[8, 16], default=8),
        note: str = Input(description="A note", default="a-1", regex=r"^[a-z]-\d$"),
        border: int = Input(description="Width of a border", default=0, ge=0, le=8, deprecated=True),
        is_grey: bool = Input(description="Without colours", default=False),
        seed: int = Input(description="Seed, drawn if it is left out", default=None),
    ) -> Path:
        """Run a single prediction on the model."""
        with PIL.Image.open(image) as opened:
            picture = opened.convert("L" if is_grey else "RGB").resize((size, size))
        side = round(size * scale)
        made = PIL.Image.new(picture.mode, (side + 2 * border, side + 2 * border))
        made.paste(picture.resize((side, side), self.filters[edges]), (border, border))
        print(f"{image.name}, note {note}, seed {type(seed).__name__}")
        made.save("enlarged.png")
        return Path("enlarged.png")
