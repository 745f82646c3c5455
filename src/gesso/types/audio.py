"""Audio: a sound."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from gesso.errors import DeclarationError, InputError
from gesso.types.arrays import pack_array, unpack_array
from gesso.types.base import DataType, Json, Packed
from gesso.types.given import describe, describe_bytes
from gesso.types.source import from_text, to_data_uri
from gesso.types.wave_file import open_wave, to_samples, write_wave

_HIGHEST_RATE: Final = 768_000
_MOST_CHANNELS: Final = 64
_SAMPLES: Final = "samples of shape (length,) or (length, channels) as float32, and 1 to 768000 of them per second"


class Audio:
    """A sound: `Audio(samples, sample_rate)`.

    `samples` is float32 (length, channels), -1..1, not copied; (length,) is one channel. `sample_rate` is in samples
    per second. Anything else raises `InputError`.
    """

    __slots__ = ("sample_rate", "samples")

    def __init__(self, samples: NDArray[Any], sample_rate: int) -> None:
        is_shaped = samples.ndim == 1 or (samples.ndim == 2 and 1 <= samples.shape[1] <= _MOST_CHANNELS)
        if not is_shaped or samples.dtype != np.float32 or not 1 <= sample_rate <= _HIGHEST_RATE:
            raise InputError(_SAMPLES, f"{describe(samples)} and {sample_rate} per second")
        self.samples: NDArray[np.float32] = samples.reshape(-1, 1) if samples.ndim == 1 else samples
        self.sample_rate = int(sample_rate)

    @property
    def channels(self) -> int:
        """1 for mono, 2 for stereo."""
        return int(self.samples.shape[1])

    @property
    def duration_s(self) -> float:
        """The length in seconds."""
        return len(self.samples) / self.sample_rate

    @property
    def mono(self) -> NDArray[np.float32]:
        """float32 (length,): the mean of all channels. No copy if there is one."""
        if self.channels == 1:
            return self.samples[:, 0]
        return np.asarray(self.samples.mean(axis=1), dtype=np.float32)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Audio):
            return NotImplemented
        return self.sample_rate == other.sample_rate and np.array_equal(self.samples, other.samples)

    __hash__ = None  # type: ignore[assignment]  # the samples may change

    def __repr__(self) -> str:
        return f"Audio({self.duration_s:.3f} s, {self.channels} channels, {self.sample_rate} per second)"


@dataclass(frozen=True, kw_only=True)
class AudioType(DataType[Audio]):
    """`sample_rate` and `channels`: None as it comes, or converted to these (1 channel: the mean of all)."""

    name: ClassVar[str] = "audio"
    title: ClassVar[str] = "a sound"
    widget: ClassVar[str] = "audio"
    reads: ClassVar[tuple[str, ...]] = (".wav",)
    writes: ClassVar[tuple[str, ...]] = (".wav",)
    max_bytes: ClassVar[int] = 700_000_000  # an hour of stereo

    sample_rate: int | None = None
    channels: int | None = None
    max_duration_s: float = 3600

    def __post_init__(self) -> None:
        if self.sample_rate is not None and not 1 <= self.sample_rate <= _HIGHEST_RATE:
            raise DeclarationError(f"A sound cannot have {self.sample_rate} samples per second.")
        if self.channels not in (None, 1, 2):
            raise DeclarationError(f"A sound is converted to 1 or 2 channels, not {self.channels}.")
        if self.max_duration_s <= 0:
            raise DeclarationError(f"A sound cannot last at most {self.max_duration_s} seconds.")

    @classmethod
    def claims(cls, annotation: object) -> Mapping[str, Json] | None:
        """Claim `Audio`."""
        return {} if annotation is Audio else None

    def schema(self) -> dict[str, Json]:
        """Return a string: a data URI of a WAV file."""
        return {
            "type": "string",
            "format": "uri",
            "contentMediaType": "audio/wav",
            "description": f"A data URI of {self.expected}.",
        }

    @property
    def expected(self) -> str:
        """Say the format and the length."""
        return f"a sound (WAV) of at most {self.max_duration_s:g} seconds"

    def sample(self) -> Audio:
        """Return a quarter of a second of the note A, fading out."""
        sample_rate = self.sample_rate or 8000
        times = np.arange(max(1, int(min(0.25, self.max_duration_s) * sample_rate))) / sample_rate
        wave = 0.5 * np.sin(2 * np.pi * 440 * times) * np.exp(-8 * times)
        samples = (np.rint(wave * 32768) / 32768).astype(np.float32)  # as a file of 16 bits keeps it
        return Audio(np.repeat(samples[:, np.newaxis], self.channels or 1, axis=1), sample_rate)

    def coerce(self, value: object) -> Audio:
        """Take an `Audio`, the bytes of a WAV file, a data URI, base64 or a `Path`."""
        if isinstance(value, str):
            value = from_text(value, self.refuse, limit_bytes=self.max_bytes)
        if isinstance(value, bytes | bytearray | memoryview):
            value = self._from_file(value)
        if isinstance(value, Path):
            return self.read(value)
        if not isinstance(value, Audio):
            hint = "Give an Audio(samples, sample_rate)." if hasattr(value, "__array__") else ""
            raise self.refuse(describe(value), hint)
        self._check_duration(len(value.samples), value.sample_rate)
        return self._fit(value)

    def parse(self, text: str) -> Audio:
        """Take a data URI or base64."""
        return self.coerce(text)

    def decode(self, data: bytes) -> Audio:
        """Read a WAV file: 8, 16, 24 or 32 bits, or floating point."""
        return self.coerce(data)

    def _from_file(self, data: bytes | bytearray | memoryview) -> Audio:
        if bytes(data[:4]) != b"RIFF" or bytes(data[8:12]) != b"WAVE":
            raise self.refuse(describe_bytes(data), "Save it as WAV, the one kind of sound that is read so far.")
        wave = open_wave(data, self.refuse)
        self._check_duration(wave.length, wave.sample_rate)
        return Audio(to_samples(wave), wave.sample_rate)

    def _check_duration(self, length: int, sample_rate: int) -> None:
        if length == 0:
            raise self.refuse("a sound without a single sample")
        if length > self.max_duration_s * sample_rate:
            raise self.refuse(f"one of {length / sample_rate:.4g} seconds", "Cut it into shorter pieces.")

    def _fit(self, value: Audio) -> Audio:
        samples = value.samples
        low, high = samples.min(), samples.max()
        if not (math.isfinite(low) and math.isfinite(high)):
            raise self.refuse("a sound with samples that are not numbers (NaN) or infinite")
        if low < -1 or high > 1:
            samples = np.clip(samples, -1, 1)
        samples = self._with_channels(samples)
        if self.sample_rate not in (None, value.sample_rate):
            samples = resample(samples, value.sample_rate, new_rate=self.sample_rate)
        return value if samples is value.samples else Audio(samples, self.sample_rate or value.sample_rate)

    def _with_channels(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        if self.channels in (None, samples.shape[1]):
            return samples
        mono = samples.mean(axis=1, keepdims=True, dtype=np.float32)
        return np.ascontiguousarray(np.repeat(mono, self.channels, axis=1))

    def to_wire(self, value: Audio) -> Json:
        """Return a data URI of a WAV file with 16 bits."""
        return to_data_uri(write_wave(value.samples, value.sample_rate), "audio/wav")

    def encode(self, value: Audio, ending: str) -> bytes:
        """Return a WAV file with 16 bits."""
        self.check_ending(ending)
        return write_wave(value.samples, value.sample_rate)

    def pack(self, value: Audio) -> Packed:
        """Return the shape and the rate, and the samples as they lie in memory."""
        return pack_array(value.samples, sample_rate=value.sample_rate)

    def unpack(self, packed: Packed) -> Audio:
        """Return a sound on the memory of the buffer."""
        samples = unpack_array(packed, self.refuse, dtypes=("float32",))
        sample_rate = packed.header.get("sample_rate")
        if not isinstance(sample_rate, int):
            raise self.refuse("a damaged message")
        return Audio(samples, sample_rate)


_CROSSINGS: Final = 16  # zero crossings of the filter on each side: more is sharper and slower
_ROLL_OFF: Final = 0.95  # of the lower of the two limits, so that the filter has room to fall


def resample(samples: NDArray[np.float32], old_rate: int, *, new_rate: int) -> NDArray[np.float32]:
    """Return a sound (length, channels) at another rate, by a windowed sinc filter: without the hiss of aliasing.

    Every `up`-th sample of the result lies at the same place between two old ones, so it has the same weights: the
    result is made in `up` passes, each of which is one product of matrices.
    """
    up, down = (rate // math.gcd(old_rate, new_rate) for rate in (new_rate, old_rate))
    cutoff = _ROLL_OFF * min(1.0, up / down)
    reach = math.ceil(_CROSSINGS / cutoff)
    length = math.ceil(len(samples) * up / down)
    padded = np.pad(samples, ((reach, reach + down), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, axis=0)
    made = np.empty((length, samples.shape[1]), np.float32)
    for start in range(min(up, length)):
        first, past = divmod(start * down, up)
        away = np.arange(-reach, reach + 1) - past / up
        weights = cutoff * np.sinc(cutoff * away) * np.cos(np.pi * away / (2 * reach + 2)) ** 2
        count = len(range(start, length, up))
        made[start::up] = windows[first : first + count * down : down][:count] @ weights.astype(np.float32)
    return np.clip(made, -1, 1)
