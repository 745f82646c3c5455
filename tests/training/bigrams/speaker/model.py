"""Say something, one sign after the other."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gesso import Model

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

    def run(self, prompt: str = "", max_characters: int = 80) -> Said:
        """Say something."""
        text = prompt or self.signs[0]
        while len(text) < max_characters:
            at = self.signs.index(text[-1]) if text[-1] in self.signs else 0
            odds = np.exp(self.table[at] - self.table[at].max())
            text += self.signs[np.random.choice(len(self.signs), p=odds / odds.sum())]  # noqa: NPY002 - seeded by Gesso
        return Said(text, encountered_end=False)
