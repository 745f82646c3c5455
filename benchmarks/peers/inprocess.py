"""The same functions called in one process, with no server: the limit of all limits."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.peers.peer import Address, Exchange, Peer, Workload
from benchmarks.peers.served import model


def _picture(_: Address, jpeg: bytes) -> Callable[[], Exchange]:
    return _called(lambda: model.picture(jpeg))


def _data(_: Address, prompt: bytes) -> Callable[[], Exchange]:
    return _called(lambda: model.reverse(prompt.decode()).encode())


def _called(work: Callable[[], bytes]) -> Callable[[], Exchange]:
    def run() -> Exchange:
        yield from ()  # nothing is sent
        return work()

    return run


PEER = Peer(
    name="inprocess",
    title="the function itself",
    command=None,
    asks={Workload.PICTURE: _picture, Workload.DATA: _data},
    settings="decode, call and encode in one process; with several clients in a process for each core",
    cannot={
        Workload.BATCH: "the limit is the clients in 20 ms",
        Workload.LIVE: "is measured as a bare WebSocket",
        Workload.SLOW: "there is nobody to cancel it",
    },
    is_limit=True,
)
"""The function itself as a limit."""
