"""WAV files: read and written by hand, because the standard library's `wave` reads no floating point.

The layout is that of "Multimedia Programming Interface and Data Specifications 1.0" (IBM and Microsoft, 1991) and of
WAVE_FORMAT_EXTENSIBLE: chunks of a name of 4 letters, a length of 4 bytes, and a body.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gesso.types.base import Buffer
from gesso.types.source import Refuse

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_UNKNOWN_LENGTH: Final = 0xFFFFFFFF  # from a program that did not know yet how long the sound would be
_DTYPES: Final = {
    (_PCM, 8): "u1",
    (_PCM, 16): "<i2",
    (_PCM, 24): "u1",
    (_PCM, 32): "<i4",
    (_FLOAT, 32): "<f4",
    (_FLOAT, 64): "<f8",
}
_HIGHEST_RATE: Final = 768_000
_MOST_CHANNELS: Final = 64
_HINT: Final = "Save it again as WAV with 16 bits."


@dataclass(frozen=True)
class Wave:
    """A WAV file that is open: `kind` is PCM (1) or floating point (3), `data` the samples as they lie in it."""

    kind: int
    bits: int
    channels: int
    sample_rate: int
    data: memoryview

    @property
    def length(self) -> int:
        """Samples per channel."""
        return len(self.data) // (self.bits // 8 * self.channels)


def open_wave(file: Buffer, refuse: Refuse) -> Wave:
    """Find format and samples of a WAV file without converting any; a broken or cut file raises `InputError`."""
    form: memoryview | None = None
    for name, length, body in _chunks(memoryview(file).cast("B")):
        if name == b"fmt ":
            form = body
        if name == b"data" and form is not None:
            if length > len(body) and length != _UNKNOWN_LENGTH:
                raise refuse(f"a WAV sound that is cut short: {len(body)} of {length} bytes are there", _HINT)
            return _wave(form, body, refuse=refuse)
    raise refuse("a WAV file that is broken or has no sound in it", _HINT)


def _chunks(file: memoryview) -> Iterator[tuple[bytes, int, memoryview]]:
    place = 12  # after "RIFF", a length and "WAVE"
    while place + 8 <= len(file):
        name, length = struct.unpack_from("<4sI", file, place)
        yield name, length, file[place + 8 : place + 8 + length]
        place += 8 + length + length % 2  # bodies begin at even places


def _wave(form: memoryview, data: memoryview, *, refuse: Refuse) -> Wave:
    try:
        kind, channels, sample_rate, _, _, bits = struct.unpack_from("<HHIIHH", form)
        if kind == _EXTENSIBLE:
            (kind,) = struct.unpack_from("<H", form, 24)
    except struct.error as error:
        raise refuse("a WAV file with a broken header", _HINT) from error
    if (kind, bits) not in _DTYPES:
        raise refuse(f"a WAV file with {bits} bits of kind {kind}", _HINT)
    if not 1 <= channels <= _MOST_CHANNELS or not 1 <= sample_rate <= _HIGHEST_RATE:
        raise refuse(f"a WAV file with {channels} channels and {sample_rate} samples per second", _HINT)
    return Wave(kind, bits, channels, sample_rate, data)


def to_samples(wave: Wave) -> NDArray[np.float32]:
    """Return the samples as float32 (length, channels), -1..1; floating point may go beyond, or be NaN."""
    width = wave.bits // 8
    raw = np.frombuffer(
        wave.data, _DTYPES[wave.kind, wave.bits], wave.length * wave.channels * (3 if width == 3 else 1)
    )
    samples = _to_floats(raw, wave)
    return samples.reshape(wave.length, wave.channels)


def _to_floats(raw: NDArray[Any], wave: Wave) -> NDArray[np.float32]:
    if wave.kind == _FLOAT:
        with np.errstate(over="ignore", invalid="ignore"):  # what float32 cannot hold becomes infinite
            return raw.astype(np.float32)
    if wave.bits == 8:  # the only one without a sign
        return (raw.astype(np.float32) - np.float32(128)) / np.float32(128)
    if wave.bits == 24:
        wide = np.zeros((len(raw) // 3, 4), np.uint8)
        wide[:, 1:] = raw.reshape(-1, 3)  # the upper three bytes of 32 bits
        raw = wide.view("<i4")[:, 0]
    samples = raw.astype(np.float32)
    samples /= 32768 if wave.bits == 16 else 2**31
    return samples


def write_wave(samples: NDArray[np.float32], sample_rate: int) -> bytes:
    """Return a WAV file with 16 bits; what is beyond -1..1 is cut off."""
    channels = samples.shape[1]
    whole = np.clip(np.rint(samples * 32768), -32768, 32767).astype("<i2").tobytes()
    form = struct.pack("<HHIIHH", _PCM, channels, sample_rate, sample_rate * channels * 2, channels * 2, 16)
    head = struct.pack("<4sI4s4sI", b"RIFF", 36 + len(whole), b"WAVE", b"fmt ", len(form))
    return head + form + struct.pack("<4sI", b"data", len(whole)) + whole
