"""LitServe: FastAPI in front of worker processes."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.peers.http import once, post_file, post_json
from benchmarks.peers.peer import CODECS, CORES, Address, Exchange, Peer, Workload, program


def _picture(address: Address, jpeg: bytes) -> Callable[[], Exchange]:
    return once(post_file(address, "/predict", field="request", content=jpeg))


def _data(address: Address, prompt: bytes) -> Callable[[], Exchange]:
    return once(post_json(address, "/predict", value={"prompt": prompt.decode()}))


def _slow(address: Address, seconds: bytes) -> Callable[[], Exchange]:
    return once(post_json(address, "/predict", value={"seconds": float(seconds)}))


PEER = Peer(
    name="litserve",
    title="LitServe 0.2.19",
    requirements=("litserve==0.2.19", "python-multipart==0.0.34", *CODECS),
    command=program("with_litserve"),
    asks={Workload.PICTURE: _picture, Workload.DATA: _data, Workload.BATCH: _data, Workload.SLOW: _slow},
    settings=(
        f"workers_per_device={CORES}: one for each core, and as many HTTP servers, its default; fast_queue, which its "
        "documentation advises above 100 requests a second; pictures as form files and "
        "answered as bytes, not base64; batch_timeout=0.01, half of a call, so that batches get fuller than "
        "with its default of 0"
    ),
    cannot={Workload.LIVE: "has no WebSocket"},
)
"""LitServe as a peer."""
