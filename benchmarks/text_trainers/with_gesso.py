"""Gesso's own trainer: how many tokens it learns from in a second, or how well it guesses Shakespeare in the end.

{"task": "speed", "shape": {...}, "rows": 8, "precision": "bf16", "steps": 20} -> seconds of each step
{"task": "loss", "text": "...", "folder": "...", "seed": 1, "steps": 2000, "precision": "fp32"} -> loss and seconds
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import torch

from benchmarks.text_trainers.shakespeare import BABY, SHARE, heldout_loss
from gesso.trainers.text.finish import best_model
from gesso.trainers.text.gpt import Gpt, Shape
from gesso.trainers.text.kept import Kept
from gesso.trainers.text.learner import Habits, Learner
from gesso.trainers.text.options import Options
from gesso.trainers.text.work import open_training


class _Silent:
    def progress(self, fraction: float, text: str = "") -> None:
        """Hear nothing."""

    def log(self, text: str, level: str = "info") -> None:
        """Hear nothing."""

    def preview(self, value: str) -> None:
        """Hear nothing."""

    def wanted(self) -> Any:
        """Go on."""
        return "go on"


def speed(asked: dict[str, Any]) -> list[float]:
    """Learn from noise, and return how long each step took."""
    model = Gpt(Shape(**asked["shape"]))
    model.begin(torch.Generator().manual_seed(0))
    learner = Learner(model, Habits(precision=asked["precision"], rows_at_once=asked["rows"]))
    noise = torch.randint(model.shape.vocabulary, (asked["rows"], model.shape.context))
    taken = []
    for step in range(asked["steps"]):
        began = time.perf_counter()
        learner.learn(step, (noise, noise), rate=1e-4)
        taken.append(time.perf_counter() - began)
    return taken


def loss(asked: dict[str, Any]) -> dict[str, float]:
    """Train on Shakespeare's first nine tenths, and return how badly the rest is guessed, and the time."""
    folder, text = Path(asked["folder"]), Path(asked["text"]).read_text(encoding="utf-8")
    cut = int(len(text) * SHARE)
    lines = [{"text": text[:cut], "split": "train"}, {"text": text[cut:], "split": "heldout"}]
    dataset = folder / "dataset.jsonl"
    dataset.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    options = Options(
        dataset=dataset,
        pieces="characters",
        layers=BABY["n_layer"],
        heads=BABY["n_head"],
        width=BABY["n_embd"],
        block_size=BABY["block_size"],
        batch_tokens=BABY["batch_size"] * BABY["block_size"],
        learning_rate=1e-3,
        dropout=0.0,
        max_steps=asked["steps"],
        every=asked["steps"],
        precision=asked["precision"],
        seed=asked["seed"],
    )
    training, state = open_training(options, Kept(folder), news=_Silent())
    training.train(state)
    model, _ = best_model(training)
    count = training.corpus.tokenizer.encode(text[cut:]).ids

    def logits(tokens: torch.Tensor) -> torch.Tensor:
        last, _ = model(tokens)
        return last @ model.wte.weight.T

    done = list(training.kept.lines("curve.jsonl"))
    seconds = max(line.get("elapsed_s", 0.0) for line in done)
    return {"loss": heldout_loss(logits, torch.tensor(count)), "seconds": seconds}


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    print(json.dumps({"speed": speed, "loss": loss}[asked["task"]](asked)))
