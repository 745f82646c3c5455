"""Say something, one sign after the other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gesso import Model, command

WEIGHTS = Path(__file__).parent / "weights"


@dataclass
class Said:
    """What was said."""

    generated_text: str
    encountered_end: bool


class Speaker(Model):
    """Says what it has learnt."""

    def setup(self) -> None:
        """Read the table."""
        data = (WEIGHTS / "model.safetensors").read_bytes()
        length = int.from_bytes(data[:8], "little")
        shape = json.loads(data[8 : 8 + length])["table"]["shape"]
        self.table = np.frombuffer(data[8 + length :], "<f8").reshape(shape)
        self.signs = json.loads((WEIGHTS / "tokenizer.json").read_text())

    @command
    def run(self, prompt: str = "", max_characters: int = 80) -> Said:
        """Say something."""
        return Said(prompt + "".join(self.stream(prompt, max_characters)), encountered_end=False)

    @command
    def stream(self, prompt: str = "", max_characters: int = 80) -> Iterator[str]:
        """Say something, sign by sign; what it goes on from is not said again."""
        last = prompt[-1:]
        for _ in range(max(0, max_characters - len(prompt))):
            at = self.signs.index(last) if last in self.signs else 0
            odds = np.exp(self.table[at] - self.table[at].max())
            last = str(np.random.choice(self.signs, p=odds / odds.sum()))  # noqa: NPY002 - seeded by Gesso
            yield last
