"""Make a model of a folder of weights: the speaker beside them, and what people want to know of it."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from gesso.trainers.text.converting import convert

_SPEAKER: Final = Path(__file__).parent / "speaker"
_EMPTY_MB: Final = 90
"""What a speaker takes before it has read its weights."""
_TIMES_WEIGHTS: Final = 1.5
"""Weights, and what is written at the same time."""


@dataclass(frozen=True, kw_only=True)
class Labels:
    """What people want to know of a model. What is not known is left out."""

    name: str
    title: str = ""
    description: str = ""
    licence: str = ""
    source: str = ""


def make_speaker(folder: Path, labels: Labels) -> None:
    """Make a model of the Hugging Face folder `weights` in a folder. Raises `InputError` if it is not of GPT-2's shape.

    `gesso.toml` is written last, so that a folder that has one is whole.
    """
    converted = convert(folder / "weights")
    shutil.copyfile(_SPEAKER / "model.py", folder / "model.py")
    memory_mb = round(_EMPTY_MB + _TIMES_WEIGHTS * (converted / "model.bin").stat().st_size / 1e6)
    known = "".join(f"{key} = {_quoted(value)}\n" for key, value in asdict(labels).items() if value)
    rest = (_SPEAKER / "gesso.toml").read_text(encoding="utf-8")
    (folder / "gesso.toml").write_text(f"{known}memory_mb = {memory_mb}\n{rest}", encoding="utf-8")


def _quoted(text: str) -> str:
    """Return a text as TOML has it, which is as JSON has it but for one sign."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
