"""What the tests of the text trainer share: a little text, and a run over it that is quick."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from gesso.trainers.text.options import Options

WORDS = [
    "the",
    "a",
    "fox",
    "hare",
    "snow",
    "moon",
    "river",
    "ran",
    "slept",
    "sang",
    "under",
    "over",
    "and",
    "of",
    "in",
    "white",
    "old",
    "small",
    "night",
    "bright",
]


def story(words: int, *, seed: int = 0) -> str:
    """Return sentences of few words, so that there is something to learn."""
    chance = random.Random(seed)
    return " ".join(chance.choice(WORDS) + (".\n" if chance.random() < 0.1 else "") for _ in range(words))


def write_dataset(folder: Path, *, words: int = 3000) -> Path:
    """Write a dataset of two documents and a held-out one."""
    path = folder / "dataset.jsonl"
    lines = [
        {"text": story(words // 2, seed=1), "source": "one.txt", "split": "train"},
        {"text": story(words // 2, seed=2), "source": "two.txt", "split": "train"},
        {"text": story(words // 8, seed=3), "source": "two.txt", "split": "heldout"},
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def quick(dataset: Path, **more: object) -> Options:
    """Return options for a run of a second."""
    sizes = {"layers": 2, "heads": 2, "width": 16, "block_size": 32, "batch_tokens": 256, "vocabulary": 300}
    chosen: dict[str, object] = {"max_steps": 12, "every": 4, "precision": "fp32", "prompt": "the fox", **sizes, **more}
    return Options(dataset=dataset, **chosen)  # type: ignore[arg-type]  # each test its own


@dataclass
class Listener:
    """Hears a run's news, and wants what the test says."""

    wants: Literal["go on", "pause", "finish"] = "go on"
    after: int = 0
    heard: list[str] = field(default_factory=list)
    samples: list[str] = field(default_factory=list)

    def progress(self, fraction: float, text: str = "") -> None:
        self.after -= 1

    def log(self, text: str, level: str = "info") -> None:
        self.heard.append(text)

    def preview(self, value: str) -> None:
        self.samples.append(value)

    def wanted(self) -> Literal["go on", "pause", "finish"]:
        return self.wants if self.after <= 0 else "go on"
