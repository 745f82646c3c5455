from __future__ import annotations

import torch

from gesso.trainers.text.gpt import Gpt, Shape
from gesso.trainers.text.sampling import sample
from tests.trainers.text.tiny import letter_tokenizer


def test_a_sample_is_a_text_even_if_the_model_says_nul() -> None:
    """A report with a NUL in it is refused, and with it the whole training."""
    torch.manual_seed(1)
    model = Gpt(Shape(vocabulary=3, context=32, layers=1, heads=1, width=8))
    said = "".join(sample(model, letter_tokenizer("a\0"), prompt="a", seeds=list(range(20)), length=30))
    assert "\N{REPLACEMENT CHARACTER}" in said
    assert "\0" not in said
