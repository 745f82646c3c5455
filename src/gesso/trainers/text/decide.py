"""Decide what was left open: how large, how fast, how long, and what to tell people of it."""

from __future__ import annotations

import math
import os
import sys
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import torch

from gesso import InputError
from gesso.trainers.text.corpus import Corpus, digest
from gesso.trainers.text.expecting import words_for
from gesso.trainers.text.gpt import Shape
from gesso.trainers.text.options import SECONDS, SIZES, Options, Size, size_for
from gesso.trainers.text.origin import Origin, origin_of
from gesso.trainers.text.plan import Plan
from gesso.trainers.text.trial import Speed

_MOST_BYTES: Final = 8 * 2**30
_PROGRAM_BYTES: Final = 500 * 2**20
"""What Python and torch take by themselves."""
_TOKENS_AT_ONCE: Final = 4096
_TOKENS_AT_ONCE_ON_A_GPU: Final = 65_536
_LARGE: Final = 60_000_000
"""Parameters from which what a base has learnt is changed with more care, and a checkpoint takes a gigabyte."""
_LORA_FROM: Final = 60_000_000
"""Parameters from which a base is tuned by LoRA, if nobody says how; below, all of it learns."""
_RANK: Final = 16
_LENGTH: Final = 512
"""How many tokens are read in one go from a base, where nothing else is said."""
_LOOKS: Final = 20
"""How many times in a run a checkpoint is kept."""
_FEW_LOOKS: Final = 8
"""Where one takes more than a gigabyte."""
_HELDOUT_TOKENS: Final = 65_536
_SAMPLE_TOKENS: Final = 80
_DECAY: Final = 0.1
_MEMORY: Final = 0.95
_MEMORY_OF_SMALL: Final = 0.99
"""Of a small batch one learns less about the size of slopes, so that more must be remembered."""
_SMALL_TOKENS: Final = 8192


@dataclass(frozen=True, kw_only=True)
class Course:
    """How a run learns, before it is known how fast the machine is. `length` is how many tokens are read in one go."""

    options: Options
    corpus: Corpus
    origin: Origin | None
    shape: Shape
    length: int
    device: str = "cpu"

    @cached_property
    def parameters(self) -> int:
        """How many numbers the model has."""
        width = self.shape.width
        block = 12 * width * width + 13 * width
        return (self.shape.vocabulary + self.shape.context + 2) * width + self.shape.layers * block

    @property
    def rank(self) -> int:
        """The rank of LoRA's matrices; 0 for a full training."""
        if self.options.method == "auto":
            return _RANK if self.origin and self.parameters > _LORA_FROM else 0
        return _RANK if self.options.method == "lora" else 0

    @property
    def rows(self) -> int:
        """How many sequences a batch has."""
        size = SIZES[size_name(self.options, self.corpus)]
        usual = 2048 if self.origin else size.rows * size.context
        return max(1, (self.options.batch_tokens or usual) // self.length)

    @property
    def rate(self) -> float:
        """The highest learning rate: lower for what has learnt already, and for what is large."""
        if self.options.learning_rate:
            return self.options.learning_rate
        if self.rank:
            return 1e-3
        if self.origin:
            return 1e-4 if self.parameters > _LARGE else 5e-4
        return SIZES[size_name(self.options, self.corpus)].rate

    def memory_bytes(self, rows: int, *, saves_memory: bool) -> int:
        """Guess what a run takes with so many sequences at once: weights, slopes, AdamW's two memories, activations."""
        shape, learnt = self.shape, self.parameters // 50 if self.rank else self.parameters
        fixed = 6 * self.parameters + 12 * learnt
        kept = (2 if saves_memory else 20) * 4 * shape.layers * shape.width
        kept += 6 * shape.heads * self.length * (1 if saves_memory else shape.layers)  # who looks at whom, in 16 bits
        return _PROGRAM_BYTES + fixed + rows * self.length * (kept + 20 * 4 * shape.width) + 12 * 4_000_000

    def at_once(self) -> tuple[int, bool]:
        """Return how many sequences fit at once, and whether blocks must be computed again for that."""
        tokens = _TOKENS_AT_ONCE if self.device == "cpu" else _TOKENS_AT_ONCE_ON_A_GPU
        rows, most = max(1, min(self.rows, tokens // self.length)), memory_budget(self.device)
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
        rounds = (20 if self.origin else 100) * len(self.corpus.text) / step_tokens
        return max(20, round(min(in_time, max(rounds, 200))))

    def plan(self, speed: Speed) -> Plan:
        """Return the plan, on a machine of that speed."""
        options, corpus, shape = self.options, self.corpus, self.shape
        steps = self.steps(speed.tokens_per_s)
        seconds = steps * self.rows * self.length / speed.tokens_per_s
        rows_at_once, saves_memory = self.at_once()
        return Plan(
            steps=steps,
            method="lora" if self.rank else "full",
            size="" if self.origin else size_name(options, corpus),
            layers=shape.layers,
            heads=shape.heads,
            width=shape.width,
            context=shape.context,
            block_size=self.length,
            vocabulary=shape.vocabulary,
            parameters=self.parameters,
            dropout=shape.dropout,
            rank=self.rank,
            precision=speed.precision,
            batch_tokens=self.rows * self.length,
            rows_at_once=rows_at_once,
            saves_memory=saves_memory,
            learning_rate=self.rate,
            warm_up=min(200, max(1, steps // 20)),
            decay=_DECAY,
            memory=_MEMORY_OF_SMALL if self.rows * self.length < _SMALL_TOKENS else _MEMORY,
            seed=options.seed,
            every=options.every
            or max(1, math.ceil(steps / (_LOOKS if self.parameters < _LARGE or self.rank else _FEW_LOOKS))),
            heldout_most=max(1, _HELDOUT_TOKENS // self.length),
            patience=5 if self.origin or options.preset != "thorough" else 0,
            prompt=options.prompt,
            sample_tokens=_SAMPLE_TOKENS,
            train_tokens=len(corpus.text),
            heldout_tokens=len(corpus.heldout),
            bytes_per_token=corpus.bytes_per_token,
            tokens_per_s=speed.tokens_per_s,
            estimate_s=seconds,
            memory_mb=self.memory_bytes(rows_at_once, saves_memory=saves_memory) // 2**20,
            dataset_sha256=digest(options.dataset),
            base=options.base,
            base_sha256=self.origin.sha256 if self.origin else "",
            from_checkpoint=options.from_checkpoint,
            words=words_for(options, corpus, is_tuned=self.origin is not None, seconds=seconds),
        )


def course_for(options: Options, corpus: Corpus, *, device: str = "cpu") -> Course:
    """Return how a run with these options learns. Raises `InputError` where they do not go together."""
    origin = origin_of(options.base, options.from_checkpoint)
    forgets = options.dropout if options.dropout >= 0 else _dropout_for(corpus.text_bytes) * (0.5 if origin else 1)
    shape = replace(origin.shape if origin else _shape_for(options, corpus), dropout=forgets)
    if shape.width % shape.heads:
        raise InputError("a width that the heads divide", f"{shape.width} and {shape.heads} heads", where="width")
    usual = _LENGTH if origin else shape.context  # a base knows the places that are not read
    length = min(options.block_size or usual, shape.context, len(corpus.text) // 2)
    return Course(options=options, corpus=corpus, origin=origin, shape=shape, length=length, device=device)


def size_name(options: Options, corpus: Corpus) -> str:
    """Return the name of the size: the one that was asked for, or what suits the text and the time."""
    return size_for(corpus.text_bytes, options.preset) if options.size == "auto" else options.size


def _shape_for(options: Options, corpus: Corpus) -> Shape:
    """Return the shape of a model that is made from nothing."""
    size: Size = SIZES[size_name(options, corpus)]
    return Shape(
        vocabulary=corpus.tokenizer.get_vocab_size(),
        context=min(options.block_size or size.context, len(corpus.text) // 2),
        layers=options.layers or size.layers,
        heads=options.heads or size.heads,
        width=options.width or size.width,
    )


def _dropout_for(text_bytes: int) -> float:
    """Return how much is forgotten while learning: more where the text is gone through often."""
    return 0.2 if text_bytes < 1_000_000 else 0.1 if text_bytes < 10_000_000 else 0.0


def memory_budget(device: str = "cpu") -> int:
    """Return how many bytes a run may take: most of what a GPU has free; else half of the machine's, at most 8 GiB."""
    if device == "cuda":
        return int(0.8 * torch.cuda.mem_get_info()[0])
    if sys.platform == "win32":  # it has no such question, and was not tried
        return _MOST_BYTES
    else:
        machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        return min(_MOST_BYTES, machine // 2)
