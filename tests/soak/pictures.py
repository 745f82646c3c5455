"""Pictures for a soak: each drawn anew, so that no two clients send the same file unless they mean to."""

from __future__ import annotations

import hashlib
import io
import random
from dataclasses import dataclass
from typing import Final

import numpy as np
import PIL.Image

_SIZES: Final = ((64, 48), (1, 1), (320, 240), (640, 480))
_LARGE: Final = (1600, 1200)


@dataclass(frozen=True)
class Picture:
    """A picture as a file, and its pixels as a digest: what comes back must have the same."""

    data: bytes
    media_type: str
    pixels: str

    @property
    def digest(self) -> str:
        """The SHA-256 of the file."""
        return hashlib.sha256(self.data).hexdigest()


def draw(chance: random.Random, *, is_large: bool = False) -> Picture:
    """Draw a picture: colours by chance, as PNG or JPEG."""
    width, height = _LARGE if is_large else chance.choice(_SIZES)
    noise = np.random.default_rng(chance.getrandbits(32)).integers(0, 256, (height, width, 3), np.uint8)
    kind = chance.choice(("PNG", "JPEG"))
    file = io.BytesIO()
    PIL.Image.fromarray(noise).save(file, kind, compress_level=1)
    data = file.getvalue()
    return Picture(data, f"image/{kind.lower()}", pixels_of(data))


def pixels_of(data: bytes) -> str:
    """Return the digest of a picture's size and pixels."""
    with PIL.Image.open(io.BytesIO(data)) as opened:
        picture = opened.convert("RGB")
    return hashlib.sha256(repr(picture.size).encode() + picture.tobytes()).hexdigest()
