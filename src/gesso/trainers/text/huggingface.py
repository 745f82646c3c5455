"""GPT-2 as Hugging Face keeps it: a folder with `config.json`, `model.safetensors` and a tokenizer.

Read here without its library: the format is small, and a user's machine need not have the library. Pickles
(`pytorch_model.bin`) are refused: reading one runs whatever code stands in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor

from gesso import InputError
from gesso.trainers.text.gpt import Gpt, Shape
from gesso.trainers.text.tokens import END

_TURNED: Final = ("attn.c_attn.weight", "attn.c_proj.weight", "mlp.c_fc.weight", "mlp.c_proj.weight")
"""The weights that are kept the other way round (`Conv1D`: inputs by outputs)."""
_LEFT_OUT: Final = (".attn.bias", ".attn.masked_bias", "lm_head.weight")
"""What older files hold beside the weights: masks, and the table of the embeddings once more."""


def read_shape(folder: Path, *, dropout: float = 0.0) -> Shape:
    """Return the shape that `config.json` tells. Raises `InputError` if it is not GPT-2's."""
    config = _read_config(folder)
    if config.get("model_type") != "gpt2":
        raise _refusal(f"{config.get('model_type', 'no kind of model')!r} in {folder.name}/config.json")
    _check_is_plain(config)
    try:
        return Shape(
            vocabulary=int(config["vocab_size"]),
            context=int(config.get("n_positions") or config["n_ctx"]),
            layers=int(config["n_layer"]),
            heads=int(config["n_head"]),
            width=int(config["n_embd"]),
            dropout=dropout,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _refusal(f"a config.json whose sizes cannot be read ({error})") from error


def _read_config(folder: Path) -> dict[str, Any]:
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _refusal(f"{folder} without a config.json that can be read") from error
    if not isinstance(config, dict):
        raise _refusal("a config.json that is no object")
    return config


def _check_is_plain(config: Mapping[str, Any]) -> None:
    """Refuse what would be computed otherwise than here."""
    usual = {
        "activation_function": "gelu_new",
        "n_inner": None,
        "scale_attn_weights": True,
        "scale_attn_by_inverse_layer_idx": False,
        "reorder_and_upcast_attn": False,
        "add_cross_attention": False,
        "tie_word_embeddings": True,
        "layer_norm_epsilon": 1e-5,
    }
    for name, value in usual.items():
        given = config.get(name, value)
        if name == "n_inner" and given == 4 * config.get("n_embd", 0):
            continue
        if given != value:
            raise _refusal(f"one whose {name} is {given!r}")


def _refusal(given: str) -> InputError:
    hint = "Bases are folders of Hugging Face's with config.json, model.safetensors and a tokenizer, such as gpt2's."
    return InputError("a base of GPT-2's shape", given, hint=hint, where="base")


def read_weights(model: Gpt, folder: Path) -> None:
    """Fill a model with the weights of a folder. Raises `InputError` if one is missing or of another shape."""
    file = folder / "model.safetensors"
    if not file.is_file():
        pickled = sorted(path.name for path in folder.glob("*.bin"))
        more = f", only {pickled[0]}, which may run code when it is read" if pickled else ""
        raise _refusal(f"{folder.name} without model.safetensors{more}")
    try:
        given = load_file(file)
    except Exception as error:
        raise _refusal(f"a model.safetensors that cannot be read ({error})") from error
    load(model, given)


def load(model: Gpt, given: Mapping[str, Tensor]) -> None:
    """Fill a model with weights by Hugging Face's names."""
    found = {_own_name(name): value for name, value in given.items() if not name.endswith(_LEFT_OUT)}
    own = dict(model.named_parameters())
    if missing := sorted(own.keys() - found.keys()):
        raise _refusal(f"weights without {missing[0]}")
    with torch.no_grad():
        for name, weight in own.items():
            value = found[name].T if name.endswith(_TURNED) else found[name]
            if value.shape != weight.shape:
                raise _refusal(f"a weight {name} of the shape {list(value.shape)}, not {list(weight.shape)}")
            if not bool(torch.isfinite(value).all()):
                raise _refusal(f"a weight {name} in which values are missing (NaN, or without an end)")
            weight.copy_(value)


def _own_name(name: str) -> str:
    return name.removeprefix("transformer.")


def weights(model: Gpt, dtype: torch.dtype = torch.float32) -> dict[str, Tensor]:
    """Return a model's weights by Hugging Face's names."""
    return {
        f"transformer.{name}": (weight.T if name.endswith(_TURNED) else weight).detach().to("cpu", dtype).contiguous()
        for name, weight in model.named_parameters()
    }


def write(
    model: Gpt, folder: Path, *, end: int, dtype: torch.dtype = torch.float32, begins_after: Sequence[str] = ()
) -> None:
    """Write `config.json`, `generation_config.json` and `model.safetensors`. `end` is the piece that ends a text.

    `begins_after` are the pieces after which a new text begins, if that is not the end of another: for the speaker.
    """
    shape = model.shape
    config = {
        "architectures": ["GPT2LMHeadModel"],
        "model_type": "gpt2",
        "activation_function": "gelu_new",
        "vocab_size": shape.vocabulary,
        "n_positions": shape.context,
        "n_ctx": shape.context,
        "n_embd": shape.width,
        "n_layer": shape.layers,
        "n_head": shape.heads,
        "layer_norm_epsilon": 1e-5,
        "tie_word_embeddings": True,
        "bos_token_id": end,
        "eos_token_id": end,
        "torch_dtype": str(dtype).removeprefix("torch."),
        **({"begins_after": list(begins_after)} if begins_after else {}),
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    ends = {"bos_token_id": end, "eos_token_id": end, "do_sample": True, "temperature": 0.9, "top_p": 0.95}
    (folder / "generation_config.json").write_text(json.dumps(ends, indent=2) + "\n", encoding="utf-8")
    save_file(weights(model, dtype), folder / "model.safetensors", metadata={"format": "pt"})


def write_tokenizer(tokenizer: Tokenizer, folder: Path, *, context: int) -> None:
    """Write the tokenizer, and how transformers is to read it."""
    tokenizer.save(str(folder / "tokenizer.json"))
    ends = dict.fromkeys(("bos_token", "eos_token", "unk_token"), END)
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": context, **ends}
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
