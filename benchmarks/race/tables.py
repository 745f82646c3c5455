"""The tables, as Markdown, ready for `benchmarks/README.md`."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from benchmarks.peers.peer import CORES, Peer, Workload
from benchmarks.peers.served.model import BATCH_S
from benchmarks.race.cancel import BUSY_S
from benchmarks.race.results import Leg, Results

_NOTHING: Final = "–"
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
    """Return the table of a workload, with those below it that have no line in it, and why."""
    table = _TABLES[workload]
    there = [peer for peer in peers if (workload, peer.name) not in results.faults and peer.can(workload)]
    text = f"### {_HEADINGS[workload]}\n\n{table(there, results)}\n{_absent(peers, results, workload=workload)}"
    return text + (_starts(there, results) if workload is Workload.PICTURE else "")


def settings(peers: Sequence[Peer]) -> str:
    """Return how each was set, and why."""
    return "### How they were set\n\n" + "".join(f"* **{peer.title}**: {peer.settings}.\n" for peer in peers)


def _answers(peers: Sequence[Peer], results: Results, *, workload: Workload) -> str:
    head = (
        *("server", "1 client: median", "p99", "over one bare FastAPI", "as fast as the best peer"),
        *("16 clients: a second", "median", "p99", f"of {CORES} bare FastAPI", "of the best peer", "failed"),
    )
    one_limit = results.measured(workload, _ONE_LIMIT, many=1)
    all_limit = results.measured(workload, _ALL_LIMIT, many=16)
    quickest = results.best(peers, workload, many=1, key=lambda leg: -leg.median_ms)
    busiest = results.best(peers, workload, many=16, key=lambda leg: leg.rate)

    def one(leg: Leg) -> tuple[str, ...]:
        over = f"{leg.median_ms - one_limit.median_ms:+.2f} ms" if one_limit else _NOTHING
        return (
            _ms(leg.median_ms),
            _ms(leg.share(0.99)),
            over,
            _times(-quickest, leg.median_ms) if quickest else _NOTHING,
        )

    def sixteen(leg: Leg) -> tuple[str, ...]:
        limit = _times(leg.rate, all_limit.rate if all_limit else None)
        return f"{leg.rate:.0f}", _ms(leg.median_ms), _ms(leg.share(0.99)), limit, _times(leg.rate, busiest)

    rows = []
    for peer in peers:
        legs = [results.measured(workload, peer.name, many=many) for many in (1, 16)]
        cells = (*_cells(one, legs[0], width=4), *_cells(sixteen, legs[1], width=5))
        rows.append((_title(peer), *cells, _failed(legs)))
    return _table(head, rows)


def _batches(peers: Sequence[Peer], results: Results) -> str:
    head = ("server", "1 client: median", *(f"{many} clients: {what}" for many in (16, 32) for what in _BATCH_COLUMNS))
    rows = []
    for peer in peers:
        alone = results.measured(Workload.BATCH, peer.name, many=1)
        cells = [_ms(alone.median_ms) if alone else _NOTHING]
        legs = [alone]
        for many in (16, 32):
            leg = results.measured(Workload.BATCH, peer.name, many=many)
            best = results.best(peers, Workload.BATCH, many=many, key=lambda leg: leg.rate)
            cells += _cells(_batch_cells(many, best), leg, width=len(_BATCH_COLUMNS))
            legs.append(leg)
        rows.append((_title(peer), *cells, _failed(legs)))
    return _table((*head, "failed"), rows)


_BATCH_COLUMNS: Final = ("a second", "p99", "of the limit", "of the best peer")


def _batch_cells(many: int, best: float | None) -> Callable[[Leg], tuple[str, ...]]:
    limit = many / BATCH_S
    return lambda leg: (f"{leg.rate:.0f}", _ms(leg.share(0.99)), _times(leg.rate, limit), _times(leg.rate, best))


def _frames(peers: Sequence[Peer], results: Results) -> str:
    columns = ("p50", "p95", "p99", "over the echo", "dropped")
    head = ("server", *(f"{fps} a second: {what}" for fps in (30, 60) for what in columns))
    rows = []
    for peer in peers:
        cells: list[str] = []
        for fps in (30, 60):
            echo = results.measured(Workload.LIVE, _ECHO, many=fps)
            leg = results.measured(Workload.LIVE, peer.name, many=fps)
            cells += _cells(_frame_cells(echo), leg, width=len(columns))
        rows.append((_title(peer), *cells))
    return _table(head, rows)


def _frame_cells(echo: Leg | None) -> Callable[[Leg], tuple[str, ...]]:
    def cells(leg: Leg) -> tuple[str, ...]:
        over = f"{leg.median_ms - echo.median_ms:+.2f} ms" if echo else _NOTHING
        return (*(_ms(leg.share(part)) for part in (0.5, 0.95, 0.99)), over, f"{leg.dropped:.1%}")

    return cells


def _cancels(peers: Sequence[Peer], results: Results) -> str:
    rows = []
    for peer in peers:
        leg = results.measured(Workload.SLOW, peer.name, many=1)
        cells = (_ms(leg.median_ms), _ms(max(leg.times_ms))) if leg else (_NOTHING, _NOTHING)
        is_freed = leg is not None and leg.median_ms < BUSY_S * 1000 / 2
        rows.append((_title(peer), *cells, "yes" if is_freed else "no: it works on"))
    return _table(("server", "median", "longest", "is freed"), rows)


def _starts(peers: Sequence[Peer], results: Results) -> str:
    head = (
        *("server", "starts in", "first answer after", "processes", "memory, nothing asked", "after the load"),
        *("stops in", "processes that had to be killed"),
    )
    rows = []
    for peer in peers:
        starts = results.starts.get(peer.name)
        if starts is not None and starts.left_behind:
            middle = statistics.median
            figures = (
                *(
                    f"{middle(starts.start_s):.2f} s",
                    f"{middle(starts.first_s):.2f} s",
                    f"{middle(starts.processes):g}",
                ),
                *(f"{middle(starts.idle_mb):.0f} MB", f"{middle(starts.used_mb):.0f} MB"),
                *(f"{middle(starts.stop_s):.1f} s", f"{max(starts.left_behind):g}"),
            )
            rows.append((_title(peer), *figures))
    return f"\n### From start to stop\n\nWith the model of the pictures.\n\n{_table(head, rows)}\n"


def _absent(peers: Sequence[Peer], results: Results, *, workload: Workload) -> str:
    lines = []
    for peer in peers:
        notes = sorted(
            {note for key, leg in results.legs.items() if key[:2] == (workload, peer.name) for note in leg.notes}
        )
        if fault := results.faults.get((workload, peer.name)):
            lines.append(f"* {peer.title} has no line: {fault}")
        elif not peer.can(workload) and not peer.is_limit:
            lines.append(f"* {peer.title} has no line: it {peer.cannot.get(workload, 'cannot')}.")
        lines += [f"* {peer.title}: {note}" for note in notes]
    return "".join(f"{line}\n" for line in lines)


def _title(peer: Peer) -> str:
    return f"*limit: {peer.title}*" if peer.is_limit else f"**{peer.title}**" if peer.name == "gesso" else peer.title


def _failed(legs: Sequence[Leg | None]) -> str:
    return str(sum(leg.failures for leg in legs if leg is not None))


def _cells(cells: Callable[[Leg], tuple[str, ...]], leg: Leg | None, *, width: int) -> tuple[str, ...]:
    return cells(leg) if leg is not None else (_NOTHING,) * width


def _ms(value: float) -> str:
    return f"{value:.2f} ms" if value < 100 else f"{value:.0f} ms"


def _times(value: float, other: float | None) -> str:
    return f"{value / other:.2f}" if other else _NOTHING


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    rule = "|---" + "|---:" * (len(head) - 1) + "|"
    return "\n".join([f"| {' | '.join(head)} |", rule, *(f"| {' | '.join(row)} |" for row in rows), ""])


_TABLES: Final[dict[Workload, Callable[[Sequence[Peer], Results], str]]] = {
    Workload.PICTURE: partial(_answers, workload=Workload.PICTURE),
    Workload.DATA: partial(_answers, workload=Workload.DATA),
    Workload.BATCH: _batches,
    Workload.LIVE: _frames,
    Workload.SLOW: _cancels,
}
