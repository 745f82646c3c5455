"""Vector: a row of numbers, such as the place of a picture in a model's latent space."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from gesso.errors import DeclarationError, InputError
from gesso.types.arrays import pack_array, unpack_array
from gesso.types.base import DataType, Json, Packed
from gesso.types.given import describe
from gesso.types.words import Is

Vector = Annotated[NDArray[np.float32], Is("vector")]
"""What a model writes: `def run(self, z: Annotated[Vector, Field(length=512)])`; it gets float32 (length,)."""

_NPY: Final = b"\x93NUMPY"
_NPY_HEADERS: Final = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}
_BETWEEN: Final = re.compile(r"\s*,\s*|\s+")
_LONGEST: Final = 10_000_000
_SAMPLE_LENGTH: Final = 8  # of a vector whose length is free


@dataclass(frozen=True, kw_only=True)
class VectorType(DataType[NDArray[np.float32]]):
    """`length`: None for any, up to 10 million. `ge <= each number <= le`.

    `sampling_mean` and `sampling_std` say from which normal distribution a client draws a random vector.
    """

    name: ClassVar[str] = "vector"
    title: ClassVar[str] = "a vector"
    widget: ClassVar[str] = "vector"
    reads: ClassVar[tuple[str, ...]] = (".json", ".npy", ".csv", ".txt")
    writes: ClassVar[tuple[str, ...]] = (".json", ".npy", ".csv")
    max_bytes: ClassVar[int] = 256 * 1024 * 1024

    length: int | None = None
    sampling_mean: float = 0.0
    sampling_std: float = 1.0
    ge: float | None = None
    le: float | None = None

    def __post_init__(self) -> None:
        if self.length is not None and not 1 <= self.length <= _LONGEST:
            raise DeclarationError(f"A vector has a length from 1 to {_LONGEST}, not {self.length}.")
        if self.sampling_std < 0:
            raise DeclarationError(f"The standard deviation of a vector cannot be {self.sampling_std}.")
        if self.ge is not None and self.le is not None and self.ge > self.le:
            raise DeclarationError(f"The smallest number allowed ({self.ge}) is larger than the largest ({self.le}).")

    @classmethod
    def claims(cls, annotation: object) -> Mapping[str, Json] | None:
        """Claim `NDArray[np.float32]`."""
        return {} if annotation == NDArray[np.float32] else None

    def schema(self) -> dict[str, Json]:
        """Return an array of numbers."""
        limits = {"minimum": self.ge, "maximum": self.le}
        item = {"type": "number"} | {word: limit for word, limit in limits.items() if limit is not None}
        return {
            "type": "array",
            "items": item,
            "minItems": self.length or 0,
            "maxItems": self.length or _LONGEST,
        }

    @property
    def expected(self) -> str:
        """Say the length and the limits: "a list of 512 numbers"."""
        limits = [f"at least {self.ge:g}"] if self.ge is not None else []
        limits += [f"at most {self.le:g}"] if self.le is not None else []
        return f"a list of {f'{self.length} ' if self.length else ''}numbers" + (
            f", each {' and '.join(limits)}" if limits else ""
        )

    def sample(self) -> NDArray[np.float32]:
        """Return numbers around `sampling_mean`, within the limits, of the length that is asked for, or 8."""
        spread = np.sin(np.arange(self.length or _SAMPLE_LENGTH, dtype=np.float64))
        numbers = self.sampling_mean + self.sampling_std * spread
        low, high = -math.inf if self.ge is None else self.ge, math.inf if self.le is None else self.le
        return self.coerce(np.clip(numbers, low, high))

    def coerce(self, value: object) -> NDArray[np.float32]:
        """Take a list of numbers, or an array of one row; gives float32 (length,). NaN and infinity are refused."""
        if isinstance(value, str):
            return self.parse(value)
        array = self._array(value)
        if array.size > _LONGEST or (self.length is not None and array.size != self.length):
            raise self.refuse(f"{array.size} numbers" if array.size != 1 else "1 number")
        with np.errstate(over="ignore"):  # too large for float32 is infinite, which is refused below
            numbers = np.ascontiguousarray(array, dtype=np.float32)
        if not np.isfinite(numbers).all():
            raise self.refuse("some that are infinite, too large or not numbers (NaN)")
        self._check_limits(numbers)
        return numbers

    def _array(self, value: object) -> NDArray[Any]:
        if isinstance(value, list | tuple):
            value = self._from_list(value)
        elif not hasattr(value, "__array__"):
            raise self.refuse(describe(value))
        try:
            array = np.asarray(value)
        except Exception as error:  # foreign code: a tensor on a GPU
            raise self.refuse(describe(value), "Turn it into a numpy array first.") from error
        is_row = array.ndim > 1 and array.size == max(array.shape)  # (1, 512), as StyleGAN has it
        row = array.reshape(-1) if is_row else array
        if row.ndim != 1 or row.dtype.kind not in "iuf":
            raise self.refuse(describe(array))
        return row

    def _from_list(self, numbers: Sequence[object]) -> NDArray[np.float64]:
        kinds = set(map(type, numbers))
        # Looked at first, because numpy takes True for 1, "1" for 1, and lists of lists for tables.
        if bool in kinds or not all(issubclass(kind, int | float | np.integer | np.floating) for kind in kinds):
            raise self.refuse(f"{describe(numbers)} with other things than numbers in it")
        try:
            return np.array(numbers, dtype=np.float64)
        except OverflowError as error:
            raise self.refuse("one that is too large") from error

    def _check_limits(self, numbers: NDArray[np.float32]) -> None:
        low = -np.inf if self.ge is None else np.float32(self.ge)
        high = np.inf if self.le is None else np.float32(self.le)
        is_outside = (numbers < low) | (numbers > high)
        if is_outside.any():
            place = int(np.argmax(is_outside))
            raise self.refuse(describe(float(numbers[place]))).at(f"[{place}]")

    def parse(self, text: str) -> NDArray[np.float32]:
        """Take numbers between commas, spaces or line ends, with or without brackets: "0.1, 0.2"."""
        plain = text.strip().removeprefix("[").removesuffix("]").strip()
        try:
            if "_" in plain:  # 1_000: Python takes it, and nobody else
                raise ValueError("_")
            numbers = [float(part) for part in _BETWEEN.split(plain)] if plain else []
        except ValueError as error:
            raise self.refuse(describe(text), 'Write it as "0.1, 0.2, 0.3".') from error
        return self.coerce(numbers)

    def to_wire(self, value: NDArray[np.float32]) -> Json:
        """Return a list of numbers."""
        return value.tolist()

    def pack(self, value: NDArray[np.float32]) -> Packed:
        """Return the length, and the numbers as they lie in memory."""
        return pack_array(value)

    def unpack(self, packed: Packed) -> NDArray[np.float32]:
        """Return an array on the memory of the buffer."""
        return unpack_array(packed, self.refuse, dtypes=("float32",)).reshape(-1)

    def decode(self, data: bytes) -> NDArray[np.float32]:
        """Read numpy's own format (plain numbers only), or text: JSON, or numbers between commas or line ends."""
        return self.coerce(self._npy(data)) if data.startswith(_NPY) else super().decode(data)

    def _npy(self, data: bytes) -> NDArray[Any]:
        # Not `np.load`: it sets the memory aside that the header claims, before it looks how much there is.
        file = io.BytesIO(data)
        try:
            version = np.lib.format.read_magic(file)
            shape, _, dtype = _NPY_HEADERS[version](file)
            if dtype.hasobject:
                raise self.refuse("a numpy file with Python objects in it", "Save it as float32.")
            if min(shape, default=0) < 0:
                raise ValueError(shape)
            return np.frombuffer(data, dtype, offset=file.tell()).reshape(shape)
        except InputError:
            raise
        except Exception as error:  # a header may be broken in many ways
            raise self.refuse("a numpy file that is broken or cut short", "Save it again with numpy.save.") from error

    def encode(self, value: NDArray[np.float32], ending: str) -> bytes:
        """Return a numpy file, one line of numbers between commas, or JSON."""
        if ending == ".csv":
            return (", ".join(map(str, value)) + "\n").encode()
        if ending != ".npy":
            return super().encode(value, ending)
        file = io.BytesIO()
        np.save(file, value)
        return file.getvalue()
