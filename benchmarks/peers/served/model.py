"""The models that every server runs: the same code for all of them. It needs Pillow and numpy and nothing else."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

import numpy as np
from PIL import Image

Pixels: TypeAlias = np.ndarray[Any, np.dtype[np.uint8]]

CODED_AS: Final[dict[str, Any]] = {"format": "JPEG", "quality": 90}
"""How every answer is coded, so that all do the same work."""
WORKERS: Final = os.cpu_count() or 1
"""How many processes of a model a server has where it can have several: one for each core."""
MOST_AT_ONCE: Final = 32
"""The largest batch, and the most requests that are under way: as many as there are clients at most."""
BATCH_S: Final = 0.020
"""How long one call of the model that batches takes, whatever the batch."""
STEP_S: Final = 0.010
"""How often the slow model comes up for air."""


def decode(coded: bytes) -> Pixels:
    """Return the pixels of a JPEG."""
    return np.asarray(Image.open(io.BytesIO(coded)).convert("RGB"))


def identity(pixels: Pixels) -> Pixels:
    """Return what it is given: the model of the pictures and of the live frames."""
    return pixels


def encode(pixels: Pixels) -> bytes:
    """Code pixels as a JPEG."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, **CODED_AS)
    return file.getvalue()


def picture(coded: bytes) -> bytes:
    """Do all of it: a JPEG in, a JPEG out."""
    return encode(identity(decode(coded)))


def reverse(prompt: str) -> str:
    """Return the words backwards, at once: the model of the small JSON."""
    return prompt[::-1]


def reverse_all(prompts: list[str]) -> list[str]:
    """Return all of them backwards after 20 ms: the model that batches."""
    time.sleep(BATCH_S)
    return [prompt[::-1] for prompt in prompts]


def steps(seconds: float) -> Iterator[float]:
    """Be busy so long, and yield the time that is left at every step: the model that is canceled."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        yield left
        time.sleep(min(left, STEP_S))


def slow(seconds: float) -> str:
    """Be busy so long, with nothing in between that a server could stop at."""
    for _ in steps(seconds):
        pass
    return "done"
