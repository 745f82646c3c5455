"""The model card: what a model is, what it read, how well it does, and what it cannot do. A draft, for its maker."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gesso.trainers.text.options import Options
from gesso.trainers.text.plan import Plan


def write_card(path: Path, *, options: Options, plan: Plan, report: Mapping[str, Any]) -> None:
    """Write a card in Hugging Face's form."""
    name = options.name or "A text model"
    head = ["---", "library_name: transformers", "pipeline_tag: text-generation", "tags: [gesso, gpt2]", "---"]
    parts = [
        "\n".join(head),
        f"# {name}",
        _what(plan),
        "## How well it does",
        _how_well(report),
        "## What it says",
        "As they came, not chosen" + (f", after “{plan.prompt}”" if plan.prompt else "") + ":",
        *(f"> {' '.join(text.split())}" for text in report["samples"]),
        "## What it cannot do",
        "It goes on with a text as its material would. It knows nothing, and means nothing that it says. What was in "
        "the material, its errors, its prejudices and its private matters too, can come out again, word for word.",
        "## How it was made",
        "With Gesso's text trainer. `training.json` has every option, the digest of the material and the curves.",
    ]
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _what(plan: Plan) -> str:
    begun = f"It began from a base ({plan.base_sha256[:12]})" if plan.base_sha256 else "It was made from nothing"
    by = " by LoRA, which was merged" if plan.rank else ""
    return (
        f"A model of GPT-2's shape with {plan.parameters:,} parameters: {plan.layers} layers, {plan.width} wide, "
        f"{plan.vocabulary:,} pieces, a context of {plan.context} tokens. {begun}, and learnt{by} from "
        f"{plan.train_tokens:,} tokens of text."
    )


def _how_well(report: Mapping[str, Any]) -> str:
    course = f"{report['steps']:,} steps, {report['tokens']:,} tokens ({report['rounds']} rounds through the text)."
    if report["bits_per_byte"] is None:
        return f"{course} Nothing was held out, so that nobody knows."
    return (
        f"{course} On text that was held out, at the best step ({report['best_step']:,}): "
        f"{report['heldout_loss']:.3f} nats a token, {report['bits_per_byte']:.3f} bits a byte."
    )
