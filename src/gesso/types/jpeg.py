"""JPEG at its fastest, where `simplejpeg` is installed: the same library as under PIL, without PIL's way around it.

It decodes into an array without a second copy, and lets other threads run meanwhile. Values are those that PIL gives.
Whatever is unusual is left to PIL: both functions return None for it.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gesso.types.base import Buffer

try:
    import simplejpeg
except ImportError:  # a model's own environment has none
    simplejpeg = None

IS_THERE: Final = simplejpeg is not None
"""Whether it is installed."""
_COLOURS: Final = {"L": "GRAY", "RGB": "RGB"}


def decode(data: Buffer, mode: str) -> NDArray[np.uint8] | None:
    """Return the pixels of a JPEG whose header PIL has read, and which is in the mode L or RGB there; else None."""
    if not IS_THERE or mode not in _COLOURS:
        return None
    try:
        pixels: NDArray[np.uint8] = simplejpeg.decode_jpeg(data, _COLOURS[mode], fastdct=False, fastupsample=False)
    except ValueError:  # cut short, or with faults that PIL reads over: it decides
        return None
    return pixels[:, :, 0] if mode == "L" else pixels


def encode(pixels: NDArray[Any], *, quality: int, is_whole: bool) -> bytes | None:
    """Return a JPEG of uint8 pixels (H, W) or (H, W, 3); `is_whole` keeps a colour for each pixel. None for others."""
    if not IS_THERE or pixels.dtype != np.uint8 or pixels.ndim not in (2, 3):
        return None
    colours = "GRAY" if pixels.ndim == 2 else "RGB"
    sampling = "Gray" if pixels.ndim == 2 else "444" if is_whole else "420"
    whole = np.ascontiguousarray(pixels if pixels.ndim == 3 else pixels[:, :, np.newaxis])
    try:
        coded: bytes = simplejpeg.encode_jpeg(whole, quality, colours, sampling, fastdct=False)
    except ValueError:  # a side too long: PIL says so in its own way
        return None
    return coded
