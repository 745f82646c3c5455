"""What a run begins from: a base of Hugging Face's form, or a checkpoint of another run; or from nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer

from gesso import InputError
from gesso.trainers.text import huggingface, lora, tokens
from gesso.trainers.text.corpus import digest
from gesso.trainers.text.gpt import Gpt, Shape
from gesso.trainers.text.plan import Plan


@dataclass(frozen=True)
class Base:
    """A folder with `config.json`, `model.safetensors` and a tokenizer."""

    folder: Path

    @property
    def shape(self) -> Shape:
        """How large it is."""
        return huggingface.read_shape(self.folder)

    @property
    def sha256(self) -> str:
        """The digest of its weights."""
        file = self.folder / "model.safetensors"
        return digest(file) if file.is_file() else ""

    def tokenizer(self) -> Tokenizer:
        """Read its tokenizer."""
        return tokens.read(self.folder)

    def fill(self, model: Gpt) -> None:
        """Give its weights to a model of its shape."""
        huggingface.read_weights(model, self.folder)


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint of another run; two folders above it lie that run's plan and tokenizer."""

    folder: Path

    @property
    def plan(self) -> Plan:
        """The plan of the run that it is from."""
        file = self.folder.parents[1] / "plan.json"
        try:
            return Plan.from_json(json.loads(file.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(
                "a checkpoint of a run", f"{self.folder} without its plan", where="from_checkpoint"
            ) from error

    @property
    def shape(self) -> Shape:
        """How large it is."""
        return self.plan.shape

    @property
    def sha256(self) -> str:
        """The digest of its weights."""
        return digest(self.folder / "model.safetensors")

    def tokenizer(self) -> Tokenizer:
        """Read its tokenizer."""
        return Tokenizer.from_file(str(self.folder.parents[1] / "tokenizer.json"))

    def fill(self, model: Gpt) -> None:
        """Give its weights to a model of its shape."""
        if self.plan.rank:
            fill(model, self.plan)
        given = load_file(self.folder / "model.safetensors")
        with torch.no_grad():
            for name, weight in model.named_parameters():
                if name in given:
                    weight.copy_(given[name])
        lora.merge(model)


Origin = Base | Checkpoint
"""What a run may begin from."""


def origin_of(base: str, from_checkpoint: str) -> Origin | None:
    """Return what a run begins from; None: from nothing. A checkpoint goes before the base that it came from."""
    if from_checkpoint:
        return Checkpoint(Path(from_checkpoint))
    return Base(Path(base)) if base else None


def fill(model: Gpt, plan: Plan) -> None:
    """Give a model the weights that a run of that plan begins with; LoRA's layers are put beside them."""
    origin = origin_of(plan.base, plan.from_checkpoint)
    if origin is None:
        model.begin(torch.Generator().manual_seed(plan.seed))
    else:
        if origin.sha256 != plan.base_sha256:
            raise InputError("the base that the run began with", "another one in its place", where="base")
        origin.fill(model)
    if plan.rank:
        lora.add(model, plan.rank, seed=plan.seed)


def check_fits(shape: Shape, tokenizer: Tokenizer) -> None:
    """Raise `InputError` if a tokenizer knows pieces that a model has no place for."""
    if tokenizer.get_vocab_size() > shape.vocabulary:
        given = f"a tokenizer of {tokenizer.get_vocab_size()} pieces"
        raise InputError(f"a tokenizer of at most {shape.vocabulary} pieces", given, where="base")
