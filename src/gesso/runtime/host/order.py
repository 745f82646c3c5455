"""`Order`: a request whose inputs are checked and whose seed is known."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gesso.errors import InputError
from gesso.spec.model import Command, ModelSpec
from gesso.spec.runnable import MAX_SEED, Request

_QUICK_ITEMS: Final = 100
_LETTERS_OF_AN_ITEM: Final = 100


@dataclass(frozen=True, kw_only=True)
class Order:
    """A request whose inputs are checked and whose seed is known. `began` is when it came (`time.perf_counter`).

    `is_seed_given`: the request named the seed, it was not drawn. `checkpoints` as in `Request`.
    """

    command: Command
    values: Mapping[str, Any]
    seed: int
    is_seed_given: bool
    session: str | None
    is_background: bool
    checkpoints: Path | None
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
        is_seed_given=request.seed is not None,
        session=request.session,
        is_background=request.is_background,
        checkpoints=request.checkpoints,
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
    """Say whether checking a value takes no time worth a thread: little plain data, and what is ready already."""
    if type(value).__module__.startswith(("gesso.types", "numpy")):
        return True
    waiting, left = [value], _QUICK_ITEMS
    while waiting:
        item = waiting.pop()
        left -= 1 + (len(item) // _LETTERS_OF_AN_ITEM if isinstance(item, str) else 0)
        if isinstance(item, dict):
            item = list(item.values())
        if isinstance(item, list | tuple):
            waiting += item[: max(0, left)]
            left -= max(0, len(item) - len(waiting))
        elif not isinstance(item, str | int | float | None):
            return False
        if left < 0:
            return False
    return True
