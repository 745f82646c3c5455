"""What a run has written down of its course, read while it goes on: half a line is passed over, and so is nonsense."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from gesso.types.base import Json

MODEL: Final = "model"
"""The name of the finished model's folder in that of a run."""

_MOST_LINES: Final = 20_000
_LONGEST_BYTES: Final = 64_000_000
_LATEST_BYTES: Final = 64_000  # some hundred lines: with the last look at what is held out among them
_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a run means to do.

    `estimate_s` is how long that takes, `memory_mb` how much memory; `words` say for people what to expect.
    """

    steps: int = 0
    parameters: int = 0
    vocabulary: int = 0
    block_size: int = 0
    batch_tokens: int = 0
    method: str = ""
    size: str = ""
    precision: str = ""
    train_tokens: int = 0
    heldout_tokens: int = 0
    estimate_s: float | None = None
    memory_mb: float | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CurvePoint:
    """How a run stood at a step: the loss on what is learnt, or that on what is held out, now and then both."""

    step: int
    loss: float | None = None
    learning_rate: float | None = None
    tokens_per_s: float | None = None
    elapsed_s: float | None = None
    heldout_loss: float | None = None
    bits_per_byte: float | None = None


@dataclass(frozen=True, kw_only=True)
class SampleText:
    """What the model said at a step; with the same seed each time, so that one can put them side by side."""

    step: int
    prompt: str = ""
    seed: int = 0
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """A state of a run that one can go on from. `folder` is its place in the folder of the run."""

    step: int
    folder: str
    loss: float | None = None
    heldout_loss: float | None = None
    bits_per_byte: float | None = None
    size_bytes: int = 0
    at: str = ""
    is_best: bool = False


@dataclass(frozen=True)
class Course:
    """The course of a run, by its folder. Everything here reads files: call it in a thread."""

    folder: Path

    def plan(self) -> Plan | None:
        """Return what the run means to do, None if it has not said so yet."""
        return _convert(self._json("plan.json"), Plan)

    def report(self) -> dict[str, Json] | None:
        """Return what the run has said at its end."""
        found = self._json("report.json")
        return found if isinstance(found, dict) else None

    def curve(self, *, after_step: int = -1) -> list[CurvePoint]:
        """Return the points after a step, in their order."""
        points = (_convert(line, CurvePoint) for line in self._lines("curve.jsonl"))
        return [point for point in points if point is not None and point.step > after_step][:_MOST_LINES]

    def latest(self) -> CurvePoint | None:
        """Return the newest figure of each kind as one point; quick, however long the curve is."""
        lines = self._parsed(self._read("curve.jsonl", last_bytes=_LATEST_BYTES))
        points = [point for line in lines if (point := _convert(line, CurvePoint)) is not None]
        newest: dict[str, float] = {}
        for point in points:
            newest |= {name: value for name, value in vars(point).items() if name != "step" and value is not None}
        return CurvePoint(step=points[-1].step, **newest) if points else None

    def samples(self, *, after_step: int = -1) -> list[SampleText]:
        """Return what the model said after a step."""
        samples = (_convert(line, SampleText) for line in self._lines("samples.jsonl"))
        return [sample for sample in samples if sample is not None and sample.step > after_step][:_MOST_LINES]

    def checkpoints(self) -> list[Checkpoint]:
        """Return the checkpoints that are there, in the order of their steps."""
        found = self._json("checkpoints.json")
        told = (_convert(_with_time(each), Checkpoint) for each in (found if isinstance(found, list) else []))
        there = [each for each in told if each is not None and self.is_there(each)]
        return sorted(there, key=lambda each: each.step)

    def is_there(self, checkpoint: Checkpoint) -> bool:
        """Say whether a checkpoint lies in the folder of the run, and not elsewhere."""
        place = (self.folder / checkpoint.folder).resolve()
        return place.is_relative_to(self.folder.resolve()) and place.is_dir()

    def size_bytes(self) -> int:
        """Return how much room the folder takes."""
        total = 0
        for path in self.folder.rglob("*"):
            try:
                total += path.lstat().st_size if path.is_file() else 0
            except OSError:  # it went just now
                continue
        return total

    def _json(self, name: str) -> Any:
        data = self._read(name)
        try:
            return _finite(json.loads(data)) if data else None
        except (ValueError, RecursionError):
            return None

    def _lines(self, name: str) -> Iterator[Any]:
        return self._parsed(self._read(name))

    @staticmethod
    def _parsed(data: bytes) -> Iterator[Any]:
        for line in data.split(b"\n"):
            try:
                yield _finite(json.loads(line))
            except (ValueError, RecursionError):  # half a line: it is being written; or the last one before a crash
                continue

    def _read(self, name: str, *, last_bytes: int = 0) -> bytes:
        try:
            with (self.folder / name).open("rb") as file:
                if last_bytes:
                    file.seek(max(0, file.seek(0, os.SEEK_END) - last_bytes))
                return file.read(_LONGEST_BYTES)
        except OSError:
            return b""


def _convert(data: Any, kind: type[_T]) -> _T | None:
    if not isinstance(data, Mapping):
        return None
    try:
        return kind(**vars(msgspec.convert(data, kind, strict=False)))  # so that all fields are set, and are told
    except (msgspec.ValidationError, ValueError, TypeError):
        return None


def _with_time(data: Any) -> Any:
    return {**data, "at": str(data.get("at", ""))} if isinstance(data, Mapping) else data


def _finite(value: Any) -> Any:
    """Return JSON without NaN and infinity, which are none: a loss that is gone is None."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    return [_finite(one) for one in value] if isinstance(value, list) else value
