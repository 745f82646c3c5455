"""Raster: what a picture, a mask and a segmentation share - values in rows and columns, read from picture files."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final, Generic, TypeVar, cast

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from gesso.errors import DeclarationError, InputError
from gesso.types import picture
from gesso.types.arrays import pack_array, unpack_array
from gesso.types.base import Buffer, DataType, Json, Packed
from gesso.types.given import describe
from gesso.types.source import MAX_BYTES, from_text, to_data_uri


class Raster:
    """Values in rows and columns: `pixels` is an array (height, width) or (height, width, channels), not copied.

    The first row is the top of the picture. numpy and PIL take it as it is (`np.asarray(raster)`, `raster.pil`).
    """

    __slots__ = ("pixels",)

    def __init__(self, pixels: NDArray[Any]) -> None:
        self.pixels = pixels

    @property
    def width(self) -> int:
        """Columns."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Rows."""
        return int(self.pixels.shape[0])

    @property
    def pil(self) -> PIL.Image.Image:
        """The same as a PIL picture, in mode L, I;16, RGB or RGBA."""
        return PIL.Image.fromarray(self.pixels)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        if dtype is None or np.dtype(dtype) == self.pixels.dtype:
            return self.pixels.copy() if copy else self.pixels
        if copy is False:
            raise ValueError(f"A {type(self).__name__} of {self.pixels.dtype} becomes {dtype} only by a copy.")
        return self.pixels.astype(dtype)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, type(self)):
            return NotImplemented
        return self.pixels.dtype == other.pixels.dtype and np.array_equal(self.pixels, other.pixels)

    __hash__ = None  # type: ignore[assignment]  # the values may change

    def __repr__(self) -> str:
        channels = "" if self.pixels.ndim == 2 else f" x {self.pixels.shape[2]} channels"
        return f"{type(self).__name__}({self.width} x {self.height}{channels}, {self.pixels.dtype})"


R = TypeVar("R", bound=Raster)

MAX_PIXELS: Final = 100_000_000
"""Pixels of a picture unless a model asks for more or fewer: a 50-megapixel photo passes, a bomb does not."""


@dataclass(frozen=True, kw_only=True)
class RasterType(DataType[R], Generic[R]):
    """Sizes are in pixels and include both ends; `max_pixels` limits width times height before anything is decoded."""

    reads: ClassVar[tuple[str, ...]] = picture.READS
    max_bytes: ClassVar[int] = MAX_BYTES
    value_class: ClassVar[type[Raster]]
    """The class that models see."""
    dtypes: ClassVar[tuple[str, ...]] = ("uint8",)
    """The kinds of array that the value holds."""

    min_width: int = 1
    max_width: int | None = None
    min_height: int = 1
    max_height: int | None = None
    max_pixels: int = MAX_PIXELS

    def __post_init__(self) -> None:
        for side, least, most in (
            ("width", self.min_width, self.max_width),
            ("height", self.min_height, self.max_height),
        ):
            if least < 1 or (most is not None and most < least):
                raise DeclarationError(f"The {side} of {self.title} cannot be from {least} to {most} pixels.")
        if not 1 <= self.max_pixels <= picture.MOST_PIXELS:
            raise DeclarationError(f"max_pixels must be from 1 to {picture.MOST_PIXELS}, not {self.max_pixels}.")

    @classmethod
    def claims(cls, annotation: object) -> Mapping[str, Json] | None:
        """Claim the value class."""
        return {} if annotation is cls.value_class else None

    def schema(self) -> dict[str, Json]:
        """Return a string: a data URI of a PNG file."""
        return {
            "type": "string",
            "format": "uri",
            "contentMediaType": "image/png",
            "description": f"A data URI of {self.expected}. Rows run from the top, columns from the left.",
        }

    @property
    def expected(self) -> str:
        """Say what it is and its limits: "a picture (PNG, JPEG, ...) of at least 64 x 64 pixels"."""
        limits = []
        if self.min_width > 1 or self.min_height > 1:
            limits.append(f"at least {self.min_width} x {self.min_height} pixels")
        if self.max_width is not None or self.max_height is not None:
            limits.append(f"at most {self.max_width or 'any'} x {self.max_height or 'any'} pixels")
        if self.max_pixels != MAX_PIXELS:
            limits.append(f"at most {picture.megapixels(self.max_pixels)}")
        return f"{self.title} ({picture.FORMATS})" + (f" of {' and '.join(limits)}" if limits else "")

    @property
    def sample_size(self) -> tuple[int, int]:
        """Width and height of samples: 48 x 32 pixels, or as near to that as the limits allow."""
        width = max(self.min_width, min(48, self.max_width or 48))
        height = max(self.min_height, min(32, self.max_height or 32, max(1, self.max_pixels // width)))
        return width, height

    # -- the three that differ ----------------------------------------------------------------------------------------

    @abstractmethod
    def from_pil(self, source: PIL.Image.Image) -> R:
        """Make the value from a decoded PIL picture, upright."""

    @abstractmethod
    def from_array(self, array: NDArray[Any]) -> R:
        """Make the value from an array that is no larger than `max_pixels`."""

    @abstractmethod
    def fit(self, value: R) -> R:
        """Bring a value into the form that is asked for, or raise `InputError`; sizes are checked already."""

    # -- check --------------------------------------------------------------------------------------------------------

    def coerce(self, value: object) -> R:
        """Take the value itself, bytes, a data URI, base64, a `Path`, a PIL picture or an array."""
        made = self._make(value)
        self._check_size(made.width, made.height)
        return self.fit(made)

    def parse(self, text: str) -> R:
        """Take a data URI or base64."""
        return self.coerce(text)

    def decode(self, data: bytes) -> R:
        """Read a picture file of any of the formats; its content decides which."""
        return self.coerce(data)

    def _make(self, value: object) -> R:
        if isinstance(value, self.value_class):
            return cast("R", value)
        if isinstance(value, str):
            value = from_text(value, self.refuse, limit_bytes=self.max_bytes)
        if isinstance(value, bytes | bytearray | memoryview):
            return self.from_file(value)
        if isinstance(value, Path):
            return self.read(value)
        if isinstance(value, PIL.Image.Image):
            self._check_pixels(value.width, value.height)
            return self.from_pil(picture.load(value, self.refuse))
        return self._from_array_like(value)

    def from_file(self, data: Buffer) -> R:
        """Make the value from a picture file."""
        return self.from_pil(picture.open_picture(data, self.refuse, max_pixels=self.max_pixels))

    def _from_array_like(self, value: object) -> R:
        if not hasattr(value, "__array__"):
            raise self.refuse(describe(value))
        try:
            array = np.asarray(value)
        except Exception as error:  # foreign code: a tensor on a GPU, a table
            raise self.refuse(describe(value), "Turn it into a numpy array first.") from error
        if array.ndim not in (2, 3) or array.size == 0:
            raise self.refuse(describe(array), "The shape is (height, width) or (height, width, channels).")
        self._check_pixels(array.shape[1], array.shape[0])
        return self.from_array(array)

    def _check_pixels(self, width: int, height: int) -> None:
        if width * height > self.max_pixels:
            raise self._wrong_size(width, height)

    def _check_size(self, width: int, height: int) -> None:
        self._check_pixels(width, height)
        is_wide = self.max_width is not None and width > self.max_width
        is_high = self.max_height is not None and height > self.max_height
        if is_wide or is_high or width < self.min_width or height < self.min_height:
            raise self._wrong_size(width, height)

    def _wrong_size(self, width: int, height: int) -> InputError:
        is_small = width < self.min_width or height < self.min_height
        return self.refuse(
            f"one of {width} x {height} pixels",
            f"Make it {'larger' if is_small else 'smaller'} in a picture program first.",
        )

    # -- convert ------------------------------------------------------------------------------------------------------

    def shown(self, value: R) -> NDArray[Any]:
        """Return the pixels that stand in a file or on the wire: those of the value, unless it needs colours."""
        return value.pixels

    def to_wire(self, value: R) -> Json:
        """Return a data URI of a PNG file."""
        return to_data_uri(picture.encode(self.shown(value), ".png", is_quick=True), "image/png")

    def encode(self, value: R, ending: str) -> bytes:
        """Return a picture file in the format of the ending."""
        self.check_ending(ending)
        return picture.encode(self.shown(value), ending)

    def pack(self, value: R) -> Packed:
        """Return the shape, and the pixels as they lie in memory."""
        return pack_array(value.pixels)

    def unpack(self, packed: Packed) -> R:
        """Return a value on the memory of the buffer."""
        return cast("R", self.value_class(unpack_array(packed, self.refuse, dtypes=self.dtypes)))
