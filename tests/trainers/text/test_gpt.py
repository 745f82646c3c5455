"""Our GPT-2 computes what the one of transformers computes."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
import transformers

from gesso.trainers.text import huggingface
from gesso.trainers.text.attention import look_back
from gesso.trainers.text.gpt import Gpt, Shape

TINY = Shape(vocabulary=61, context=24, layers=2, heads=2, width=16)


def fresh(shape: Shape = TINY, *, seed: int = 0) -> Gpt:
    model = Gpt(shape)
    model.begin(torch.Generator().manual_seed(seed))
    model.eval()
    return model


def some_tokens(rows: int = 3, length: int = 20) -> torch.Tensor:
    return torch.randint(TINY.vocabulary, (rows, length), generator=torch.Generator().manual_seed(1))


def logits(model: Gpt, tokens: torch.Tensor) -> torch.Tensor:
    last, _ = model(tokens)
    return torch.nn.functional.linear(last, model.wte.weight)


@pytest.fixture
def reference(tmp_path: Path) -> torch.nn.Module:
    torch.manual_seed(5)
    config = transformers.GPT2Config(vocab_size=61, n_positions=24, n_embd=16, n_layer=2, n_head=2)
    model: torch.nn.Module = transformers.GPT2LMHeadModel(config).eval()
    model.save_pretrained(tmp_path / "reference")
    return model


def test_logits_are_those_of_transformers_for_its_weights(reference: torch.nn.Module, tmp_path: Path) -> None:
    folder, tokens = tmp_path / "reference", some_tokens()
    shape = huggingface.read_shape(folder)
    assert shape == TINY
    model = Gpt(shape).eval()
    huggingface.read_weights(model, folder)
    with torch.no_grad():
        torch.testing.assert_close(logits(model, tokens), reference(tokens).logits, rtol=1e-5, atol=1e-5)


def test_transformers_reads_what_we_write(tmp_path: Path) -> None:
    model, tokens = fresh(), some_tokens()
    huggingface.write(model, tmp_path / "ours", end=0)
    theirs, report = transformers.GPT2LMHeadModel.from_pretrained(tmp_path / "ours", output_loading_info=True)
    assert not report["missing_keys"]
    assert not report["unexpected_keys"]
    with torch.no_grad():
        torch.testing.assert_close(theirs.eval()(tokens).logits, logits(model, tokens), rtol=1e-5, atol=1e-5)


def test_going_on_from_kept_keys_and_values_is_the_same_as_beginning_anew() -> None:
    model, tokens = fresh(), some_tokens()
    with torch.no_grad():
        whole, _ = model.next_logits(tokens)
        _, past = model.next_logits(tokens[:, :-2])
        _, past = model.next_logits(tokens[:, -2:-1], past)
        later, _ = model.next_logits(tokens[:, -1:], past)
    torch.testing.assert_close(later, whole)


@pytest.mark.parametrize("length", [2, 20])
def test_attention_in_products_is_that_of_torch(length: int) -> None:
    chance = torch.Generator().manual_seed(0)
    parts = [torch.randn(3, 2, length, 8, generator=chance).bfloat16() for _ in range(3)]
    ours = look_back(parts[0], parts[1], value=parts[2], dropout=0.0)
    whole = [part.float() for part in parts]
    theirs = torch.nn.functional.scaled_dot_product_attention(*whole, is_causal=True)
    torch.testing.assert_close(ours.float(), theirs, rtol=0.05, atol=0.03)


def test_saving_memory_changes_no_slope() -> None:
    slopes = []
    for saves in (False, True):
        model = fresh().train()
        model.saves_memory = saves
        model.loss(some_tokens(), some_tokens()).backward()
        slopes.append([weight.grad for weight in model.parameters()])
    torch.testing.assert_close(slopes[0], slopes[1])
