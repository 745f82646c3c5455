"""The clients against a server of a few lines, which does what a test tells it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from benchmarks.peers import inprocess, litserve
from benchmarks.peers.peer import Address, Peer, Workload
from benchmarks.race.load import Client, Load, Tally


@contextmanager
def server(answer: Callable[[str], tuple[int, str]]) -> Iterator[Address]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            prompt = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["prompt"]
            status, text = answer(prompt)
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as serving:
        serving.daemon_threads = True
        threading.Thread(target=serving.serve_forever, args=(0.01,), daemon=True).start()
        yield Address(serving.server_port)
        serving.shutdown()


def load(address: Address, *, clients: int, peer: Peer = litserve.PEER) -> Tally:
    return Load([Client(peer, address, workload=Workload.DATA, number=number) for number in range(clients)]).run(1)


def test_each_answer_is_counted_once() -> None:
    asked = []

    def answer(prompt: str) -> tuple[int, str]:
        asked.append(prompt)
        return 200, prompt[::-1]

    with server(answer) as address:
        tally = load(address, clients=3)
    assert not tally.failures
    assert 0 < len(tally.times_ms) <= len(asked)
    assert len(set(asked)) == 3  # each client has words of its own
    assert all(time > 0 for time in tally.times_ms)


def test_refusals_and_wrong_answers_are_failures() -> None:
    with server(lambda _: (409, "one at a time")) as address:
        tally = load(address, clients=2)
    assert not tally.times_ms
    assert tally.failures
    assert tally.failure == "409: one at a time"
    with server(lambda _: (200, "the words of somebody else")) as address:
        assert "a wrong result" in load(address, clients=1).failure


def test_a_server_that_is_not_there_is_a_failure() -> None:
    with server(lambda _: (200, "")) as address:
        pass
    tally = load(address, clients=1)
    assert tally.failures
    assert not tally.times_ms


def test_what_is_no_server_is_called() -> None:
    tally = load(Address(0), clients=1, peer=inprocess.PEER)
    assert tally.times_ms
    assert not tally.failures
