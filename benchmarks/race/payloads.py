"""What is sent, the same to all, and whether what comes back is right."""

from __future__ import annotations

import io
from functools import cache
from typing import Final

import numpy as np
import PIL.Image

from benchmarks.peers.peer import Workload
from benchmarks.peers.served.model import encode, picture
from benchmarks.pictures import photo

SIZE: Final = (512, 512)
"""Of the picture."""
FRAME: Final = (640, 480)
"""Of a live frame."""
_WORDS: Final = "a painted ship on a painted ocean, late light, client {client:04}"
_BITS: Final = 16  # of the number that stands in a frame
_BLOCK: Final = 16  # pixels: a JPEG of any quality keeps a square of this size


def payload(workload: Workload, client: int) -> bytes:
    """Return what a client sends: each has words of its own, so that an answer that goes astray is seen."""
    return _jpeg() if workload is Workload.PICTURE else _WORDS.format(client=client).encode()


@cache
def _jpeg() -> bytes:
    return encode(photo(*SIZE))


def is_right(workload: Workload, *, sent: bytes, got: bytes) -> bool:
    """Say in no time whether an answer looks right."""
    if workload is Workload.PICTURE:
        return got[:2] == b"\xff\xd8" and len(got) > 1000
    return sent[::-1] in got


def differs(sent: bytes, got: bytes) -> str:
    """Say in what a picture differs from the one that the function in this process returns, "" if in nothing."""
    ours, theirs = (PIL.Image.open(io.BytesIO(coded)) for coded in (picture(sent), got))
    if ours.size != theirs.size:
        return f"{theirs.size} instead of {ours.size}"
    if vars(ours)["quantization"] != vars(theirs)["quantization"]:
        return "coded at another quality"
    if [each[1:3] for each in vars(ours)["layer"]] != [each[1:3] for each in vars(theirs)["layer"]]:
        return "coded with other chroma"
    error = np.abs(np.asarray(ours, np.int16) - np.asarray(theirs, np.int16)).mean()
    return f"{error:.1f} away from the original on average" if error > 1 else ""


def film(frames: int) -> list[bytes]:
    """Return frames as a camera gives them, each with its number in it."""
    scene = photo(*FRAME)
    return [encode(_numbered(scene, number)) for number in range(frames)]


def number_in(frame: bytes) -> int:
    """Read the number in a frame."""
    image = PIL.Image.open(io.BytesIO(frame))
    image.draft("L", (FRAME[0] // 8, FRAME[1] // 8))  # decodes an eighth of it, which is enough
    small = np.asarray(image.convert("L"))
    step = _BLOCK * small.shape[1] // FRAME[0]
    lights = [small[:step, bit * step : (bit + 1) * step].mean() > 127 for bit in range(_BITS)]
    return sum(bool(light) << bit for bit, light in enumerate(lights))


def _numbered(scene: np.ndarray, number: int) -> np.ndarray:
    frame = scene.copy()
    for bit in range(_BITS):
        frame[:_BLOCK, bit * _BLOCK : (bit + 1) * _BLOCK] = 255 * (number >> bit & 1)
    return frame
