"""What the pages about clients share: their snippets, and a picture to work on."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import PIL.Image

from tests.conftest import ROOT


def snippets(page: str, language: str) -> list[str]:
    """Return the snippets of a page below docs/clients in one language."""
    text = (ROOT / "docs" / "clients" / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def paint_wall(folder: Path) -> None:
    """Write the picture that the pages have people use."""
    grain = np.random.default_rng(0).integers(0, 255, (96, 128, 3), np.uint8)
    PIL.Image.fromarray(grain).save(folder / "wall.jpg")


def size_of(path: Path) -> tuple[int, int]:
    """Return the size of a picture."""
    with PIL.Image.open(path) as picture:
        return picture.size
