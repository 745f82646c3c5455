"""What a person may choose, and what is taken where they leave it open."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from gesso.trainers.text.tokens import Pieces

Preset: TypeAlias = Literal["quick", "standard", "thorough"]
"""How long a run may take."""
Method: TypeAlias = Literal["auto", "full", "lora"]
"""What learns: everything, or small layers beside a base."""
SizeName: TypeAlias = Literal["auto", "tiny", "small", "medium", "large"]
"""How large a new model is."""
Exactness: TypeAlias = Literal["auto", "fp32", "bf16"]
"""How exactly is computed; auto: as is faster."""

SECONDS: Final[dict[Preset, float]] = {"quick": 240, "standard": 1500, "thorough": 9000}
"""How long a run of each preset should take."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """A size of a model that is made from nothing, with what suits it."""

    layers: int
    heads: int
    width: int
    context: int
    rows: int
    rate: float


SIZES: Final[dict[str, Size]] = {
    "tiny": Size(layers=4, heads=4, width=128, context=128, rows=16, rate=3e-3),
    "small": Size(layers=6, heads=6, width=192, context=256, rows=16, rate=2e-3),
    "medium": Size(
        layers=6, heads=6, width=384, context=256, rows=32, rate=1e-3
    ),  # nanoGPT's for one GPU and Shakespeare
    "large": Size(layers=12, heads=12, width=768, context=1024, rows=8, rate=6e-4),  # GPT-2's
}
"""The sizes by name."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What was chosen for a run; 0 and "" leave it open. `layers`, `heads` and `width` go before `size`."""

    dataset: Path
    base: str = ""
    preset: Preset = "quick"
    method: Method = "auto"
    size: SizeName = "auto"
    pieces: Pieces = "bytes"
    vocabulary: int = 0
    max_steps: int = 0
    batch_tokens: int = 0
    block_size: int = 0
    learning_rate: float = 0.0
    dropout: float = -1.0
    layers: int = 0
    heads: int = 0
    width: int = 0
    precision: Exactness = "auto"
    prompt: str = ""
    name: str = ""
    from_checkpoint: str = ""
    every: int = 0
    seed: int = 0


def size_for(text_bytes: int, preset: Preset) -> SizeName:
    """Return the size that suits an amount of text and the time for it."""
    if text_bytes < 50_000 or (preset == "quick" and text_bytes < 500_000):
        return "tiny"
    return "medium" if preset == "thorough" and text_bytes > 1_000_000 else "small"
