from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gesso.errors import DeclarationError, InputError
from gesso.types.audio import Audio, AudioType, resample


def tone(hertz: float, rate: int, seconds: float = 0.5) -> np.ndarray[Any, np.dtype[np.float32]]:
    times = np.arange(int(rate * seconds)) / rate
    return (0.5 * np.sin(2 * np.pi * hertz * times)).astype(np.float32)[:, None]


def test_it_keeps_the_array_without_a_copy() -> None:
    samples = tone(440, 8000)
    sound = AudioType().coerce(Audio(samples, 8000))
    assert sound.samples is samples
    assert (sound.channels, sound.duration_s) == (1, 0.5)
    assert Audio(samples[:, 0], 8000) == sound
    assert sound != Audio(samples, 16_000)
    assert repr(sound) == "Audio(0.500 s, 1 channels, 8000 per second)"


@pytest.mark.parametrize(
    ("samples", "rate"),
    [
        (np.zeros((4, 4, 4), np.float32), 8000),
        (np.zeros(4), 8000),
        (np.zeros(4, np.float32), 0),
        (np.zeros((4, 0), np.float32), 1),
    ],
)
def test_it_refuses_arrays_that_are_no_sound(samples: np.ndarray[Any, Any], rate: int) -> None:
    with pytest.raises(InputError, match="samples of shape"):
        Audio(samples, rate)


def test_channels_are_mixed_or_doubled() -> None:
    stereo = Audio(np.array([[1, 0], [0, 1]], np.float32), 8000)
    assert stereo.mono.tolist() == [0.5, 0.5]
    assert AudioType(channels=1).coerce(stereo).samples.tolist() == [[0.5], [0.5]]
    assert AudioType(channels=2).coerce(Audio(np.array([1], np.float32), 8000)).samples.tolist() == [[1, 1]]


def test_samples_beyond_the_range_are_cut_off() -> None:
    assert AudioType().coerce(Audio(np.array([2, -3], np.float32), 8000)).samples[:, 0].tolist() == [1, -1]


@pytest.mark.parametrize("rates", [(44_100, 16_000), (48_000, 44_100), (8000, 48_000), (22_050, 8000)])
def test_another_rate_keeps_the_tone(rates: tuple[int, int]) -> None:
    old, new = rates
    made = AudioType(sample_rate=new).coerce(Audio(tone(1000, old), old))
    assert made.sample_rate == new
    middle = slice(len(made.samples) // 4, -len(made.samples) // 4)  # the filter needs a run-up
    assert np.abs(made.samples[middle] - tone(1000, new)[middle]).max() < 0.005


def test_another_rate_brings_no_aliasing() -> None:
    made = resample(tone(7000, 44_100), 44_100, new_rate=8000)
    assert np.abs(made[500:-500]).max() < 0.005


def test_resampling_a_short_sound_works() -> None:
    assert resample(np.ones((1, 2), np.float32), 44_100, new_rate=16_000).shape == (1, 2)


def test_a_long_sound_is_refused_before_it_is_converted() -> None:
    with pytest.raises(InputError, match="Cut it"):
        AudioType(max_duration_s=0.1).coerce(Audio(tone(440, 8000), 8000))


@pytest.mark.parametrize("words", [{"sample_rate": 0}, {"channels": 3}, {"max_duration_s": 0}])
def test_a_contradiction_is_told(words: dict[str, Any]) -> None:
    with pytest.raises(DeclarationError):
        AudioType.declare(words)
