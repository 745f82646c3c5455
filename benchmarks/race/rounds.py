"""The rounds: each server after the other, and then all again, so that a busy minute of the machine meets them all."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from benchmarks.peers.peer import CORES, Address, Peer, UnexpectedAnswerError, Workload
from benchmarks.race import apart
from benchmarks.race.cancel import freed_after_ms
from benchmarks.race.connection import converse
from benchmarks.race.environment import NotInstalledError, python_of
from benchmarks.race.payloads import payload
from benchmarks.race.results import Leg, Results, Visit
from benchmarks.race.server import Server

MANY: Final = {
    Workload.PICTURE: (1, 16),
    Workload.DATA: (1, 16),
    Workload.BATCH: (1, 16, 32),
    Workload.LIVE: (30, 60),
    Workload.SLOW: (1,),
}
"""How many clients, or frames a second, each workload is measured with."""
_FIRST_S: Final = 60.0
_SETTLE_S: Final = 0.5
_SPARE_S: Final = 60.0  # for a measurement to start and to end


@dataclass(frozen=True)
class Course:
    """How long it all takes."""

    rounds: int
    seconds: float


def install(peers: Iterable[Peer], results: Results) -> list[Peer]:
    """Make the environments before anything is measured. Returns those that could be made."""
    made = []
    for peer in peers:
        try:
            _say(f"{peer.title}: its environment")
            python_of(peer)
            made.append(peer)
        except NotInstalledError as error:
            results.faults |= {(workload, peer.name): f"cannot be installed: {error}" for workload in Workload}
    return made


def run(workload: Workload, peers: Sequence[Peer], *, course: Course, results: Results) -> None:
    """Measure one workload."""
    for number in range(1, course.rounds + 1):
        for peer in (peer for peer in peers if peer.can(workload)):
            _say(f"{workload.value}, round {number} of {course.rounds}: {peer.title}")
            try:
                _turn(peer, workload, course=course, results=results)
            except Exception as error:  # noqa: BLE001 - a peer may fail in any way, and the others go on
                results.faults[workload, peer.name] = " ".join(str(error).split())[:300]


def _turn(peer: Peer, workload: Workload, *, course: Course, results: Results) -> None:
    if peer.command is None:
        _legs(peer, Address(0), workload=workload, course=course, results=results)
        return
    with Server(peer, workload) as server:
        time.sleep(_SETTLE_S)
        idle_mb = server.memory_mb
        first_s = _first_answer_s(server) if workload is not Workload.LIVE else 0.0
        try:
            _legs(peer, server.address, workload=workload, course=course, results=results)
        except apart.NotMeasuredError as error:
            raise apart.NotMeasuredError(f"{error} ({server.said()})") from error
        time.sleep(_SETTLE_S)
        used_mb, processes = server.memory_mb, server.processes
    if workload is Workload.PICTURE:
        visit = Visit(
            start_s=server.start_s,
            first_s=first_s,
            idle_mb=idle_mb,
            used_mb=used_mb,
            processes=processes,
            stop_s=server.stop_s,
            left_behind=server.left_behind,
        )
        results.visits.setdefault(peer.name, []).append(visit)


def _first_answer_s(server: Server) -> float:
    """Ask until there is a right answer; return how long that took."""
    content = b"0" if server.workload is Workload.SLOW else payload(server.workload, 0)
    ask = server.peer.asks[server.workload](server.address, content)
    began, said = time.perf_counter(), ""
    while (now := time.perf_counter() - began) < _FIRST_S:
        try:
            converse(ask(), port=server.address.port, timeout_s=_FIRST_S)
            return time.perf_counter() - began
        except (OSError, UnexpectedAnswerError, ValueError, LookupError) as error:
            said = str(error)
            if now > _FIRST_S / 6 and said[:1] == "4":
                break  # it has been up for a while and still does not know the address
            time.sleep(0.01)
    raise UnexpectedAnswerError(f"no right answer: {said} ({server.said()})")


def _legs(peer: Peer, address: Address, *, workload: Workload, course: Course, results: Results) -> None:
    for many in MANY[workload]:
        leg = results.leg(workload, peer, many=many)
        if workload is Workload.SLOW:
            leg.times_ms.append(freed_after_ms(peer, address))
        elif workload is Workload.LIVE:
            _watch(peer, address, leg=leg, fps=many, seconds=course.seconds)
        else:
            _ask(peer, address, leg=leg, workload=workload, clients=many, seconds=course.seconds)


def _watch(peer: Peer, address: Address, *, leg: Leg, fps: int, seconds: float) -> None:
    given = {"peer": peer.name, "port": address.port, "token": address.token, "fps": fps, "seconds": seconds}
    watched = apart.finish(apart.start("live", **given), timeout_s=seconds * 2 + _SPARE_S)
    leg.times_ms += watched["times_ms"]
    leg.due += watched["due"]
    leg.notes |= {watched["failure"], watched["differs"]} - {""}


def _ask(peer: Peer, address: Address, *, leg: Leg, workload: Workload, clients: int, seconds: float) -> None:
    """Let the clients of a server be one process; where there is no server, let there be one for each core."""
    apiece = [clients] if peer.command is not None else [1] * min(clients, CORES)
    given = {"peer": peer.name, "workload": workload, "port": address.port, "token": address.token, "seconds": seconds}
    asking = [apart.start("load", **given, first=10 * number, clients=many) for number, many in enumerate(apiece)]
    tallies: list[Any] = [apart.finish(process, timeout_s=seconds * 2 + _SPARE_S) for process in asking]
    leg.rates.append(sum(len(tally["times_ms"]) for tally in tallies) / seconds)
    for tally in tallies:
        leg.times_ms += tally["times_ms"]
        leg.failures += tally["failures"]
        leg.notes |= {tally["failure"], tally["differs"]} - {""}


def _say(words: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {words}", file=sys.stderr, flush=True)
