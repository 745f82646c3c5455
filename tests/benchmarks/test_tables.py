from __future__ import annotations

from benchmarks.peers import bare, cog, gesso, litserve
from benchmarks.peers.peer import Peer, Workload
from benchmarks.race.results import Results, Visit
from benchmarks.race.tables import of, settings

PEERS = (bare.ONE, bare.ALL, gesso.PEER, litserve.PEER, cog.PEER)


def measured(results: Results, peer: Peer, workload: Workload, *, many: int, time_ms: float, rate: float = 0) -> None:
    leg = results.leg(workload, peer, many=many)
    leg.times_ms += [time_ms] * 100
    leg.rates.append(rate)


def line(table: str, peer: Peer) -> list[str]:
    [found] = [line for line in table.splitlines() if line.startswith("|") and peer.title in line.split("|")[1]]
    return [cell.strip() for cell in found.split("|")[1:-1]]


def test_ratios_are_against_the_limit_and_the_best_peer() -> None:
    results = Results()
    for peer, time_ms, rate in (
        (bare.ONE, 2, 300),
        (bare.ALL, 2, 400),
        (gesso.PEER, 2.5, 320),
        (litserve.PEER, 5, 200),
        (cog.PEER, 4, 100),
    ):
        measured(results, peer, Workload.DATA, many=1, time_ms=time_ms)
        measured(results, peer, Workload.DATA, many=16, time_ms=10 * time_ms, rate=rate)
    table = of(Workload.DATA, PEERS, results=results)
    assert line(table, gesso.PEER) == [
        *(f"**{gesso.PEER.title}**", "2.50 ms", "2.50 ms", "+0.50 ms", "1.60"),
        *("320", "25.00 ms", "25.00 ms", "0.80", "1.60", "0"),
    ]
    assert line(table, litserve.PEER)[4] == "0.80"
    assert line(table, bare.ALL)[0] == f"*limit: {bare.ALL.title}*"


def test_who_has_no_line_is_named_with_the_reason() -> None:
    results = Results()
    results.faults[Workload.BATCH, litserve.PEER.name] = "cannot be installed: no such version"
    table = of(Workload.BATCH, PEERS, results=results)
    assert f"* {litserve.PEER.title} has no line: cannot be installed: no such version" in table
    assert f"* {cog.PEER.title} has no line: it does not batch." in table
    assert f"| {litserve.PEER.title}" not in table


def test_what_failed_is_counted_and_told() -> None:
    results = Results()
    measured(results, cog.PEER, Workload.PICTURE, many=1, time_ms=5, rate=200)
    leg = results.leg(Workload.PICTURE, cog.PEER, many=1)
    leg.failures, leg.notes = 7, {"409: one at a time"}
    results.visits[cog.PEER.name] = [
        Visit(start_s=0.1, first_s=0.2, idle_mb=50, used_mb=60, processes=2, stop_s=0.3, left_behind=1)
    ]
    table = of(Workload.PICTURE, PEERS, results=results)
    assert line(table.partition("###")[2].partition("###")[0], cog.PEER)[-1] == "7"
    assert f"* {cog.PEER.title}: 409: one at a time" in table
    assert line(table.rpartition("###")[2], cog.PEER) == [
        *(cog.PEER.title, "0.10 s", "0.20 s", "2", "50 MB", "60 MB", "0.3 s", "1"),
    ]


def test_frames_that_never_came_back_are_dropped() -> None:
    results = Results()
    measured(results, gesso.PEER, Workload.LIVE, many=30, time_ms=8)
    results.leg(Workload.LIVE, gesso.PEER, many=30).due = 125
    assert line(of(Workload.LIVE, PEERS, results=results), gesso.PEER)[5] == "20.0%"


def test_whoever_works_on_for_nobody_is_told() -> None:
    results = Results()
    measured(results, gesso.PEER, Workload.SLOW, many=1, time_ms=8)
    measured(results, litserve.PEER, Workload.SLOW, many=1, time_ms=3500)
    table = of(Workload.SLOW, PEERS, results=results)
    assert line(table, gesso.PEER)[-1] == "yes"
    assert line(table, litserve.PEER)[-1] == "no: it works on"


def test_every_peer_says_how_it_is_set_and_why_it_cannot() -> None:
    from benchmarks.peers.all import PEERS as ALL

    assert len({peer.name for peer in ALL}) == len(ALL)
    for peer in ALL:
        assert f"**{peer.title}**: {peer.settings}." in settings(ALL)
        for workload in Workload:
            assert peer.can(workload) != (workload in peer.cannot), (peer.name, workload)
