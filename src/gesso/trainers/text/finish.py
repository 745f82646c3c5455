"""Make the finished model: what learnt best, as a folder that runs, can be gone on from, and says how it was made."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch.nn import functional

from gesso import GessoError, __version__
from gesso.trainers.text import checkpoints, huggingface, lora, tokens
from gesso.trainers.text.card import write_card
from gesso.trainers.text.checkpoints import State
from gesso.trainers.text.converting import Array, Comparison, compare
from gesso.trainers.text.gpt import Gpt
from gesso.trainers.text.kept import Kept, gone_if_broken, room_for
from gesso.trainers.text.loop import Training
from gesso.trainers.text.options import Options
from gesso.trainers.text.origin import check_fits, fill
from gesso.trainers.text.speaking import Labels, make_speaker

_PROMPTS: Final = ("The painter opened the window and", "Once upon a time", "1, 2, 3\n\n- ", "Là-bas, 東京")
_MOST_POINTS: Final = 200
_MOST_BITS: Final = 0.2
"""How far the fast form of a model may be from what was trained, in bits a token; in int8 it is about 0.01."""
_LIBRARIES: Final = ("torch", "tokenizers", "safetensors", "ctranslate2", "numpy")


def make_model(training: Training, state: State, *, options: Options) -> dict[str, Any]:
    """Put the finished model into the kept folder, and return (and keep) the report on the run."""
    kept = training.kept
    made = kept.folder / ".model.part"
    shutil.rmtree(made, ignore_errors=True)
    with room_for("the finished model"), gone_if_broken(made):
        report = _make(training, state, options=options, made=made)
        kept.put(made, "model")
        kept.write("report.json", report)
    return report


def _make(training: Training, state: State, *, options: Options, made: Path) -> dict[str, Any]:
    model, best = best_model(training)
    tokenizer = training.corpus.tokenizer
    end, begins_after = tokens.end_of(tokenizer), training.corpus.begins_after
    huggingface.write(model, made / "weights", end=end, begins_after=begins_after)
    huggingface.write_tokenizer(tokenizer, made / "weights", context=model.shape.context)
    labels = Labels(name=options.name or "text", title=options.name or "Text", description=_description(training))
    make_speaker(made, labels)
    comparison = _compare(made, model, tokenizer=tokenizer)
    report = _report(training, state, best=best, comparison=comparison)
    recipe = {"trainer": "text", "options": _said(options), "plan": training.plan.to_json(), "versions": _versions()}
    Kept(made).write("training.json", recipe | {"report": report, "curve": _curve(training.kept)})
    write_card(made / "README.md", options=options, plan=training.plan, report=report)
    return report


def convert_weights(folder: Path, labels: Labels) -> Comparison:
    """Make a model of `weights` in a folder, and return how near its fast form is to them. Raises `InputError`."""
    weights = folder / "weights"
    model = Gpt(huggingface.read_shape(weights)).eval()
    tokenizer = tokens.read(weights)
    check_fits(model.shape, tokenizer)
    huggingface.read_weights(model, weights)
    if not (weights / "tokenizer.json").exists():  # older folders have its parts only
        huggingface.write_tokenizer(tokenizer, weights, context=model.shape.context)
    make_speaker(folder, labels)
    return _compare(folder, model, tokenizer=tokenizer)


def _compare(folder: Path, model: Gpt, *, tokenizer: Tokenizer) -> Comparison:
    """Compare a model's fast form with the model, on fixed beginnings. Raises `GessoError` if they differ too much."""

    @torch.no_grad()
    def logits(text: Sequence[int]) -> Array:
        last, _ = model(torch.tensor([list(text)]))
        return np.asarray(functional.linear(last[0], model.wte.weight))

    texts = [numbers for text in _PROMPTS if (numbers := tokenizer.encode(text).ids[: model.shape.context])]
    comparison = compare(folder / "weights" / "ct2", original=logits, texts=texts)
    if comparison.divergence > _MOST_BITS:
        raise GessoError(f"The model's fast form differs too much from what was trained: {comparison}.")
    return comparison


def best_model(training: Training) -> tuple[Gpt, State]:
    """Return the model as it was at its best checkpoint, with LoRA's layers merged, and where that was."""
    folder = checkpoints.best(training.kept)
    assert folder is not None, "a run ends with a checkpoint"
    model = Gpt(training.plan.shape)
    fill(model, training.plan)
    given = load_file(folder / "model.safetensors")
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if name in given:
                weight.copy_(given[name])
    lora.merge(model)
    return model.eval(), checkpoints.read_state(folder)


def _report(training: Training, state: State, *, best: State, comparison: Comparison) -> dict[str, Any]:
    plan = training.plan
    samples = [line["text"] for line in training.kept.lines("samples.jsonl") if line["step"] == state.step]
    first = next((line for line in training.kept.lines("curve.jsonl") if "heldout_loss" in line), {})
    speeds = [line["tokens_per_s"] for line in training.kept.lines("curve.jsonl") if "tokens_per_s" in line]
    return {
        "steps": state.step,
        "best_step": best.step,
        "loss": state.loss,
        "heldout_loss": best.heldout_loss,
        "bits_per_byte": best.bits_per_byte,
        "first": {name: first.get(name) for name in ("step", "heldout_loss", "bits_per_byte")},
        "tokens": state.step * plan.batch_tokens,
        "rounds": round(state.step * plan.batch_tokens / plan.train_tokens, 2),
        "operations": state.step * plan.batch_tokens * plan.operations_per_token,
        "tokens_per_s": float(np.median(speeds)) if speeds else plan.tokens_per_s,
        "seconds": state.elapsed_s,
        "parameters": plan.parameters,
        "fast_form": asdict(comparison),
        "samples": samples,
    }


def _description(training: Training) -> str:
    plan = training.plan
    return f"Goes on with a text. Learnt from {plan.train_tokens:,} tokens; {plan.parameters:,} parameters."


def _said(options: Options) -> dict[str, Any]:
    """Return the options as they were chosen, without the places of files."""
    return {name: value for name, value in asdict(options).items() if name not in ("dataset", "from_checkpoint")}


def _versions() -> dict[str, str]:
    return {"gesso": __version__} | {name: version(name) for name in _LIBRARIES}


def _curve(kept: Kept) -> list[dict[str, Any]]:
    lines = list(kept.lines("curve.jsonl"))
    losses = [line for line in lines if "loss" in line]
    few = losses[:: max(1, len(losses) // _MOST_POINTS)]
    return sorted(few + [line for line in lines if "heldout_loss" in line], key=lambda line: line["step"])
