"""Ray Serve: a cluster of one machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from benchmarks.peers.http import once, post_file, post_json
from benchmarks.peers.peer import CODECS, CORES, Address, Command, Exchange, Home, Peer, Workload, program

_ENVIRONMENT = {
    "RAY_SERVE_THROUGHPUT_OPTIMIZED": "1",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_DISABLE_IMPORT_WARNING": "1",
}


def _command(home: Home) -> Command:
    environment = _ENVIRONMENT | {"RAY_TMPDIR": str(home.folder)}
    return replace(program("with_ray_serve")(home), environment=environment)


def _picture(address: Address, jpeg: bytes) -> Callable[[], Exchange]:
    return once(post_file(address, "/", field="image", content=jpeg))


def _data(address: Address, prompt: bytes) -> Callable[[], Exchange]:
    return once(post_json(address, "/", value={"prompt": prompt.decode()}))


def _slow(address: Address, seconds: bytes) -> Callable[[], Exchange]:
    return once(post_json(address, "/", value={"seconds": float(seconds)}))


PEER = Peer(
    name="ray_serve",
    title="Ray Serve 2.60.0",
    requirements=("ray[serve]==2.60.0", "python-multipart==0.0.34", *CODECS),
    command=_command,
    asks={Workload.PICTURE: _picture, Workload.DATA: _data, Workload.BATCH: _data, Workload.SLOW: _slow},
    ready="/-/healthz",
    settings=(
        f"num_replicas={CORES}: one for each core; max_ongoing_requests=64, because the default of 5 is fewer than "
        "there are clients; RAY_SERVE_THROUGHPUT_OPTIMIZED, as its page on performance says; no dashboard"
    ),
    cannot={Workload.LIVE: "has WebSockets only in a FastAPI of one's own that is mounted in it"},
)
"""Ray Serve as a peer."""
