"""A ticket: a run that waits for its turn, and then the place where it has it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gesso.errors import GessoError
from gesso.messages.to_worker import Batch
from gesso.runtime.host.attempt import Attempt, Report
from gesso.runtime.host.order import Order
from gesso.runtime.host.seat import Seat
from gesso.spec.model import Command


@dataclass(eq=False, kw_only=True)
class Ticket:
    """A run that waits for its turn; without an order, somebody who only wants a worker to be ready.

    `turn` comes true when it may go on. Then `seat` and `attempt` are there, and `company` are the runs of the same
    call of the model that have not ended, this one among them.
    """

    order: Order | None
    report: Report
    turn: asyncio.Future[None]
    arrived: float = field(default_factory=time.perf_counter)
    called: float = 0.0
    seat: Seat | None = None
    attempt: Attempt | None = None
    company: set[Ticket] = field(default_factory=set)

    @property
    def command(self) -> Command:
        """What it wants to run."""
        assert self.order is not None
        return self.order.command

    @property
    def session(self) -> str | None:
        """The session that it belongs to."""
        return None if self.order is None else self.order.session

    @property
    def rank(self) -> tuple[bool, float]:
        """Its place in the line: whoever waits at a screen comes before work in the background."""
        return self.order is not None and self.order.is_background, self.arrived

    def take(self, seat: Seat, scratch: Path) -> bool:
        """Take a seat: the inputs are put where the worker sees them. Says whether there was memory for them."""
        assert self.order is not None
        self.called = time.perf_counter()
        setup_s = max(0.0, seat.ready - max(seat.began, self.arrived))
        waited_s = self.called - self.arrived
        try:
            self.attempt = Attempt(
                seat.worker, self.order, queue_s=max(0.0, waited_s - setup_s), setup_s=setup_s, scratch=scratch
            )
        except GessoError as error:
            self.turn.set_exception(error)
            return False
        self.seat = seat
        seat.take(self.command)
        return True

    def leave(self) -> None:
        """Give the seat back."""
        if self.attempt is not None and self.seat is not None:
            self.attempt.close()
            self.seat.free(self.command)
            self.company.discard(self)

    async def cancel(self, grace_s: float) -> None:
        """Cancel the run, and wait until its worker is free; after `grace_s` seconds the worker is ended.

        While others go on in the same call of the model there is nothing to wait for.
        """
        if self.attempt is None:
            return
        self.attempt.cancel()
        if self.company == {self}:
            await self.attempt.end(grace_s)
        else:
            self.company.discard(self)


def call(tickets: Sequence[Ticket], seat: Seat) -> None:
    """Have a worker run these, which have taken its seat, in one call of its model."""
    company = set(tickets)
    asked = [ticket.attempt.asked for ticket in tickets if ticket.attempt is not None]
    seat.worker.send(Batch(asked) if len(asked) > 1 else asked[0])
    for ticket in tickets:
        ticket.company = company
        ticket.turn.set_result(None)
