"""`Pool`: the line of runs that wait for the workers of one model."""

from __future__ import annotations

import asyncio
import bisect
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gesso.errors import GessoError, QueueFullError, RunInterruptedError
from gesso.messages.to_worker import EndSession
from gesso.runtime.host.attempt import Pace, Report
from gesso.runtime.host.budget import Budget
from gesso.runtime.host.crew import Crew, CrewRules, Launch
from gesso.runtime.host.order import Order
from gesso.runtime.host.seat import Seat
from gesso.runtime.host.ticket import Ticket, call
from gesso.runtime.host.window import Window
from gesso.runtime.host.worker import WorkerProcess
from gesso.spec.runnable import Event, Result

_LONGEST_LINE: Final = 256
"""So many runs of one model wait; whoever comes then is told to come later."""


@dataclass(frozen=True, kw_only=True)
class PoolFigures:
    """How a model's workers stand now. `failures` counts those that died, or could not get ready, since the start."""

    model: str
    workers: int
    busy: int
    starting: int
    waiting: int
    failures: int
    memory_bytes: int


class Pool:
    """Runs orders in the workers of one model.

    Whoever comes first goes first, but work in the background lets others pass. What waits together for a command that
    can batch goes together. Frames of one session go to one worker, which remembers them. `scratch` is the folder under
    which runs have theirs; a canceled run has `cancel_grace_s` seconds to stop before its worker is ended.
    """

    def __init__(
        self, name: str, *, launch: Launch, rules: CrewRules, budget: Budget, scratch: Path, cancel_grace_s: float
    ) -> None:
        self._name = name
        self._budget = budget
        self._scratch = scratch
        self._cancel_grace_s = cancel_grace_s
        self._waiting: list[Ticket] = []  # in the order of their ranks
        self._pins: dict[str, Seat] = {}
        self._windows: dict[str, Window] = {}
        self._dispatching: asyncio.Handle | None = None
        self._crew = Crew(launch, rules, budget=budget, changed=self._wake, failed=self._fail, tell=self._tell)
        budget.join(self._crew)

    # -- from outside -------------------------------------------------------------------------------------------------

    async def run(self, order: Order, report: Report, *, pace: Pace) -> Result:
        """Run an order when its turn comes. Canceling the task cancels the run, and waits until its worker is free.

        Raises `QueueFullError`, what starting a worker raises, and the run's own error.
        """
        ticket = self._queue(order, report)
        try:
            await ticket.turn
            assert ticket.attempt is not None
            result = await ticket.attempt.follow(report, pace=pace)
        except asyncio.CancelledError:
            await ticket.cancel(self._cancel_grace_s)
            raise
        finally:
            self._leave(ticket)
        self._crew.back_off.succeeded()
        return result

    async def prepare(self, report: Report) -> None:
        """Return when a worker is ready. Raises what starting one raises."""
        if any(seat.worker.is_alive for seat in self._crew.seats):
            return
        ticket = self._queue(None, report)
        try:
            await ticket.turn
        finally:
            self._leave(ticket)

    def keep_ready(self) -> None:
        """Start as many workers as are to be kept, and from now on replace them when they end."""
        self._crew.is_kept = True
        self._wake()

    def end_session(self, session: str) -> None:
        """Have the worker that remembers a session forget it."""
        if (seat := self._pins.pop(session, None)) is not None:
            seat.worker.send(EndSession(session))

    @property
    def workers(self) -> Sequence[WorkerProcess]:
        """The processes that are ready."""
        return [seat.worker for seat in self._crew.seats]

    def figures(self) -> PoolFigures:
        """Return how the pool stands."""
        seats = self._crew.seats
        return PoolFigures(
            model=self._name,
            workers=len(seats),
            busy=sum(not seat.is_idle for seat in seats),
            starting=int(self._crew.is_starting),
            waiting=len(self._waiting),
            failures=self._crew.back_off.failures,
            memory_bytes=sum(self._budget.memory_of(seat) for seat in seats),
        )

    async def close(self) -> None:
        """End every worker. What waits or runs fails. A later run starts another worker."""
        self._fail(RunInterruptedError("Gesso ended before this run began.", hint="Run it again."))
        await self._crew.close()

    # -- the line -----------------------------------------------------------------------------------------------------

    def _queue(self, order: Order | None, report: Report) -> Ticket:
        if len(self._waiting) >= _LONGEST_LINE:
            message = f"{_LONGEST_LINE} runs of {self._name} wait already, and no more are taken."
            raise QueueFullError(message, hint="Try again in a moment.")
        ticket = Ticket(order=order, report=report, turn=asyncio.get_running_loop().create_future())
        if self._crew.news is not None:
            report(self._crew.news)
        bisect.insort(self._waiting, ticket, key=lambda one: one.rank)
        self._wake()
        return ticket

    def _leave(self, ticket: Ticket) -> None:
        """Leave the line, or the seat."""
        if ticket in self._waiting:
            self._waiting.remove(ticket)
        if ticket.turn.done() and not ticket.turn.cancelled():
            ticket.turn.exception()  # it is told, or nobody is there any more to be told
        ticket.leave()
        if ticket.attempt is not None and not ticket.company:
            waiting = sum(one.order is not None and one.command is ticket.command for one in self._waiting)
            self._window(ticket).ended(time.perf_counter() - ticket.called, waiting=waiting)
            self._budget.changed()
        self._wake()

    def _wake(self) -> None:
        """Look at the line soon: all who come in one turn of the event loop are seen together."""
        if self._dispatching is None:
            self._dispatching = asyncio.get_running_loop().call_soon(self._dispatch)

    def _dispatch(self) -> None:
        self._dispatching = None
        self._pins = {session: seat for session, seat in self._pins.items() if seat.worker.is_alive}
        is_short = False
        for ticket in list(self._waiting):
            if ticket.turn.done():
                continue
            seat = self._seat_for(ticket)
            if seat is not None:
                self._go_or_wait(ticket, seat)
            elif ticket.session not in self._pins:
                is_short = True
        self._waiting = [ticket for ticket in self._waiting if not ticket.turn.done()]
        self._crew.want(is_short=is_short)

    def _seat_for(self, ticket: Ticket) -> Seat | None:
        """Return the worker that takes a run now: the one that knows its session, or the one with the least to do."""
        if ticket.order is None:
            return next((seat for seat in self._crew.seats if seat.worker.is_alive), None)
        pinned = None if ticket.session is None else self._pins.get(ticket.session)
        seats = self._crew.seats if pinned is None else [pinned]
        leaving = self._crew.spare if self._budget.is_pressing else ()
        fit = [seat for seat in seats if seat.has_room_for(ticket.command) and seat not in leaving]
        return min(fit, key=lambda seat: (seat.load, -seat.free_since), default=None)

    def _go_or_wait(self, ticket: Ticket, seat: Seat) -> None:
        """Have the worker run this and whatever can go along, or wait a little for company."""
        if ticket.order is None:
            ticket.turn.set_result(None)
            return
        together = self._company(ticket)
        window = self._window(ticket)
        if len(together) < ticket.command.max_batch:
            since, latest = max(ticket.arrived, seat.free_since), max(one.arrived for one in together)
            until = window.opens_until(len(together), since=since, latest=latest)
            left_s = until - time.perf_counter()
            if left_s > 0:
                asyncio.get_running_loop().call_later(left_s, self._wake)
                return
        if seated := [one for one in together if one.take(seat, self._scratch)]:
            window.called(len(seated))
            self._pins |= {one.session: seat for one in seated if one.session is not None}
            call(seated, seat)

    def _company(self, ticket: Ticket) -> Sequence[Ticket]:
        """Return the runs that go in one call with this one, in their order; those of a session go alone."""
        most = ticket.command.max_batch
        if most == 1 or ticket.session is not None:
            return [ticket]
        fellows = (
            one
            for one in self._waiting
            if not one.turn.done() and one.order is not None and one.session is None and one.command is ticket.command
        )
        return [one for one, _ in zip(fellows, range(most), strict=False)]

    def _window(self, ticket: Ticket) -> Window:
        return self._windows.setdefault(ticket.command.name, Window())

    def _tell(self, event: Event) -> None:
        for ticket in list(self._waiting):
            ticket.report(event)

    def _fail(self, error: GessoError) -> None:
        """No worker can be had: whoever waits hears why."""
        for ticket in self._waiting:
            if not ticket.turn.done():
                ticket.turn.set_exception(error)
