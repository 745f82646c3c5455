"""Columns of a Markdown table: a heading, and what stands there for a peer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from benchmarks.peers.peer import Peer, Workload
from benchmarks.race.results import Leg, Results

NOTHING: Final = "–"
"""What stands where there is no figure."""
Column: TypeAlias = tuple[str, Callable[[Peer], str]]
"""A heading, and the cell of a peer."""


@dataclass(frozen=True)
class Legs:
    """Columns about one leg of a workload: so many clients, or frames a second."""

    results: Results
    workload: Workload
    many: int

    def column(self, heading: str, show: Callable[[Leg], str]) -> Column:
        """Return a column that shows something of each peer's leg."""

        def cell(peer: Peer) -> str:
            leg = self.of(peer.name)
            return show(leg) if leg is not None else NOTHING

        return heading, cell

    def of(self, name: str) -> Leg | None:
        """Return the leg of a peer."""
        return self.results.measured(self.workload, name, many=self.many)

    def best(self, peers: Iterable[Peer], key: Callable[[Leg], float]) -> float | None:
        """Return the highest figure among those that Gesso is compared with, None if none of them has one."""
        legs = [self.of(peer.name) for peer in peers if not peer.is_limit and peer.name != "gesso"]
        return max((key(leg) for leg in legs if leg is not None), default=None)


def table(peers: Sequence[Peer], columns: Sequence[Column]) -> str:
    """Return the table, a line for each peer."""
    rows = [[title(peer), *(cell(peer) for _, cell in columns)] for peer in peers]
    head = ["server", *(heading for heading, _ in columns)]
    rule = "|---" + "|---:" * len(columns) + "|"
    return "\n".join([f"| {' | '.join(head)} |", rule, *(f"| {' | '.join(row)} |" for row in rows), ""])


def title(peer: Peer) -> str:
    """Return what a peer is called in a table."""
    return f"*limit: {peer.title}*" if peer.is_limit else f"**{peer.title}**" if peer.name == "gesso" else peer.title


def ms(value: float) -> str:
    """Return a time as it is shown."""
    return f"{value:.2f} ms" if value < 100 else f"{value:.0f} ms"


def times(value: float | None, other: float | None) -> str:
    """Return a ratio as it is shown."""
    return f"{value / other:.2f}" if value and other else NOTHING


def over(leg: Leg, limit: Leg | None) -> str:
    """Return how much the median of a leg is over that of the limit."""
    return f"{leg.median_ms - limit.median_ms:+.2f} ms" if limit else NOTHING
