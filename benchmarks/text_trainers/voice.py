"""One voice learnt by Gesso's text trainer in so many minutes, and how well it guesses a text that nobody showed it.

{"task": "learn", "dataset": "...", "test": "...", "base": "", "method": "auto", "minutes": 2, "folder": "...", ...}
{"task": "guess", "weights": "...", "texts": {"alice": "...", ...}} -> bits per byte of each

Both begin to count when the program has been imported: making a vocabulary, trying how fast the machine is, looking at
what is held out and keeping checkpoints are part of a training.
"""

from __future__ import annotations

import json
import math
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import torch
from tokenizers import Tokenizer
from torch.nn import functional

from gesso.trainers.text import huggingface, options, tokens
from gesso.trainers.text.finish import best_model
from gesso.trainers.text.gpt import Gpt
from gesso.trainers.text.kept import Kept
from gesso.trainers.text.options import Options
from gesso.trainers.text.sampling import sample
from gesso.trainers.text.work import open_training

_SHARE_OF_STEPS: Final = 0.8
"""How much of the time steps are planned for; the rest goes into looking at what is held out, and checkpoints."""
_SAMPLE_TOKENS: Final = 100


@dataclass
class _Clock:
    """Wants the run to be finished when its time is over, and notes when the first sample came."""

    began: float
    seconds: float
    first_sample_s: float | None = None
    has_learnt: bool = False

    def progress(self, fraction: float, text: str = "") -> None:  # noqa: ARG002 - it is that it comes which counts
        """Note that a step is done."""
        self.has_learnt = True

    def log(self, text: str, level: str = "info") -> None:
        """Hear nothing."""

    def preview(self, value: str) -> None:  # noqa: ARG002 - it is when that counts
        """Note the first sample of what was learnt or brought."""
        self.first_sample_s = self.first_sample_s or time.monotonic() - self.began

    def wanted(self) -> Literal["go on", "pause", "finish"]:
        """Say whether the time is over."""
        return "finish" if self.has_learnt and time.monotonic() - self.began > self.seconds else "go on"


def learn(asked: dict[str, Any]) -> dict[str, Any]:
    """Train as the product does, for so many minutes, and judge what it takes for its best."""
    began = time.monotonic()
    preset, seconds = asked.get("preset", "quick"), asked["minutes"] * 60
    options.SECONDS[preset] = seconds * _SHARE_OF_STEPS
    chosen = Options(
        dataset=Path(asked["dataset"]),
        base=asked.get("base", ""),
        method=asked.get("method", "auto"),
        preset=preset,
        prompt=asked.get("prompt", ""),
        seed=asked.get("seed", 1),
        **asked.get("shape", {}),
    )
    clock = _Clock(began, seconds)
    training, state = open_training(chosen, Kept(Path(asked["folder"])), news=clock)
    state = training.train(state)
    taken = time.monotonic() - began
    model, best = best_model(training)
    tokenizer = training.corpus.tokenizer
    test = Path(asked["test"]).read_text(encoding="utf-8")
    seeds = list(range(1, asked.get("samples", 10) + 1))
    return {
        "bits_per_byte": bits_per_byte(model, tokenizer, text=test),
        "heldout_bits_per_byte": best.bits_per_byte,
        "seconds": taken,
        "first_sample_s": clock.first_sample_s,
        "steps": state.step,
        "planned_steps": training.plan.steps,
        "best_step": best.step,
        "tokens": state.step * training.plan.batch_tokens,
        "tokens_per_s": training.plan.tokens_per_s,
        "parameters": training.plan.parameters,
        "samples": sample(
            model,
            tokenizer,
            prompt=chosen.prompt,
            seeds=seeds,
            length=_SAMPLE_TOKENS,
            begins_after=training.corpus.begins_after,
        ),
    }


def guess(asked: dict[str, Any]) -> dict[str, float]:
    """Judge a model as it lies in a folder."""
    folder = Path(asked["weights"])
    model = Gpt(huggingface.read_shape(folder)).eval()
    huggingface.read_weights(model, folder)
    tokenizer = tokens.read(folder)
    texts = {name: Path(path).read_text(encoding="utf-8") for name, path in asked["texts"].items()}
    most = asked.get("most_characters") or None
    return {name: bits_per_byte(model, tokenizer, text=text[:most]) for name, text in texts.items()}


@torch.no_grad()
def bits_per_byte(model: Gpt, tokenizer: Tokenizer, *, text: str) -> float:
    """Return how many bits a byte of a text costs. Each token but the first ones is guessed after half a context."""
    model.eval()
    numbers = [tokens.end_of(tokenizer), *tokenizer.encode(text).ids]
    size, nats, done = model.shape.context, 0.0, 1
    for begin in range(0, len(numbers) - 1, size // 2):
        window = torch.tensor([numbers[begin : begin + size + 1]])
        last, _ = model(window[:, :-1])
        new = done - begin - 1  # what the window before has guessed already
        logits = functional.linear(last[0, new:], model.wte.weight)
        nats += functional.cross_entropy(logits, window[0, 1 + new :], reduction="sum").item()
        done = begin + window.shape[1]
        if done >= len(numbers):
            break
    return nats / math.log(2) / len(text.encode())


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    print(json.dumps({"learn": learn, "guess": guess}[asked["task"]](asked)))
