"""What was measured, as it comes in from round to round."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from typing import TypeAlias

from benchmarks.peers.peer import Peer, Workload


@dataclass
class Leg:
    """Several rounds of the same: so many clients, or so many frames a second."""

    times_ms: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    due: int = 0
    failures: int = 0
    notes: set[str] = field(default_factory=set)

    def share(self, part: float) -> float:
        """Return the time that this part of all runs stayed under."""
        return sorted(self.times_ms)[int(part * (len(self.times_ms) - 1))]

    @property
    def median_ms(self) -> float:
        """The time that half of all runs stayed under."""
        return self.share(0.5)

    @property
    def rate(self) -> float:
        """Answers a second: the median of the rounds."""
        return statistics.median(self.rates)

    @property
    def dropped(self) -> float:
        """The part of the frames that never came back."""
        return 1 - len(self.times_ms) / self.due


@dataclass(frozen=True, kw_only=True)
class Visit:
    """How a server came and went, once."""

    start_s: float
    first_s: float
    idle_mb: float
    used_mb: float
    processes: int
    stop_s: float
    left_behind: int


Key: TypeAlias = tuple[Workload, str, int]
"""The workload, the name of the peer, and how many: clients, or frames a second."""


@dataclass
class Results:
    """Everything that was measured, and for those who did not come through, why."""

    legs: dict[Key, Leg] = field(default_factory=dict)
    visits: dict[str, list[Visit]] = field(default_factory=dict)
    faults: dict[tuple[Workload, str], str] = field(default_factory=dict)

    def leg(self, workload: Workload, peer: Peer, *, many: int) -> Leg:
        """Return the leg that figures are added to."""
        return self.legs.setdefault((workload, peer.name, many), Leg())

    def measured(self, workload: Workload, name: str, *, many: int) -> Leg | None:
        """Return a leg in which there was an answer."""
        leg = self.legs.get((workload, name, many))
        return leg if leg is not None and leg.times_ms else None

    def legs_of(self, workload: Workload, peer: Peer) -> list[Leg]:
        """Return all legs of a peer, also those without an answer."""
        return [leg for key, leg in self.legs.items() if key[:2] == (workload, peer.name)]
