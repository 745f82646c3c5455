"""Pictures to measure with."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image as Pil


def photo(width: int, height: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Return a picture that is neither flat nor noise: what a codec meets in a photo."""
    y, x = np.mgrid[0:height, 0:width]
    waves = np.stack([np.sin(x / 31 + y / 47), np.sin(x / 17), np.cos(y / 23 - x / 91)], axis=-1)
    grain = np.random.default_rng(0).normal(0, 6, waves.shape)
    return np.clip(waves * 100 + 128 + grain, 0, 255).astype(np.uint8)


def jpeg(pixels: Any) -> bytes:
    """Code a picture as JPEG at quality 90."""
    file = io.BytesIO()
    Pil.fromarray(pixels).save(file, "JPEG", quality=90)
    return file.getvalue()
