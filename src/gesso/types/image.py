"""Image: a picture. 8 bits per channel in sRGB, with or without alpha; grey may have 16 bits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, cast

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from gesso.errors import DeclarationError, InputError
from gesso.types import picture
from gesso.types.base import Buffer
from gesso.types.given import describe
from gesso.types.raster import Raster, RasterType

_PIXELS = "uint8 pixels of shape (height, width), (height, width, 3) or (height, width, 4), or uint16 (height, width)"


class Image(Raster):
    """A picture: `Image(pixels)` keeps the array as it is, without a copy.

    `pixels` is uint8 (H, W) grey, (H, W, 3) RGB or (H, W, 4) RGB with straight alpha, or uint16 (H, W) grey; colours
    are sRGB; row 0 is the top. Anything else raises `InputError`. `rgb`, `rgba` and `grey` are always 8 bit.
    """

    __slots__ = ()

    def __init__(self, pixels: NDArray[Any]) -> None:
        is_grey = pixels.ndim == 2 and pixels.dtype in (np.uint8, np.uint16)
        is_colour = pixels.ndim == 3 and pixels.shape[2] in (3, 4) and pixels.dtype == np.uint8
        if not (is_grey or is_colour) or pixels.size == 0:
            raise InputError(_PIXELS, describe(pixels), hint="Values of 0..255: `pixels.astype(np.uint8)`.")
        super().__init__(pixels)

    @classmethod
    def from_pil(cls, source: PIL.Image.Image) -> Image:
        """Make an `Image` from a PIL picture of any mode, turned upright and converted to sRGB; else `InputError`."""
        return _ANY.coerce(source)

    @property
    def channels(self) -> int:
        """1 for grey, 3 for RGB, 4 for RGB with alpha."""
        return 1 if self.pixels.ndim == 2 else int(self.pixels.shape[2])

    @property
    def rgb(self) -> NDArray[np.uint8]:
        """uint8 (H, W, 3); alpha is laid over white. No copy if it is that already."""
        if self.channels == 1:
            return np.repeat(picture.to_eight_bits(self.pixels)[:, :, np.newaxis], 3, axis=2)
        return picture.flatten(self.pixels) if self.channels == 4 else self.pixels

    @property
    def rgba(self) -> NDArray[np.uint8]:
        """uint8 (H, W, 4); alpha is 255 if there was none. No copy if it is that already."""
        if self.channels == 4:
            return self.pixels
        return np.dstack([self.rgb, np.full((self.height, self.width), 255, np.uint8)])

    @property
    def grey(self) -> NDArray[np.uint8]:
        """uint8 (H, W), the brightness after ITU-R 601; alpha is laid over white. No copy if it is that already."""
        if self.channels == 1:
            return picture.to_eight_bits(self.pixels)
        return np.asarray(PIL.Image.fromarray(self.rgb).convert("L"))


@dataclass(frozen=True, kw_only=True)
class ImageType(RasterType[Image]):
    """`channels`: None as it comes, or converted to 1, 3 or 4. `depth`: None as it comes, or converted to 8 or 16 bits.

    Only grey has 16 bits: `depth=16` goes with `channels=1`. Alpha that is not wanted is laid over white.
    """

    name: ClassVar[str] = "image"
    title: ClassVar[str] = "a picture"
    widget: ClassVar[str] = "image"
    writes: ClassVar[tuple[str, ...]] = picture.WRITES
    value_class: ClassVar[type[Raster]] = Image
    dtypes: ClassVar[tuple[str, ...]] = ("uint8", "uint16")

    channels: int | None = None
    depth: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.channels not in (None, 1, 3, 4):
            raise DeclarationError(f"A picture has 1, 3 or 4 channels, not {self.channels!r}.")
        if self.depth not in (None, 8, 16):
            raise DeclarationError(f"A picture has a depth of 8 or 16 bits, not {self.depth!r}.")
        if self.depth == 16 and self.channels != 1:
            raise DeclarationError("Only grey pictures have 16 bits.", hint="Add channels=1, or leave depth=16 out.")

    def sample(self) -> Image:
        """Return a soft blend of colours of the size of samples."""
        width, height = self.sample_size
        across, down = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
        return self.coerce(np.dstack([across, down, 255 - across]).astype(np.uint8))

    def from_pil(self, source: PIL.Image.Image) -> Image:
        """Take a PIL picture of any mode, converted to sRGB by its own profile."""
        return Image(picture.to_pixels(source, self.refuse))

    def from_file(self, data: Buffer) -> Image:
        """Read a picture file, the plain ones the fastest way."""
        return Image(picture.read_pixels(data, self.refuse, max_pixels=self.max_pixels))

    def from_array(self, array: NDArray[Any]) -> Image:
        """Take uint8; bool; floating point 0..1; uint16 grey; (H, W, 1) for grey."""
        pixels = array[:, :, 0] if array.ndim == 3 and array.shape[2] == 1 else array
        return Image(to_uint8(pixels, self) if pixels.dtype != np.uint16 else pixels)

    def fit(self, value: Image) -> Image:
        """Convert to the channels and the depth that are asked for; nothing is copied if it has them."""
        pixels = value.pixels
        if self.channels is not None and self.channels != value.channels:
            pixels = {1: lambda: value.grey, 3: lambda: value.rgb, 4: lambda: value.rgba}[self.channels]()
        if self.depth == 8:
            pixels = picture.to_eight_bits(pixels) if pixels.dtype == np.uint16 else pixels
        if self.depth == 16 and pixels.dtype == np.uint8:
            pixels = pixels.astype(np.uint16) * np.uint16(257)
        return value if pixels is value.pixels else Image(pixels)


def to_uint8(array: NDArray[Any], asking: RasterType[Any]) -> NDArray[np.uint8]:
    """Return an array of 0..1 (bool or floating point) as 0..255, and uint8 as it is; others raise `InputError`."""
    if array.dtype == np.uint8:
        return cast("NDArray[np.uint8]", array)
    if array.dtype == np.bool_:
        return np.where(array, np.uint8(255), np.uint8(0))
    if array.dtype.kind != "f":
        raise asking.refuse(describe(array), "Give uint8 with values 0..255, or floating point with values 0..1.")
    low, high = array.min(), array.max()
    if not (low >= -1e-3 and high <= 1 + 1e-3):  # this way round, NaN is refused too
        given = f"floating-point values from {low:.4g} to {high:.4g}"
        raise asking.refuse(given, "Floating-point pixels are 0..1; divide by 255, or clip them.")
    return np.asarray(np.rint(np.clip(array, 0, 1) * 255), dtype=np.uint8)


_ANY = ImageType(max_pixels=picture.MOST_PIXELS)
