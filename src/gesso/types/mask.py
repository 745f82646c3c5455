"""Mask: which part of a picture is meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from gesso.errors import InputError
from gesso.types import picture
from gesso.types.given import describe
from gesso.types.image import Image, to_uint8
from gesso.types.raster import Raster, RasterType


class Mask(Raster):
    """A part of a picture: `Mask(pixels)` keeps the array as it is, without a copy.

    `pixels` is uint8 (H, W): 255 is chosen, 0 is not, and between is partly. Row 0 is the top. Anything else raises
    `InputError`.
    """

    __slots__ = ()

    def __init__(self, pixels: NDArray[Any]) -> None:
        if pixels.ndim != 2 or pixels.dtype != np.uint8 or pixels.size == 0:
            raise InputError("a mask of shape (height, width) as uint8", describe(pixels))
        super().__init__(pixels)


@dataclass(frozen=True, kw_only=True)
class MaskType(RasterType[Mask]):
    """White is chosen. In a picture with transparent parts, what can be seen is chosen, whatever its colour."""

    name: ClassVar[str] = "mask"
    title: ClassVar[str] = "a mask"
    widget: ClassVar[str] = "mask"
    writes: ClassVar[tuple[str, ...]] = (".png", ".tif", ".tiff", ".bmp")  # none that smears edges
    value_class: ClassVar[type[Raster]] = Mask

    def sample(self) -> Mask:
        """Return a disc in the middle."""
        width, height = self.sample_size
        down, across = np.mgrid[0:height, 0:width]
        radius = min(width, height) / 3
        distances = np.hypot(across - (width - 1) / 2, down - (height - 1) / 2)
        return self.from_array(distances <= radius)

    def coerce(self, value: object) -> Mask:
        """Take a `Mask`, an `Image`, a picture file in any form, or an array: bool, uint8, or 0..1."""
        return super().coerce(value.pixels if isinstance(value, Image) else value)

    def from_pil(self, source: PIL.Image.Image) -> Mask:
        """Take the alpha of a picture if it has any that is not full, and its brightness if not."""
        return self.from_array(picture.to_pixels(source, self.refuse))

    def from_array(self, array: NDArray[Any]) -> Mask:
        """Take (H, W), or a picture of 1, 3 or 4 channels; bool, uint8, uint16 or 0..1."""
        if array.ndim == 3 and array.shape[2] == 1:
            array = array[:, :, 0]
        pixels = picture.to_eight_bits(array) if array.dtype == np.uint16 else to_uint8(array, self)
        if pixels.ndim == 2:
            return Mask(pixels)
        if pixels.shape[2] == 4 and pixels[:, :, 3].min() < 255:
            return Mask(np.ascontiguousarray(pixels[:, :, 3]))
        return Mask(Image(pixels).grey)

    def fit(self, value: Mask) -> Mask:
        """Return the mask as it is."""
        return value
