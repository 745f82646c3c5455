"""What an act works with: one client's chance and connections, and what all clients share."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Final

from tests.soak.accepted import Accepted, Book
from tests.soak.server import Server
from tests.soak.visitor import Visitor

API: Final = "/api/v1"
"""Where the server's interface begins."""


@dataclass
class Stage:
    """One client. `faults` are what it has seen that must not be, `orphans` counts uploads whose number it lost."""

    number: int
    chance: random.Random
    visitor: Visitor
    server: Server
    book: Book
    faults: list[str] = field(default_factory=list)
    sent: set[str] = field(default_factory=set)
    """The digests of files that were sent, or may have been: they may lie there though no job refers to them."""
    orphans: int = 0
    doing: str = ""
    _notes: int = 0

    def note(self) -> str:
        """Return a note that no other job has, nor a part of any other's."""
        self._notes += 1
        return f"note{self.number:03}x{self._notes:06}z"

    def take(self) -> Accepted | None:
        """Take one of the jobs that nobody works with, if there is one."""
        free = self.book.free()
        if not free:
            return None
        job = self.chance.choice(free)
        job.is_taken = True
        return job

    def expect(self, is_so: bool, fault: str) -> None:
        """Note a fault unless it is so."""
        if not is_so:
            self.faults.append(fault)
