"""Decide what was left open: how large, how fast, how long, and what to tell people of it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final

from gesso.trainers.text.corpus import Corpus
from gesso.trainers.text.gpt import Shape
from gesso.trainers.text.options import SECONDS, SIZES, Options, size_for

_MOST_BYTES: Final = 8 * 2**30
_PROGRAM_BYTES: Final = 500 * 2**20
"""What Python and torch take by themselves."""
_TOKENS_AT_ONCE: Final = 4096
_FEW_BYTES: Final = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Course:
    """How a run learns, before it is known how fast the machine is. `length` is how many tokens are read in one go."""

    options: Options
    corpus: Corpus
    shape: Shape
    length: int
    is_tuned: bool

    @property
    def rank(self) -> int:
        """The rank of LoRA's matrices; 0 for a full training."""
        is_large = self.parameters > 60_000_000
        method = self.options.method
        return 16 if method == "lora" or (method == "auto" and self.is_tuned and is_large) else 0

    @property
    def parameters(self) -> int:
        """How many numbers the model has."""
        width = self.shape.width
        block = 12 * width * width + 13 * width
        return (self.shape.vocabulary + self.shape.context + 2) * width + self.shape.layers * block

    @property
    def rows(self) -> int:
        """How many sequences a batch has."""
        if self.options.batch_tokens:
            return max(1, self.options.batch_tokens // self.length)
        size = SIZES.get(size_name(self.options, self.corpus), SIZES["small"])
        wanted = 2048 if self.is_tuned else size.rows * size.context
        return max(1, wanted // self.length)

    @property
    def rate(self) -> float:
        """The highest learning rate: lower for what has learnt already, and for what is large."""
        if self.options.learning_rate:
            return self.options.learning_rate
        if self.rank:
            return 1e-3
        if self.is_tuned:
            return 1e-4 if self.parameters > 60_000_000 else 4e-4
        return SIZES.get(size_name(self.options, self.corpus), SIZES["small"]).rate

    def memory_bytes(self, rows: int, *, saves_memory: bool) -> int:
        """Guess what a run takes with so many sequences at once: weights, slopes, AdamW's two memories, activations."""
        shape, learnt = self.shape, self.parameters if not self.rank else self.parameters // 50
        fixed = 4 * self.parameters + 12 * learnt + 2 * self.parameters
        kept = (2 if saves_memory else 20) * 4 * shape.layers * shape.width
        return _PROGRAM_BYTES + fixed + rows * self.length * (kept + 20 * 4 * shape.width) + 3 * 4 * 4_000_000

    def at_once(self) -> tuple[int, bool]:
        """Return how many sequences fit at once, and whether blocks must be computed again for that."""
        rows, most = max(1, min(self.rows, _TOKENS_AT_ONCE // self.length)), memory_budget()
        while rows > 1 and self.memory_bytes(rows, saves_memory=False) > most:
            rows //= 2
        return rows, self.memory_bytes(rows, saves_memory=False) > most

    def steps(self, tokens_per_s: float) -> int:
        """Return how many steps are taken: as many as go into the preset's time, or were asked for.

        A text is not gone through more often than makes sense: what has learnt already needs few rounds.
        """
        if self.options.max_steps:
            return self.options.max_steps
        step_tokens = self.rows * self.length
        in_time = SECONDS[self.options.preset] * tokens_per_s / step_tokens
        rounds = (20 if self.is_tuned else 100) * len(self.corpus.text) / step_tokens
        return max(20, round(min(in_time, max(rounds, 200))))

    def words(self, seconds: float) -> tuple[str, ...]:
        """Say what to expect, and what would be better with more."""
        said, size = [], self.corpus.text_bytes
        if size < 20_000 and not self.is_tuned:
            said.append("From so little text alone a model learns to spell, and hardly to speak: begin from a base.")
        elif size < 200_000 and not self.is_tuned:
            said.append("From nothing it will learn the look of your text, with half-made words; a base speaks better.")
        elif size < _FEW_BYTES and not self.is_tuned:
            said.append("Made from nothing it will sound like your text, and will not keep a thought for long.")
        if self.is_tuned and size < 20_000:
            said.append("A few pages colour the base's voice. With ten times as much it becomes yours.")
        if len(self.corpus.heldout) <= self.length:
            said.append("Too little is held out to see when it begins to learn by heart.")
        if self.options.preset != "thorough":
            said.append(f"It takes about {max(1, round(seconds / 60))} minutes here. A longer preset makes it better.")
        return tuple(said)


def size_name(options: Options, corpus: Corpus) -> str:
    """Return the name of the size: the one that was asked for, or what suits the text and the time."""
    return size_for(corpus.text_bytes, options.preset) if options.size == "auto" else options.size


def shape_for(options: Options, corpus: Corpus) -> Shape:
    """Return the shape of a model that is made from nothing."""
    size = SIZES[size_name(options, corpus)]
    context = options.block_size or size.context
    return Shape(
        vocabulary=corpus.tokenizer.get_vocab_size(),
        context=min(context, len(corpus.text) // 2),
        layers=options.layers or size.layers,
        heads=options.heads or size.heads,
        width=options.width or size.width,
        dropout=options.dropout if options.dropout >= 0 else dropout_for(corpus.text_bytes),
    )


def dropout_for(text_bytes: int) -> float:
    """Return how much is forgotten while learning: more where the text is gone through often."""
    return 0.2 if text_bytes < _FEW_BYTES else 0.1 if text_bytes < 10 * _FEW_BYTES else 0.0


def memory_budget() -> int:
    """Return how many bytes a run may take: half of the machine's, at most 8 GiB."""
    try:
        machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows has no such question
        return _MOST_BYTES
    return min(_MOST_BYTES, machine // 2)
