"""Old habits of models from 2019 on today's libraries: names that have been renamed since still work, with a warning.

Only the workers of models for another platform do this. A name is helped where it is missing, when it is asked for:
what a library still has, or means otherwise today, is left alone.
"""

from __future__ import annotations

import base64
import collections
import collections.abc
import fractions
import inspect
import math
import time
import warnings
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, Final

import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont

_NUMPY: Final[Mapping[str, Any]] = {
    "Inf": np.inf,
    "NaN": np.nan,
    "asscalar": lambda array: array.item(),
    "bool": bool,
    "complex": complex,
    "float": float,
    "float_": np.float64,
    "int": int,
    "long": int,
    "object": object,
    "product": np.prod,
    "str": str,
    "unicode": str,
}
_PICTURES: Final[Mapping[str, Any]] = {
    "ANTIALIAS": PIL.Image.Resampling.LANCZOS,
    "CUBIC": PIL.Image.Resampling.BICUBIC,
    "LINEAR": PIL.Image.Resampling.BILINEAR,
}
_ABSTRACT: Final[Mapping[str, Any]] = {name: getattr(collections.abc, name) for name in collections.abc.__all__}


def help_old_habits() -> None:
    """Let the old names work in this process, from now on."""
    _help(np, _NUMPY)
    _help(PIL.Image, _PICTURES)
    _help(collections, _ABSTRACT)
    _help(base64, {"decodestring": base64.decodebytes, "encodestring": base64.encodebytes})
    _help(fractions, {"gcd": math.gcd})
    _help(inspect, {"getargspec": _arguments})
    _help(time, {"clock": time.perf_counter})
    for drawing, name, method in (
        (PIL.ImageDraw.ImageDraw, "textsize", _text_size),
        (PIL.ImageFont.FreeTypeFont, "getsize", _font_size),
    ):
        if not hasattr(drawing, name):
            setattr(drawing, name, method)


def _help(module: ModuleType, names: Mapping[str, Any]) -> None:
    """Answer for names that a module has not: Python asks its `__getattr__` for them (PEP 562)."""
    before: Callable[[str], Any] | None = vars(module).get("__getattr__")
    if getattr(before, "helps", False):
        return

    def answer(name: str) -> Any:
        if name in names:
            meant = getattr(names[name], "__name__", names[name])
            words = f"{module.__name__}.{name} is no longer there; {meant} is meant, and taken."
            warnings.warn(words, FutureWarning, stacklevel=2)
            return names[name]
        if before is not None:
            return before(name)
        raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")

    answer.helps = True  # type: ignore[attr-defined]  # so that it is not done twice
    vars(module)["__getattr__"] = answer


def _arguments(function: Callable[..., Any]) -> tuple[Any, Any, Any, Any]:
    found = inspect.getfullargspec(function)
    return found.args, found.varargs, found.varkw, found.defaults


def _text_size(self: Any, text: str, *, font: Any = None, **_: Any) -> tuple[int, int]:
    left, top, right, bottom = self.textbbox((0, 0), text, font=font)
    return int(right - left), int(bottom - top)


def _font_size(self: Any, text: str, **_: Any) -> tuple[int, int]:
    _, _, right, bottom = self.getbbox(text)
    return int(right), int(bottom)
