"""How long a server is busy with work that nobody wants any more: its client has gone, and another one asks."""

from __future__ import annotations

import contextlib
import time
from typing import Final

from benchmarks.peers.peer import Address, Exchange, Peer, UnexpectedAnswerError, Workload
from benchmarks.race.connection import Connection, converse

BUSY_S: Final = 4.0
"""How long the work would take."""
_AFTER_S: Final = 0.5
_AGAIN_S: Final = 0.005
_GIVE_UP_S: Final = BUSY_S + 10


def freed_after_ms(peer: Peer, address: Address) -> float:
    """Ask for seconds of work, go away in the middle of it, and return how long it takes until another is answered."""
    _begin_and_leave(_slow(peer, address, seconds=BUSY_S), address)
    left = time.perf_counter()
    while time.perf_counter() - left < _GIVE_UP_S:
        try:
            converse(_slow(peer, address, seconds=0), port=address.port, timeout_s=_GIVE_UP_S)
        except (OSError, UnexpectedAnswerError):  # one that is busy may say so, with 409 or 503
            time.sleep(_AGAIN_S)
        else:
            return (time.perf_counter() - left) * 1000
    raise UnexpectedAnswerError(f"no answer within {_GIVE_UP_S:g} s after the client had gone")


def _slow(peer: Peer, address: Address, *, seconds: float) -> Exchange:
    return peer.asks[Workload.SLOW](address, str(seconds).encode())()


def _begin_and_leave(exchange: Exchange, address: Address) -> None:
    leaves = time.perf_counter() + _AFTER_S
    with Connection(address.port, timeout_s=_AFTER_S) as connection, contextlib.suppress(TimeoutError):
        connection.send(next(exchange))
        while (left_s := leaves - time.perf_counter()) > 0:
            connection.socket.settimeout(left_s)
            if answer := connection.receive():
                connection.send(exchange.send(answer))
