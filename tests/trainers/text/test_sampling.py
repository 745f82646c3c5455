from __future__ import annotations

import torch

from gesso.trainers.text.gpt import Gpt, Shape
from gesso.trainers.text.sampling import sample
from tests.trainers.text.tiny import letter_tokenizer


def test_a_sample_is_a_text_even_if_the_model_says_nul() -> None:
    torch.manual_seed(1)
    tokenizer = letter_tokenizer(
        "a\0"
    )  # a report with a NUL in it is refused, and a training would end without a model
    model = Gpt(Shape(vocabulary=3, context=32, layers=1, heads=1, width=8))
    texts = sample(model, tokenizer, prompt="a", seeds=[1, 2, 3], length=30)
    assert "\N{REPLACEMENT CHARACTER}" in "".join(texts)
    assert "\0" not in "".join(texts)
