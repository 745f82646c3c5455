"""A bare FastAPI that does the work in its event loop, in one process and in one for each core: the limit."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.peers.http import once, post_file, post_json
from benchmarks.peers.peer import CODECS, CORES, ROOT, Address, Command, Exchange, Home, Peer, Workload

_REQUIREMENTS = ("fastapi==0.165.0", "uvicorn[standard]==0.54.0", "python-multipart==0.0.34", *CODECS)


def _picture(address: Address, jpeg: bytes) -> Callable[[], Exchange]:
    return once(post_file(address, "/picture", field="image", content=jpeg))


def _data(address: Address, prompt: bytes) -> Callable[[], Exchange]:
    return once(post_json(address, "/data", value={"prompt": prompt.decode()}))


def _peer(name: str, title: str, *, processes: int) -> Peer:
    def command(home: Home) -> Command:
        app = ("benchmarks.peers.served.with_fastapi:app", "--app-dir", ROOT)
        where = ("--host", "127.0.0.1", "--port", str(home.port), "--workers", str(processes))
        return Command((home.python, "-m", "uvicorn", *app, *where, "--log-level", "warning", "--no-access-log"))

    return Peer(
        name=name,
        title=title,
        requirements=_REQUIREMENTS,
        environment="bare",
        command=command,
        asks={Workload.PICTURE: _picture, Workload.DATA: _data},
        settings="uvicorn with uvloop and httptools; the work is done in the event loop, with nothing around it",
        cannot={
            Workload.BATCH: "does not batch",
            Workload.LIVE: "is measured as a bare WebSocket",
            Workload.SLOW: "its one loop is the model",
        },
        is_limit=True,
    )


ONE = _peer("bare", "one bare FastAPI", processes=1)
"""One process."""
ALL = _peer("bare-all", f"{CORES} bare FastAPI", processes=CORES)
"""A process for each core."""
