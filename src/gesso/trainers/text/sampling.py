"""Let a model speak while it learns: the same prompt and the same seeds each time, to be put side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import torch
from tokenizers import Tokenizer
from torch import Tensor

from gesso.trainers.text import tokens
from gesso.trainers.text.gpt import Gpt

TEMPERATURE: Final = 0.8
"""How much is left to chance."""
TOP_K: Final = 50
"""How many of the likeliest pieces are chosen from."""


@torch.no_grad()
def sample(
    model: Gpt, tokenizer: Tokenizer, *, prompt: str, seeds: list[int], length: int, begins_after: Sequence[str] = ()
) -> list[str]:
    """Return what follows a prompt, with the prompt before it, once for each seed: at most `length` pieces.

    Without a prompt it is what follows the pieces `begins_after`, or the end of another text. Chance comes from the
    seeds alone, and nobody else's is disturbed.
    """
    model.eval()
    device = model.wte.weight.device
    end = tokens.end_of(tokenizer)
    begin = tokenizer.encode(prompt).ids[-model.shape.context // 2 :]
    known = [number for piece in begins_after if (number := tokenizer.token_to_id(piece)) is not None]
    begin = begin or known or [end]
    chances = [torch.Generator().manual_seed(seed) for seed in seeds]
    made = torch.tensor([begin] * len(seeds), device=device)
    logits, past = model.next_logits(made)
    for _ in range(min(length, model.shape.context - len(begin))):
        chosen = torch.stack([_choose(row, chance) for row, chance in zip(logits.float().cpu(), chances, strict=True)])
        made = torch.cat([made, chosen.to(device)], dim=1)
        if made.shape[1] >= model.shape.context or bool((made[:, len(begin) :] == end).any(dim=1).all()):
            break
        logits, past = model.next_logits(made[:, -1:], past)
    return [prompt + _text(tokenizer, _until(row[len(begin) :].tolist(), end)) for row in made]


def _choose(logits: Tensor, chance: torch.Generator) -> Tensor:
    likely, places = torch.topk(logits, min(TOP_K, len(logits)))
    return places[torch.multinomial(torch.softmax(likely / TEMPERATURE, dim=-1), 1, generator=chance)]


def _text(tokenizer: Tokenizer, pieces: list[int]) -> str:
    """Return what pieces say. One that has learnt little says any byte; NUL, which is no part of a text, is marked."""
    return str(tokenizer.decode(pieces)).replace("\0", "\N{REPLACEMENT CHARACTER}")


def _until(pieces: list[int], end: int) -> list[int]:
    return pieces[: pieces.index(end)] if end in pieces else pieces
