"""`Order`: a request whose inputs are checked and whose seed is known."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from gesso.errors import InputError
from gesso.spec.model import Command, ModelSpec
from gesso.spec.runnable import MAX_SEED, Request

_QUICK: Final = (type(None), bool, int, float)
_QUICK_LETTERS: Final = 10_000
_QUICK_ITEMS: Final = 64


@dataclass(frozen=True, kw_only=True)
class Order:
    """A request whose inputs are checked and whose seed is known. `began` is when it came (`time.perf_counter`)."""

    command: Command
    values: Mapping[str, Any]
    seed: int
    session: str | None
    is_background: bool
    began: float


async def take_order(spec: ModelSpec, request: Request) -> Order:
    """Check a request. What takes long to read (a coded picture, a long list) is read in a thread.

    Raises `InputError` and `NotFoundError`.
    """
    began = time.perf_counter()
    command = spec.command(request.command)
    if all(map(_is_quick, request.inputs.values())):
        values = command.coerce(request.inputs)
    else:
        values = await asyncio.to_thread(command.coerce, request.inputs)
    return Order(
        command=command,
        values=values,
        seed=check_seed(request.seed),
        session=request.session,
        is_background=request.is_background,
        began=began,
    )


def check_seed(seed: int | None) -> int:
    """Return the seed, or draw one; one out of range raises `InputError`."""
    if seed is None:
        return secrets.randbelow(MAX_SEED + 1)
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MAX_SEED:
        raise InputError(f"a whole number from 0 to {MAX_SEED}", repr(seed), where="seed")
    return seed


def _is_quick(value: object) -> bool:
    """Say whether checking a value takes no time worth a thread: plain ones, and those that are ready already."""
    if isinstance(value, str):
        return len(value) <= _QUICK_LETTERS
    if isinstance(value, list | tuple):
        return len(value) <= _QUICK_ITEMS and all(isinstance(item, _QUICK) for item in value)
    if isinstance(value, dict):
        return len(value) <= _QUICK_ITEMS and all(isinstance(item, _QUICK) for item in value.values())
    return isinstance(value, _QUICK) or type(value).__module__.startswith(("gesso.types", "numpy"))
