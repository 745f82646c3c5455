"""What to expect of a run, in honest words, and what would be better with more."""

from __future__ import annotations

from typing import Final

from gesso.trainers.text.corpus import Corpus
from gesso.trainers.text.options import Options

_FEW: Final = 200
"""Tokens of held-out text below which what it says is chance."""


def words_for(options: Options, corpus: Corpus, *, is_tuned: bool, seconds: float) -> tuple[str, ...]:
    """Return sentences for people. `is_tuned`: it begins from a base."""
    said = [_of_tuned(corpus.text_bytes) if is_tuned else _of_new(corpus.text_bytes)]
    if len(corpus.heldout) < _FEW:
        said.append("Too little is held out to see when it begins to learn by heart.")
    if options.preset != "thorough" and not options.max_steps:
        minutes = max(1, round(seconds / 60))
        said.append(f"It takes about {minutes} minute{'s' * (minutes > 1)} here; a longer preset makes it better.")
    return tuple(said)


def _of_new(size: int) -> str:
    if size < 5_000:
        return "From so little text alone nothing learns to speak: what comes is noise. Begin from a base, or add text."
    if size < 20_000:
        return "From so little text alone a model learns to spell, and hardly to speak. Begin from a base, or add text."
    if size < 200_000:
        return "Made from nothing, it learns the look of your text, with half-made words. From a base it speaks better."
    if size < 2_000_000:
        return (
            "Made from nothing, it sounds like your text, and does not keep a thought for long. Try a base beside it."
        )
    return "It learns words and sentences. To keep a thought over a page, models read a thousand times as much."


def _of_tuned(size: int) -> str:
    if size < 5_000:
        return "That is hardly enough for a voice: the base's stays, and some of your sentences come word for word."
    if size < 20_000:
        return "A few pages colour the base's voice. With ten times as much it becomes your own."
    if size < 200_000:
        return "The base takes on your words and your tone; what it knows stays the base's."
    return "The base takes on your voice. Look at the share that it says by heart before you publish it."
