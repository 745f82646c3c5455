"""Clients that ask as fast as they are answered, in one process and with one loop: the load."""

from __future__ import annotations

import gc
import json
import selectors
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Final

from benchmarks.peers.all import peer_named
from benchmarks.peers.peer import Address, Exchange, Peer, UnexpectedAnswerError, Workload
from benchmarks.race.connection import Connection
from benchmarks.race.payloads import differs, is_right, payload

_PAUSE_S: Final = 0.010  # after a failure: whoever is refused does not ask again at once
_TIMEOUT_S: Final = 10.0


@dataclass
class Tally:
    """What the clients saw: how long each run took, how many failed, and the words of one that did."""

    times_ms: list[float] = field(default_factory=list)
    failures: int = 0
    failure: str = ""
    differs: str = ""


class Client:
    """One client: one connection, one run after the other."""

    def __init__(self, peer: Peer, address: Address, *, workload: Workload, number: int) -> None:
        self._is_server = peer.command is not None
        self._port = address.port
        self._workload = workload
        self._payload = payload(workload, number)
        self._make = peer.asks[workload](address, self._payload)
        self._exchange: Exchange
        self.connection: Connection | None = None
        self.began = 0.0
        self.resumes = 0.0

    def begin(self) -> bytes | None:
        """Begin a run; return its result if it is there already, because there is no server."""
        if self._is_server and self.connection is None:
            self.connection = Connection(self._port, timeout_s=_TIMEOUT_S)
        self._exchange = self._make()
        self.began = time.perf_counter()
        try:
            request = next(self._exchange)
        except StopIteration as done:
            return bytes(done.value)
        assert self.connection is not None
        self.connection.send(request)
        return None

    def go_on(self) -> bytes | None:
        """Take what has come, send what is next; return the result once it is there."""
        assert self.connection is not None
        answer = self.connection.receive()
        if answer is None:
            return None
        try:
            self.connection.send(self._exchange.send(answer))
        except StopIteration as done:
            return bytes(done.value)
        return None

    def check(self, result: bytes) -> None:
        """Raise `UnexpectedAnswerError` if a result is not what it should be."""
        if not is_right(self._workload, sent=self._payload, got=result):
            raise UnexpectedAnswerError(f"a wrong result: {result[:100]!r}")

    def look_closely(self, result: bytes) -> str:
        """Say in what a result differs from what it should be."""
        return differs(self._payload, result) if self._workload is Workload.PICTURE else ""

    def give_up(self) -> None:
        """Close the connection; the next run opens another."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class Load:
    """Clients in one loop."""

    def __init__(self, clients: list[Client]) -> None:
        self.tally = Tally()
        self._clients = clients
        self._selector = selectors.DefaultSelector()
        self._waiting: list[Client] = []  # for the end of their pause
        self._has_looked = False
        self._from = self._until = 0.0

    def run(self, seconds: float) -> Tally:
        """Ask for as long, after a quarter of it to get warm."""
        self._from = time.perf_counter() + max(0.5, seconds / 4)
        self._until = self._from + seconds
        self._waiting = list(self._clients)
        while (now := time.perf_counter()) < self._until:
            ready = [client for client in self._waiting if client.resumes <= now]
            for client in ready:
                self._waiting.remove(client)
                self._begin(client)
            for key, _ in self._selector.select(0 if ready else _PAUSE_S):
                self._go_on(key.data)
        for client in self._clients:
            if client not in self._waiting and client.began < self._from:
                self._failed(client, "no answer in all the time")
            client.give_up()
        return self.tally

    def _begin(self, client: Client) -> None:
        try:
            had = client.connection
            result = client.begin()
            if client.connection is not had and client.connection is not None:
                self._selector.register(client.connection.socket, selectors.EVENT_READ, client)
            if result is not None:
                self._done(client, result)
        except (OSError, UnexpectedAnswerError, ValueError, LookupError) as error:
            self._failed(client, str(error))

    def _go_on(self, client: Client) -> None:
        try:
            result = client.go_on()
            if result is not None:
                self._done(client, result)
        except (OSError, UnexpectedAnswerError, ValueError, LookupError) as error:
            self._failed(client, str(error))

    def _done(self, client: Client, result: bytes) -> None:
        now = time.perf_counter()
        client.check(result)
        if self._from <= now <= self._until:
            self.tally.times_ms.append((now - client.began) * 1000)
        elif not self._has_looked:
            self._has_looked = True
            self.tally.differs = client.look_closely(result)
        if client.connection is None:
            self._waiting.append(client)
        else:
            self._begin(client)

    def _failed(self, client: Client, why: str) -> None:
        if client.connection is not None:
            self._selector.unregister(client.connection.socket)
        client.give_up()
        client.resumes = time.perf_counter() + _PAUSE_S
        self._waiting.append(client)
        if time.perf_counter() >= self._from:
            self.tally.failures += 1
            self.tally.failure = self.tally.failure or why[:200]


def main() -> None:
    """Do what is asked for in JSON, and print what came of it."""
    given = json.loads(sys.argv[1])
    peer, workload = peer_named(given["peer"]), Workload(given["workload"])
    address = Address(given["port"], given["token"])
    numbers = range(given["first"], given["first"] + given["clients"])
    load = Load([Client(peer, address, workload=workload, number=number) for number in numbers])
    gc.freeze()
    gc.disable()
    print(json.dumps(asdict(load.run(given["seconds"]))))


if __name__ == "__main__":
    main()
