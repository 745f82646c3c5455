"""Gesso and its peers side by side: `python -m benchmarks peers`."""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Sequence
from typing import Final

from benchmarks.peers.all import PEERS
from benchmarks.peers.peer import Workload
from benchmarks.race import rounds, tables
from benchmarks.race.results import Results

_ORDER: Final = (Workload.PICTURE, Workload.DATA, Workload.BATCH, Workload.LIVE, Workload.SLOW)


def main(words: Sequence[str] = ()) -> None:
    """Measure, and print each table as soon as it is there."""
    given = _parser().parse_args(words)
    course = rounds.Course(rounds=given.rounds, seconds=given.seconds)
    peers = [peer for peer in PEERS if not given.only or peer.name in given.only]
    results = Results()
    print(
        f"{course.rounds} rounds, {course.seconds:g} s for each figure in a round; "
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores\n"
    )
    there = rounds.install(peers, results)
    for workload in (each for each in _ORDER if not given.workloads or each.value.lower() in given.workloads):
        rounds.run(workload, there, course=course, results=results)
        print(tables.of(workload, peers, results=results), flush=True)
    print(tables.settings(peers))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks peers", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured")
    parser.add_argument("--seconds", type=float, default=2, help="how long for each figure in a round")
    parser.add_argument("--only", type=_list, metavar="NAMES", help=", ".join(peer.name for peer in PEERS))
    parser.add_argument("--workloads", type=_list, help=", ".join(each.value.lower() for each in _ORDER))
    return parser


def _list(text: str) -> list[str]:
    return [word.strip() for word in text.split(",")]
