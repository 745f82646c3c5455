"""LoRA's small layers change nothing at first, learn alone, and are the same when they are merged."""

from __future__ import annotations

import torch

from gesso.trainers.text import lora
from tests.trainers.text.test_gpt import fresh, logits, some_tokens


def learnt(*, rank: int = 4) -> torch.nn.Module:
    model = fresh()
    lora.add(model, rank, seed=0)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if name.endswith("lora_b"):
                weight.normal_(generator=torch.Generator().manual_seed(1))
    return model


def test_before_it_has_learnt_it_changes_nothing() -> None:
    model, plain = fresh(), fresh()
    lora.add(model, 4, seed=0)
    assert torch.equal(logits(model, some_tokens()), logits(plain, some_tokens()))


def test_only_the_small_layers_learn() -> None:
    model = fresh()
    lora.add(model, 4, seed=0)
    learns = {name for name, weight in model.named_parameters() if weight.requires_grad}
    assert learns
    assert all("lora_" in name for name in learns)
    assert {name.replace(".lora_a", "").replace(".lora_b", "") for name in learns} == {
        f"h.{number}.{layer}" for number in (0, 1) for layer in ("attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj")
    }


def test_merged_it_says_the_same_and_has_the_names_from_before() -> None:
    model, names = learnt(), [name for name, _ in fresh().named_parameters()]
    before = logits(model, some_tokens())
    lora.merge(model)
    torch.testing.assert_close(logits(model, some_tokens()), before)
    assert sorted(name for name, _ in model.named_parameters()) == sorted(names)
    assert all(weight.requires_grad for weight in model.parameters())
