"""transformers' own Trainer, on noise.

{"shape": {...}, "rows": 8, "precision": "bf16", "steps": 20} -> seconds of each step
"""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
import time
from typing import Any

import torch
import transformers
from torch.utils.data import Dataset


class Noise(Dataset[dict[str, torch.Tensor]]):
    """As many sequences as are needed."""

    def __init__(self, count: int, shape: dict[str, int]) -> None:
        self._count = count
        self._tokens = torch.randint(shape["vocabulary"], (shape["context"],))

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, place: int) -> dict[str, torch.Tensor]:
        return {"input_ids": self._tokens, "labels": self._tokens}


class Clock(transformers.TrainerCallback):
    """Times each step."""

    def __init__(self) -> None:
        self.began = 0.0
        self.taken: list[float] = []

    def on_step_begin(self, *_: Any, **__: Any) -> None:
        """Begin."""
        self.began = time.perf_counter()

    def on_step_end(self, *_: Any, **__: Any) -> None:
        """End."""
        self.taken.append(time.perf_counter() - self.began)


def speed(asked: dict[str, Any]) -> list[float]:
    """Train for some steps, and return how long each took."""
    shape, clock = asked["shape"], Clock()
    config = transformers.GPT2Config(
        vocab_size=shape["vocabulary"],
        n_positions=shape["context"],
        n_layer=shape["layers"],
        n_head=shape["heads"],
        n_embd=shape["width"],
        **dict.fromkeys(("resid_pdrop", "embd_pdrop", "attn_pdrop"), 0.0),
    )
    with tempfile.TemporaryDirectory() as folder:
        arguments = transformers.TrainingArguments(
            output_dir=folder,
            per_device_train_batch_size=asked["rows"],
            max_steps=asked["steps"],
            use_cpu=True,
            bf16=asked["precision"] == "bf16",
            report_to="none",
            save_strategy="no",
            logging_strategy="no",
            disable_tqdm=True,
        )
        trainer = transformers.Trainer(
            model=transformers.GPT2LMHeadModel(config),
            args=arguments,
            train_dataset=Noise(asked["rows"] * asked["steps"], shape),
            callbacks=[clock],
        )
        trainer.train()
    return clock.taken


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):
        found = speed(json.loads(sys.argv[1]))
    print(json.dumps(found))
