"""How many workers a model may have."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class PoolSize:
    """`min` workers are kept ready, `max` run side by side; more are started only while runs wait."""

    min: int = 0
    max: int = 1
