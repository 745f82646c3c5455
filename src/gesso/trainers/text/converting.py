"""Convert a model from a Hugging Face folder of GPT-2's shape to CTranslate2, and compare the two.

It is done at the end of training and when such a folder is imported. The tensors are read as they lie in the file, so
that it needs neither torch nor transformers, and little memory.
"""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import ctranslate2
import numpy as np
from ctranslate2.converters import Converter
from ctranslate2.specs import TransformerDecoderModelSpec
from ctranslate2.specs.common_spec import Activation
from numpy.typing import NDArray
from tokenizers import Tokenizer, decoders

from gesso import InputError

_ACTIVATIONS: Final[Mapping[str, Activation]] = {
    "gelu": Activation.GELU,
    "gelu_new": Activation.GELUTanh,
    "gelu_pytorch_tanh": Activation.GELUTanh,
    "quick_gelu": Activation.GELUSigmoid,
    "relu": Activation.RELU,
    "silu": Activation.SWISH,
    "swish": Activation.SWISH,
}
_NUMBERS: Final[Mapping[str, str]] = {"F32": "<f4", "F16": "<f2", "BF16": "<u2", "F64": "<f8"}
_MOST_HEADER_BYTES: Final = 100_000_000
_LARGEST: Final = 10_000_000

Array = NDArray[np.float32]
"""Numbers of a model."""
Logits = Callable[[Sequence[int]], Array]
"""What a model thinks of every token as the next one, for each place of a text of tokens: (places, vocabulary)."""


def convert(folder: Path, into: Path | None = None) -> Path:
    """Convert the model in a folder to int8, by default into `ct2` in it, whole or not at all. Returns where it lies.

    Raises `InputError` if the folder is no model of GPT-2's shape.
    """
    into = into or folder / "ct2"
    making = into.with_name(f"{into.name}.making")
    shutil.rmtree(making, ignore_errors=True)
    _Gpt2(folder).convert(str(making), quantization="int8")
    shutil.rmtree(into, ignore_errors=True)
    making.rename(into)
    return into


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """How near the converted model is to the original, over every place of some texts.

    `same_choice` is the share of places where both hold the same token for the likeliest, `divergence` how many bits
    one is surprised by the other on average, `shift` the largest difference of a probability.
    """

    places: int
    same_choice: float
    divergence: float
    shift: float


def compare(converted: Path, *, original: Logits, texts: Sequence[Sequence[int]]) -> Comparison:
    """Compare a converted model with the original, which says what it thinks of texts of tokens."""
    generator = ctranslate2.Generator(str(converted), device="cpu")
    same, bits, shifts = [], [], []
    for text in texts:
        ours = _probabilities(np.asarray(generator.forward_batch([list(text)]))[0, : len(text)])
        theirs = _probabilities(np.asarray(original(text)))[:, : ours.shape[1]]
        same.append(ours.argmax(axis=1) == theirs.argmax(axis=1))
        bits.append((theirs * np.log2(np.maximum(theirs, 1e-12) / np.maximum(ours, 1e-12))).sum(axis=1))
        shifts.append(np.abs(ours - theirs).max(axis=1))
    places = sum(map(len, same))
    return Comparison(
        places=places,
        same_choice=float(np.concatenate(same).mean()),
        divergence=float(np.concatenate(bits).mean()),
        shift=float(np.concatenate(shifts).max()),
    )


def _probabilities(logits: NDArray[Any]) -> NDArray[np.float64]:
    powers = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


class _Gpt2(Converter):
    """CTranslate2's converter, given the tensors of a folder."""

    def __init__(self, folder: Path) -> None:
        self._config = read_config(folder)
        self._tokenizer = read_tokenizer(folder)
        self._tensors = Tensors(folder / "model.safetensors")

    def _load(self) -> TransformerDecoderModelSpec:
        config = self._config
        activation = _ACTIVATIONS[config["activation_function"]]
        spec = TransformerDecoderModelSpec.from_config(config["n_layer"], config["n_head"], activation=activation)
        size = self._name_words(spec)
        self._fill(spec.decoder, size)
        return spec

    def _name_words(self, spec: TransformerDecoderModelSpec) -> int:
        """Say what the tokens are called. Returns how many there are: a table of weights may have more rows."""
        words = sorted(self._tokenizer.get_vocab(with_added_tokens=True).items(), key=lambda word: word[1])
        if [place for _, place in words] != [*range(len(words))] or len(words) > self._config["vocab_size"]:
            given = f"{len(words)} tokens with numbers up to {words[-1][1] if words else 0}"
            raise InputError(f"a tokenizer for {self._config['vocab_size']} tokens", given, where="tokenizer.json")
        spec.register_vocabulary([word for word, _ in words])
        end = self._config.get("eos_token_id")
        name = words[end][0] if isinstance(end, int) and 0 <= end < len(words) else words[0][0]
        spec.config.bos_token = spec.config.eos_token = spec.config.unk_token = name
        spec.config.layer_norm_epsilon = float(self._config.get("layer_norm_epsilon", 1e-5))
        return len(words)

    def _fill(self, decoder: Any, size: int) -> None:
        config, tensors = self._config, self._tensors
        width, rows = config["n_embd"], config["vocab_size"]
        inner = config.get("n_inner") or 4 * width
        decoder.scale_embeddings = False
        decoder.embeddings.weight = tensors.get("wte.weight", rows, width)[:size]
        decoder.position_encodings.encodings = tensors.get("wpe.weight", config["n_positions"], width)
        own_head = "lm_head.weight" in tensors and not config.get("tie_word_embeddings", True)
        decoder.projection.weight = tensors.get("lm_head.weight" if own_head else "wte.weight", rows, width)[:size]
        tensors.fill_norm(decoder.layer_norm, "ln_f", width=width)
        for number, layer in enumerate(decoder.layer):
            block, attention, ffn = f"h.{number}", layer.self_attention, layer.ffn
            tensors.fill_norm(attention.layer_norm, f"{block}.ln_1", width=width)
            tensors.fill_linear(attention.linear[0], f"{block}.attn.c_attn", shape=(width, 3 * width))
            tensors.fill_linear(attention.linear[1], f"{block}.attn.c_proj", shape=(width, width))
            tensors.fill_norm(ffn.layer_norm, f"{block}.ln_2", width=width)
            tensors.fill_linear(ffn.linear_0, f"{block}.mlp.c_fc", shape=(width, inner))
            tensors.fill_linear(ffn.linear_1, f"{block}.mlp.c_proj", shape=(inner, width))


# -- the folder -------------------------------------------------------------------------------------------------------


def read_config(folder: Path) -> dict[str, Any]:
    """Return a folder's `config.json`. Raises `InputError` if it is none of a model of GPT-2's shape."""
    config = _read_json(folder / "config.json", "a folder of Hugging Face's with a model of GPT-2's shape")
    kind = config.get("model_type")
    if kind != "gpt2":
        raise InputError(
            "a model of GPT-2's shape (model_type gpt2)", str(kind or "none that is named"), where="config.json"
        )
    sizes = ("n_layer", "n_head", "n_embd", "n_positions", "vocab_size")
    if wrong := [name for name in sizes if not _is_size(config.get(name))]:
        raise InputError(f"whole numbers for {', '.join(sizes)}", f"none for {', '.join(wrong)}", where="config.json")
    if config["n_embd"] % config["n_head"]:
        given = f"{config['n_embd']} by {config['n_head']}"
        raise InputError("n_embd that n_head divides", given, where="config.json")
    config.setdefault("activation_function", "gelu_new")
    if config["activation_function"] not in _ACTIVATIONS:
        known, given = ", ".join(_ACTIVATIONS), str(config["activation_function"])
        raise InputError(f"one of the activation functions {known}", given, where="config.json")
    if not config.get("scale_attn_weights", True) or config.get("scale_attn_by_inverse_layer_idx", False):
        raise InputError("attention as GPT-2 has it", "one that is scaled in another way", where="config.json")
    return config


def _is_size(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _LARGEST


def read_tokenizer(folder: Path) -> Tokenizer:
    """Return a folder's tokenizer. Raises `InputError` if it works neither on bytes, as GPT-2's, nor on letters."""
    path = folder / "tokenizer.json"
    if not path.is_file():
        raise InputError("a folder with tokenizer.json", f"{folder.name} without it", where="tokenizer.json")
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:
        raise InputError("a tokenizer as Hugging Face writes it", str(error)[:200], where="tokenizer.json") from error
    if not isinstance(tokenizer.decoder, decoders.ByteLevel | decoders.Fuse):
        given = type(tokenizer.decoder).__name__
        raise InputError("a tokenizer that works on bytes, as GPT-2's does", given, where="tokenizer.json")
    return tokenizer


def _read_json(path: Path, expected: str) -> dict[str, Any]:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(expected, f"{path.parent.name} without {path.name}", where=path.name) from None
    except (OSError, ValueError) as error:
        raise InputError(expected, f"a {path.name} that cannot be read ({error})", where=path.name) from error
    if not isinstance(read, dict):
        raise InputError(expected, f"a {path.name} that is no object", where=path.name)
    return read


class Tensors:
    """The tensors of a safetensors file by name, read where they lie. GPT-2's own names and those with a prefix."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._entries, self._start = _read_header(path)

    def __contains__(self, name: str) -> bool:
        return self._entry(name) is not None

    def get(self, name: str, *shape: int) -> Array:
        """Return a tensor. Raises `InputError` if there is none of that name and shape."""
        entry = self._entry(name)
        if entry is None:
            raise InputError(f"the tensor {name}", "none of that name", where=self._path.name)
        try:
            begin, end = entry["data_offsets"]
            dtype = entry["dtype"]
            raw = np.fromfile(self._path, _NUMBERS[dtype], count=math.prod(shape), offset=self._start + begin)
            if begin < 0 or tuple(entry["shape"]) != shape or raw.size != math.prod(shape) or raw.nbytes != end - begin:
                raise ValueError("it is cut off, or of another shape")
        except (KeyError, TypeError, ValueError, OverflowError, OSError) as error:
            expected = f"{name} whole, of the shape {list(shape)}, in numbers of 16 or 32 bits"
            raise InputError(expected, str(entry)[:100], where=self._path.name) from error
        if dtype == "BF16":  # the upper half of a number in 32 bits
            raw = (raw.astype(np.uint32) << 16).view(np.float32)
        return raw.reshape(shape).astype(np.float32, copy=False)

    def shape(self, name: str) -> tuple[int, ...]:
        """Return the shape that a tensor says that it has."""
        return tuple(self._entry(name)["shape"])

    def fill_norm(self, spec: Any, name: str, *, width: int) -> None:
        """Fill a norm of CTranslate2's."""
        spec.gamma, spec.beta = self.get(f"{name}.weight", width), self.get(f"{name}.bias", width)

    def fill_linear(self, spec: Any, name: str, *, shape: tuple[int, int]) -> None:
        """Fill a linear layer of CTranslate2's, which has its weights the other way round."""
        spec.weight = np.ascontiguousarray(self.get(f"{name}.weight", *shape).T)
        spec.bias = self.get(f"{name}.bias", shape[1])

    def _entry(self, name: str) -> Any:
        return self._entries.get(name) or self._entries.get(f"transformer.{name}")


def _read_header(path: Path) -> tuple[dict[str, Any], int]:
    """Return what a file says of its tensors, and where they begin."""
    try:
        with path.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            if size > _MOST_HEADER_BYTES:
                raise ValueError(f"its header would have {size} bytes")
            entries = json.loads(file.read(size))
    except FileNotFoundError:
        hint = "Save it once more with transformers: model.save_pretrained(folder)."
        raise InputError("model.safetensors, in one file", "a folder without it", hint=hint, where=path.name) from None
    except (OSError, ValueError) as error:
        raise InputError("a safetensors file", f"one that cannot be read ({error})", where=path.name) from error
    return entries, 8 + size
