"""Texts as X counts and shows them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

LONGEST: Final = 280
"""How much one post may weigh."""
_ADDRESS: Final = re.compile(r"https?://\S+")
_ADDRESS_WEIGHT: Final = 23
_LIGHT: Final = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
_CALLED: Final = re.compile(r"^(?:\s*@\w{1,15})+\s*")


def weight(text: str) -> int:
    """Return how much a text weighs: most letters 1, those of Chinese and its neighbours and emoji 2, addresses 23."""
    plain = _ADDRESS.sub("", text)
    addresses = len(_ADDRESS.findall(text))
    return addresses * _ADDRESS_WEIGHT + sum(1 if _is_light(ord(sign)) else 2 for sign in plain)


def _is_light(number: int) -> bool:
    return any(first <= number <= last for first, last in _LIGHT)


def fitting(text: str, shorten: Callable[[str, int], str]) -> str:
    """Return a text that one post takes; `shorten` makes one shorter in characters."""
    most = len(text)
    while weight(text) > LONGEST:
        most = min(most - 1, max(1, most * LONGEST // weight(text)))
        text = shorten(text, most)
    return text


def without_callers(text: str, me: str) -> str:
    """Return a post without those whom it is addressed to, and without a mention of `me` elsewhere."""
    return re.sub(rf"@{re.escape(me)}\b", "", _CALLED.sub("", text), flags=re.IGNORECASE).strip()
