"""Conversion to CTranslate2: it thinks what the original thinks, and what is no such model is refused in words."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
import pytest
import torch
import transformers
from ctranslate2.converters import TransformersConverter
from numpy.typing import NDArray
from tokenizers import Tokenizer, decoders, models

from gesso.errors import InputError
from gesso.trainers.text.converting import Tensors, compare, convert, read_config, read_tokenizer
from tests.trainers.text.tiny import byte_tokenizer, chance_tensors, write_chance, write_model, write_tensors

TEXTS = [np.random.default_rng(1).integers(0, 280, 40).tolist() for _ in range(6)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_chance(tmp_path / "weights")


def thinks(folder: Path, text: Sequence[int], *, gelu: Callable[[Any], Any] | None = None) -> NDArray[Any]:
    """Return what a model thinks of each next token, computed in plain numpy as the paper of GPT-2 has it."""
    config, tensors = read_config(folder), Tensors(folder / "model.safetensors")
    heads, places = config["n_head"], len(text)

    def get(name: str) -> NDArray[Any]:
        return tensors.get(name, *tensors.shape(name))

    def norm(x: NDArray[Any], name: str) -> NDArray[Any]:
        x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-5)
        return np.asarray(x * get(f"{name}.weight") + get(f"{name}.bias"))

    def linear(x: NDArray[Any], name: str) -> NDArray[Any]:
        return np.asarray(x @ get(f"{name}.weight") + get(f"{name}.bias"))

    def attend(x: NDArray[Any]) -> NDArray[Any]:
        query, key, value = (part.reshape(places, heads, -1).swapaxes(0, 1) for part in np.split(x, 3, axis=-1))
        near = query @ key.swapaxes(1, 2) / math.sqrt(query.shape[-1])
        near = np.where(np.tril(np.ones((places, places), bool)), near, -np.inf)
        shares = np.exp(near - near.max(-1, keepdims=True))
        return np.asarray((shares / shares.sum(-1, keepdims=True) @ value).swapaxes(0, 1).reshape(places, -1))

    bend = gelu or (lambda x: 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))))
    x = get("wte.weight")[list(text)] + get("wpe.weight")[:places]
    for number in range(config["n_layer"]):
        block = f"h.{number}"
        x = x + linear(attend(linear(norm(x, f"{block}.ln_1"), f"{block}.attn.c_attn")), f"{block}.attn.c_proj")
        x = x + linear(bend(linear(norm(x, f"{block}.ln_2"), f"{block}.mlp.c_fc")), f"{block}.mlp.c_proj")
    return np.asarray(norm(x, "ln_f") @ get("wte.weight").T)


def test_it_thinks_what_the_original_thinks(folder: Path) -> None:
    made = compare(convert(folder), original=lambda text: thinks(folder, text), texts=TEXTS)
    assert made.places == 240
    assert made.same_choice > 0.9  # in eight bits a close choice may fall the other way
    assert made.divergence < 0.02
    assert made.shift < 0.15


def test_it_is_what_ctranslate2_makes_by_way_of_transformers(folder: Path, tmp_path: Path) -> None:
    converted = convert(folder)
    theirs = tmp_path / "theirs"
    TransformersConverter(str(folder)).convert(str(theirs), quantization="int8")
    for name in ("model.bin", "vocabulary.json"):
        assert (converted / name).read_bytes() == (theirs / name).read_bytes()
    model = transformers.GPT2LMHeadModel.from_pretrained(folder).eval()
    with torch.no_grad():
        original = model(torch.tensor(TEXTS)).logits.numpy()
    assert original[0] == pytest.approx(thinks(folder, TEXTS[0]), abs=1e-3)
    made = compare(converted, original=lambda text: original[TEXTS.index(list(text))], texts=TEXTS)
    assert made.same_choice > 0.9
    assert made.divergence < 0.02


def test_a_comparison_tells_what_differs(folder: Path) -> None:
    """With another activation function, the two are not the same model."""
    made = compare(
        convert(folder), original=lambda text: thinks(folder, text, gelu=lambda x: np.maximum(x, 0)), texts=TEXTS
    )
    assert made.divergence > 0.02


@pytest.mark.parametrize(("dtype", "near"), [("F16", 1e-3), ("BF16", 1e-2)])
def test_weights_may_be_of_half_the_size(folder: Path, tmp_path: Path, dtype: str, near: float) -> None:
    tensors = chance_tensors(280)
    halves = {
        name: tensor.astype(np.float16) if dtype == "F16" else (tensor.view(np.uint32) >> 16).astype(np.uint16)
        for name, tensor in tensors.items()
    }
    write_tensors(folder / "model.safetensors", halves, dtype=dtype)
    read = Tensors(folder / "model.safetensors")
    for name, tensor in tensors.items():
        assert read.get(name.removeprefix("transformer."), *tensor.shape) == pytest.approx(tensor, rel=near, abs=near)
    assert (convert(folder) / "model.bin").is_file()


def test_names_may_have_no_prefix_and_tables_more_rows(tmp_path: Path) -> None:
    """As the very first GPT-2's file, and as nanoGPT's, whose table has a round number of rows."""
    tokenizer = byte_tokenizer(257)
    tensors = {name.removeprefix("transformer."): tensor for name, tensor in chance_tensors(320).items()}
    folder = tmp_path / "weights"
    write_model(folder, tokenizer, chance_tensors(320), layers=2)
    write_tensors(folder / "model.safetensors", tensors)
    into = convert(folder, tmp_path / "elsewhere")
    assert len(json.loads((into / "vocabulary.json").read_text())) == 257
    logits = np.asarray(ctranslate2.Generator(str(into)).forward_batch([[1, 2, 3]]))
    assert logits.shape == (1, 3, 257)


def test_it_is_converted_whole_or_not_at_all(folder: Path) -> None:
    convert(folder)
    before = (folder / "ct2" / "model.bin").read_bytes()
    data = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(data[:-100])
    with pytest.raises(InputError):
        convert(folder)
    assert (folder / "ct2" / "model.bin").read_bytes() == before
    (folder / "model.safetensors").write_bytes(data)
    (folder / "ct2.making").mkdir()  # what a computer that was switched off has left
    convert(folder)
    assert sorted(path.name for path in folder.iterdir() if path.is_dir()) == ["ct2"]


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"model_type": "llama"}, "llama"),
        ({"model_type": None}, "none that is named"),
        ({"n_layer": "two"}, "n_layer"),
        ({"vocab_size": None}, "vocab_size"),
        ({"activation_function": "mish"}, "mish"),
        ({"scale_attn_weights": False}, "scaled in another way"),
        ({"scale_attn_by_inverse_layer_idx": True}, "scaled in another way"),
        ({"vocab_size": 200}, "280 tokens"),
        ({"n_layer": 3}, "h.2"),
        ({"n_layer": 0}, "n_layer"),
        ({"n_layer": True}, "n_layer"),
        ({"n_head": 5}, "64 by 5"),
        ({"n_positions": 65}, "wpe.weight"),
        ({"n_embd": 128}, "wte.weight"),
        ({"n_inner": 64}, "mlp.c_fc"),
    ],
)
def test_another_model_is_refused(folder: Path, said: dict[str, Any], word: str) -> None:
    config = json.loads((folder / "config.json").read_text()) | said
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(InputError, match=word):
        convert(folder)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b"\xff" * 100, b"\x00" * 100])
def test_what_is_broken_is_named(folder: Path, name: str, content: bytes | None) -> None:
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    with pytest.raises(InputError) as error:
        convert(folder)
    assert error.value.where == name


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "I8", "shape": [4], "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [4], "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [-1], "data_offsets": [0, -4]},
        {"dtype": "F32", "shape": [4], "data_offsets": [0]},
        {"dtype": "F32", "shape": "x", "data_offsets": [0, 16]},
        {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]},
        {"dtype": "F32", "shape": [4], "data_offsets": [-50, -34]},
        {"dtype": "F32", "shape": [4], "data_offsets": [56, 72]},
        {"dtype": "F32", "shape": [4], "data_offsets": [10**30, 10**30 + 16]},
        {"dtype": "F32"},
        [],
        7,
    ],
)
def test_a_tensor_that_is_told_of_wrongly_is_refused(tmp_path: Path, entry: Any) -> None:
    head = json.dumps({"wte.weight": entry}).encode()
    (tmp_path / "model.safetensors").write_bytes(len(head).to_bytes(8, "little") + head + b"\0" * 64)
    with pytest.raises(InputError):
        Tensors(tmp_path / "model.safetensors").get("wte.weight", 4)


def test_a_tokenizer_of_another_kind_is_refused(folder: Path) -> None:
    tokenizer = Tokenizer(models.WordPiece({"[UNK]": 0}, unk_token="[UNK]"))
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.save(str(folder / "tokenizer.json"))
    with pytest.raises(InputError, match="WordPiece"):
        read_tokenizer(folder)
