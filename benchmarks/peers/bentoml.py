"""BentoML: a service per model, in processes that share a socket."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.peers.http import once, post_file, post_json
from benchmarks.peers.peer import CODECS, CORES, ROOT, Address, Command, Exchange, Home, Peer, Workload


def _command(home: Home) -> Command:
    service = f"benchmarks.peers.served.with_bentoml:{home.workload.value}"
    serve = (home.python.with_name("bentoml"), "serve", service, "--working-dir", ROOT)
    return Command(
        (*serve, "--host", "127.0.0.1", "--port", str(home.port)),
        {"BENTOML_DO_NOT_TRACK": "True", "BENTOML_HOME": str(home.folder / "bentoml")},
    )


def _picture(address: Address, jpeg: bytes) -> Callable[[], Exchange]:
    return once(post_file(address, "/picture", field="image", content=jpeg))


def _data(address: Address, prompt: bytes) -> Callable[[], Exchange]:
    return once(post_json(address, "/data", value={"prompt": prompt.decode()}))


def _batch(address: Address, prompt: bytes) -> Callable[[], Exchange]:
    return once(post_json(address, "/data", value={"prompt": [prompt.decode()]}))


def _slow(address: Address, seconds: bytes) -> Callable[[], Exchange]:
    return once(post_json(address, "/data", value={"seconds": float(seconds)}))


PEER = Peer(
    name="bentoml",
    title="BentoML 1.4.39",
    requirements=("bentoml==1.4.39", *CODECS),
    command=_command,
    asks={Workload.PICTURE: _picture, Workload.DATA: _data, Workload.BATCH: _batch, Workload.SLOW: _slow},
    ready="/readyz",
    settings=(
        f"workers={CORES}: one for each core, as its guide to parallel requests says; pictures as files, because it "
        "sends a PIL image as PNG; the batching adapts by itself, its default, "
        "and concurrency is the size of the batch, as its page on that says"
    ),
    cannot={Workload.LIVE: "has WebSockets only in an application of one's own that is mounted in it"},
)
"""BentoML as a peer."""
