"""Tiny models in Hugging Face's true format, made on the spot: one that says what it is told to, one of pure chance."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

END: Final = "<|endoftext|>"
WORDS: Final = "the fox in the snow and the hare in the field see the moon over the hill. " * 20

Tensors = Mapping[str, NDArray[np.float32]]


def write_tensors(path: Path, tensors: Mapping[str, NDArray[Any]], *, dtype: str = "F32") -> None:
    """Write a safetensors file."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    at = 0
    for name, tensor in tensors.items():
        header[name] = {"dtype": dtype, "shape": list(tensor.shape), "data_offsets": [at, at + tensor.nbytes]}
        at += tensor.nbytes
    head = json.dumps(header).encode()
    path.write_bytes(len(head).to_bytes(8, "little") + head + b"".join(each.tobytes() for each in tensors.values()))


def byte_tokenizer(vocabulary: int = 280) -> Tokenizer:
    """Train a small byte-level BPE."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([WORDS], trainer)
    return tokenizer


def letter_tokenizer(letters: str) -> Tokenizer:
    """Make a tokenizer with a token for each letter, and none for others."""
    known = {END: 0} | {letter: number for number, letter in enumerate(letters, start=1)}
    tokenizer = Tokenizer(models.BPE(vocab=known, merges=[]))
    tokenizer.add_special_tokens([END])
    tokenizer.decoder = decoders.Fuse()
    return tokenizer


def write_model(
    folder: Path, tokenizer: Tokenizer, tensors: Tensors, *, layers: int, heads: int = 4, **config: Any
) -> Path:
    """Write a folder as Hugging Face has it."""
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary, width = tensors["transformer.wte.weight"].shape
    end = tokenizer.token_to_id(END)
    said = {
        "architectures": ["GPT2LMHeadModel"],
        "model_type": "gpt2",
        "activation_function": "gelu_new",
        "vocab_size": vocabulary,
        "n_positions": tensors["transformer.wpe.weight"].shape[0],
        "n_embd": width,
        "n_layer": layers,
        "n_head": heads,
        "bos_token_id": end,
        "eos_token_id": end,
    }
    (folder / "config.json").write_text(json.dumps(said | config))
    tokenizer.save(str(folder / "tokenizer.json"))
    write_tensors(folder / "model.safetensors", tensors)
    return folder


def chance_tensors(vocabulary: int, *, context: int = 64, width: int = 64, layers: int = 2) -> Tensors:
    """Return weights of pure chance, large enough that each text differs from the next."""
    some = _Some(0.2)
    tensors = {"wte.weight": some(vocabulary, width), "wpe.weight": some(context, width)}
    tensors |= _norm("ln_f", width)
    for number in range(layers):
        tensors |= _block(f"h.{number}", width, some=some)
    return {f"transformer.{name}": tensor for name, tensor in tensors.items()}


class _Some:
    """Makes arrays of chance; of a size 0, of nothing."""

    def __init__(self, size: float) -> None:
        self._chance = np.random.default_rng(0)
        self._size = size

    def __call__(self, *shape: int) -> NDArray[np.float32]:
        return (self._chance.standard_normal(shape) * self._size).astype(np.float32)


def _block(name: str, width: int, *, some: _Some) -> dict[str, NDArray[np.float32]]:
    tensors = _norm(f"{name}.ln_1", width) | _norm(f"{name}.ln_2", width)
    for layer, rows, columns in (
        ("attn.c_attn", width, 3 * width),
        ("attn.c_proj", width, width),
        ("mlp.c_fc", width, 4 * width),
        ("mlp.c_proj", 4 * width, width),
    ):
        tensors[f"{name}.{layer}.weight"] = some(rows, columns)
        tensors[f"{name}.{layer}.bias"] = some(columns) * np.float32(0.1)
    return tensors


def write_chance(folder: Path, *, context: int = 64, tokenizer: Tokenizer | None = None) -> Path:
    """Write a model that writes by chance."""
    tokenizer = tokenizer or byte_tokenizer()
    tensors = chance_tensors(tokenizer.get_vocab_size(), context=context)
    return write_model(folder, tokenizer, tensors, layers=2)


def write_parrot(folder: Path, tokenizer: Tokenizer, texts: Sequence[str], *, context: int = 64, **config: Any) -> Path:
    """Write a model that knows which token comes after which, as in some texts, and nothing else.

    Of a token that has several followers, the first is the likeliest and the others nearly as likely.
    """
    vocabulary = tokenizer.get_vocab_size()
    follows = np.zeros((vocabulary, vocabulary), np.float32)
    for text in texts:
        tokens = tokenizer.encode(text).ids
        for one, next_ in itertools.pairwise(tokens):
            follows[next_, one] = max(float(follows[next_, one]), 30 - float(follows[:, one].sum()) / 60)
    width = -(-vocabulary // 4) * 4
    table = np.zeros((vocabulary, width), np.float32)
    table[np.arange(vocabulary), np.arange(vocabulary)] = 1
    heads = np.zeros((vocabulary, width), np.float32)
    heads[:, :vocabulary] = follows / np.sqrt(width)
    tensors = {"wte.weight": table, "wpe.weight": np.zeros((context, width), np.float32)}
    tensors |= _norm("ln_f", width) | _block("h.0", width, some=_Some(0))
    whole = {f"transformer.{name}": tensor for name, tensor in tensors.items()} | {"lm_head.weight": heads}
    return write_model(folder, tokenizer, whole, layers=1, tie_word_embeddings=False, **config)


def _norm(name: str, width: int) -> dict[str, NDArray[np.float32]]:
    return {f"{name}.weight": np.ones(width, np.float32), f"{name}.bias": np.zeros(width, np.float32)}
