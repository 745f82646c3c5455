"""What a soak is to be: how long, by which chance, how many clients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_STORM: Final = 0.4
_WATCHED_S: Final = 90.0  # arenas, threads and caches fill for the first half minute


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How a soak goes. The same seed makes every client draw the same acts in the same order."""

    seconds: float = 60.0
    seed: int = 0
    clients: int = 8
    restarts: int = 3
    """How often the server is killed, or told to stop, in the first part."""
    patience_s: float = 120.0
    """How long nothing may move at the end before what is still under way counts as lost."""

    @property
    def storm_s(self) -> float:
        """How long the first part takes, in which the server is killed and started again."""
        return self.seconds * _STORM

    @property
    def calm_s(self) -> float:
        """How long the second part takes, in which one server must live."""
        return self.seconds - self.storm_s

    @property
    def is_memory_judged(self) -> bool:
        """Whether the second part is long enough to tell a leak from getting warm."""
        return self.calm_s >= _WATCHED_S
