from __future__ import annotations

import io
import struct
import wave

import numpy as np
import pytest

from gesso.errors import InputError
from gesso.types.audio import AudioType
from gesso.types.wave_file import open_wave, to_samples, write_wave
from tests.types.hostile import wav

REFUSE = AudioType().refuse


def samples(data: bytes) -> list[float]:
    found: list[float] = to_samples(open_wave(data, REFUSE))[:, 0].tolist()
    return found


@pytest.mark.parametrize(
    ("kind", "bits", "data"),
    [
        (1, 8, bytes([0, 64, 128, 192])),
        (1, 16, struct.pack("<4h", -32768, -16384, 0, 16384)),
        (1, 24, b"\x00\x00\x80" + b"\x00\x00\xc0" + b"\x00\x00\x00" + b"\x00\x00\x40"),
        (1, 32, struct.pack("<4i", -(2**31), -(2**30), 0, 2**30)),
        (3, 32, struct.pack("<4f", -1, -0.5, 0, 0.5)),
        (3, 64, struct.pack("<4d", -1, -0.5, 0, 0.5)),
    ],
)
def test_every_common_kind_of_sample_is_read(kind: int, bits: int, data: bytes) -> None:
    assert samples(wav(kind=kind, bits=bits, data=data)) == [-1, -0.5, 0, 0.5]


def test_the_extended_header_is_read() -> None:
    body = struct.pack("<HHIIHHHHI", 0xFFFE, 1, 8000, 16_000, 2, 16, 22, 16, 0) + struct.pack("<H", 1) + bytes(14)
    file = b"RIFF\0\0\0\0WAVEfmt " + struct.pack("<I", len(body)) + body + b"data\x02\0\0\0\x00\x40"
    assert samples(file) == [0.5]


def test_other_chunks_are_passed_over_and_an_unknown_length_goes_to_the_end() -> None:
    whole = wav(data=struct.pack("<h", 16384))
    assert samples(whole[:12] + b"LIST\x03\0\0\0abc\0" + whole[12:]) == [0.5]
    assert samples(whole[:40] + b"\xff\xff\xff\xff" + whole[44:]) == [0.5]


def test_an_odd_number_of_bytes_loses_the_last() -> None:
    assert samples(wav(channels=1, data=b"\x00\x40\x00")) == [0.5]


def test_a_number_that_float32_cannot_hold_is_infinite() -> None:
    assert samples(wav(kind=3, bits=64, data=struct.pack("<d", 1e300))) == [float("inf")]


def test_what_is_written_can_be_read_by_others() -> None:
    stereo = np.array([[0.5, -1], [1, 2]], np.float32)
    with wave.open(io.BytesIO(write_wave(stereo, 44_100))) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, 44_100, 2)
        assert struct.unpack("<4h", file.readframes(2)) == (16384, -32768, 32767, 32767)


def test_a_cut_file_is_refused() -> None:
    with pytest.raises(InputError, match="cut short"):
        open_wave(wav()[:-1], REFUSE)
