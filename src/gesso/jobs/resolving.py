"""From a reference to what can be run: `app.py` introduces the registry and the runtime to the jobs by this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from gesso.spec.runnable import Runnable
from gesso.types.base import Json


@dataclass(frozen=True)
class Resolved:
    """What a reference means now: something that can be run, and the digest of its version ("" if it has none)."""

    runnable: Runnable
    digest: str = ""


class Resolve(Protocol):
    """Turns a reference, the options of its setup and a device into what can be run."""

    async def __call__(self, reference: str, *, options: Mapping[str, Json], device: str) -> Resolved:
        """Return it; nothing is started yet. Raises `NotFoundError`, `InputError`, `DeclarationError`, `TrustError`."""
        ...
