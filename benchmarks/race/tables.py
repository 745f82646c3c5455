"""The tables, as Markdown, ready for `benchmarks/README.md`. A ratio above 1 is better than what it compares with."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from benchmarks.peers.peer import CORES, Peer, Workload
from benchmarks.peers.served.model import BATCH_S
from benchmarks.race.cancel import BUSY_S
from benchmarks.race.columns import Column, Legs, ms, over, table, times
from benchmarks.race.results import Results

_HEADINGS: Final = {
    Workload.PICTURE: "A 512x512 JPEG in, a JPEG out",
    Workload.DATA: "Small JSON in and out",
    Workload.BATCH: f"Batching: a model that takes {BATCH_S * 1000:g} ms for each call, whatever the batch",
    Workload.LIVE: "Live frames of 640x480",
    Workload.SLOW: f"Canceled: a client leaves {BUSY_S:g} s of work behind, until another one is answered",
}
_ONE_LIMIT: Final = "bare"
_ALL_LIMIT: Final = "bare-all"
_ECHO: Final = "echo"


def of(workload: Workload, peers: Sequence[Peer], *, results: Results) -> str:
    """Return the table of a workload, and below it what there is to say of those who are not in it."""
    there = [peer for peer in peers if (workload, peer.name) not in results.faults and peer.can(workload)]
    lines = table(there, _COLUMNS[workload](there, results))
    text = f"### {_HEADINGS[workload]}\n\n{lines}\n{_remarks(peers, results, workload=workload)}"
    return text + (_starts(there, results) if workload is Workload.PICTURE else "")


def settings(peers: Sequence[Peer]) -> str:
    """Return how each was set, and why."""
    return "### How they were set\n\n" + "".join(f"* **{peer.title}**: {peer.settings}.\n" for peer in peers)


def _answers(peers: Sequence[Peer], results: Results, *, workload: Workload) -> list[Column]:
    one, many = Legs(results, workload, 1), Legs(results, workload, 16)
    one_limit, all_limit = one.of(_ONE_LIMIT), many.of(_ALL_LIMIT)
    quickest = one.best(peers, lambda leg: 1 / leg.median_ms)
    busiest = many.best(peers, lambda leg: leg.rate)
    return [
        one.column("1 client: median", lambda leg: ms(leg.median_ms)),
        one.column("p99", lambda leg: ms(leg.share(0.99))),
        one.column("over one bare FastAPI", lambda leg: over(leg, one_limit)),
        one.column("to the best peer", lambda leg: times(1 / leg.median_ms, quickest)),
        many.column("16 clients: a second", lambda leg: f"{leg.rate:.0f}"),
        many.column("median", lambda leg: ms(leg.median_ms)),
        many.column("p99", lambda leg: ms(leg.share(0.99))),
        many.column(f"to {CORES} bare FastAPI", lambda leg: times(leg.rate, all_limit.rate if all_limit else None)),
        many.column("to the best peer", lambda leg: times(leg.rate, busiest)),
        _failed(results, workload),
    ]


def _batches(peers: Sequence[Peer], results: Results) -> list[Column]:
    alone = Legs(results, Workload.BATCH, 1)
    columns = [alone.column("1 client: median", lambda leg: ms(leg.median_ms))]
    for many in (16, 32):
        columns += _batch_columns(Legs(results, Workload.BATCH, many), peers)
    return [*columns, _failed(results, Workload.BATCH)]


def _batch_columns(legs: Legs, peers: Sequence[Peer]) -> list[Column]:
    best = legs.best(peers, lambda leg: leg.rate)
    return [
        legs.column(f"{legs.many} clients: a second", lambda leg: f"{leg.rate:.0f}"),
        legs.column("p99", lambda leg: ms(leg.share(0.99))),
        legs.column(f"to the limit of {legs.many / BATCH_S:.0f}", lambda leg: times(leg.rate, legs.many / BATCH_S)),
        legs.column("to the best peer", lambda leg: times(leg.rate, best)),
    ]


def _frames(_: Sequence[Peer], results: Results) -> list[Column]:
    columns: list[Column] = []
    for fps in (30, 60):
        legs = Legs(results, Workload.LIVE, fps)
        echo = legs.of(_ECHO)
        columns += [
            legs.column(f"{fps} a second: p50", lambda leg: ms(leg.share(0.5))),
            legs.column("p95", lambda leg: ms(leg.share(0.95))),
            legs.column("p99", lambda leg: ms(leg.share(0.99))),
            legs.column("over the echo", partial(over, limit=echo)),
            legs.column("dropped", lambda leg: f"{leg.dropped:.1%}"),
        ]
    return columns


def _cancels(_: Sequence[Peer], results: Results) -> list[Column]:
    legs = Legs(results, Workload.SLOW, 1)
    return [
        legs.column("median", lambda leg: ms(leg.median_ms)),
        legs.column("longest", lambda leg: ms(max(leg.times_ms))),
        legs.column("is freed", lambda leg: "yes" if leg.median_ms < BUSY_S * 500 else "no: it works on"),
    ]


def _failed(results: Results, workload: Workload) -> Column:
    return "failed", lambda peer: str(sum(leg.failures for leg in results.legs_of(workload, peer)))


def _starts(peers: Sequence[Peer], results: Results) -> str:
    def column(heading: str, figures: str, *, form: str) -> Column:
        def cell(peer: Peer) -> str:
            return form.format(statistics.median(getattr(visit, figures) for visit in results.visits[peer.name]))

        return heading, cell

    columns = [
        column("starts in", "start_s", form="{:.2f} s"),
        column("first answer after", "first_s", form="{:.2f} s"),
        column("processes", "processes", form="{:g}"),
        column("memory, nothing asked", "idle_mb", form="{:.0f} MB"),
        column("after the load", "used_mb", form="{:.0f} MB"),
        column("stops in", "stop_s", form="{:.1f} s"),
        column("processes that had to be killed", "left_behind", form="{:g}"),
    ]
    lines = table([peer for peer in peers if peer.name in results.visits], columns)
    return f"\n### From start to stop\n\nWith the model of the pictures.\n\n{lines}"


def _remarks(peers: Sequence[Peer], results: Results, *, workload: Workload) -> str:
    lines = []
    for peer in peers:
        if fault := results.faults.get((workload, peer.name)):
            lines.append(f"* {peer.title} has no line: {fault}")
        elif not peer.can(workload) and not peer.is_limit:
            lines.append(f"* {peer.title} has no line: it {peer.cannot[workload]}.")
        notes = sorted({note for leg in results.legs_of(workload, peer) for note in leg.notes})
        lines += [f"* {peer.title}: {note}" for note in notes]
    return "".join(f"{line}\n" for line in lines)


_COLUMNS: Final[dict[Workload, Callable[[Sequence[Peer], Results], list[Column]]]] = {
    Workload.PICTURE: partial(_answers, workload=Workload.PICTURE),
    Workload.DATA: partial(_answers, workload=Workload.DATA),
    Workload.BATCH: _batches,
    Workload.LIVE: _frames,
    Workload.SLOW: _cancels,
}
