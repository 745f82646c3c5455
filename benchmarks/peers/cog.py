"""Cog's own server, coglet, without the container around it."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.peers.http import once, post_json
from benchmarks.peers.peer import (
    CODECS,
    SERVED,
    Address,
    Command,
    Exchange,
    Home,
    Peer,
    UnexpectedAnswerError,
    Workload,
)

_SLOTS = 32  # as many as there are clients at most: whoever finds none free is refused with 409


def _command(home: Home) -> Command:
    is_shared = home.workload in {Workload.PICTURE, Workload.DATA}
    return Command(
        (home.python, "-m", "cog.server.http", "--host", "127.0.0.1"),
        {
            "PATH": f"{home.python.parent}{os.pathsep}{os.environ['PATH']}",  # its worker is whatever `python` is
            "PORT": str(home.port),
            "COG_PREDICT_TYPE_STUB": f"{SERVED / 'with_cog.py'}:{home.workload.value}",
            "COG_MAX_CONCURRENCY": str(_SLOTS if is_shared else 1),
            "COG_LOG_LEVEL": "warning",
        },
    )


def _ask(address: Address, read: Callable[[bytes], bytes], **inputs: Any) -> Callable[[], Exchange]:
    return once(post_json(address, "/predictions", value={"input": inputs}), read)


def _picture(address: Address, jpeg: bytes) -> Callable[[], Exchange]:
    return _ask(address, _picture_in, image=f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}")


def _picture_in(body: bytes) -> bytes:
    return base64.b64decode(_output(body).partition(",")[2])


def _output(body: bytes) -> str:
    answer = json.loads(body)
    if answer["status"] != "succeeded":
        raise UnexpectedAnswerError(str(answer)[:200])
    return str(answer["output"])


def _data(address: Address, prompt: bytes) -> Callable[[], Exchange]:
    return _ask(address, lambda body: _output(body).encode(), prompt=prompt.decode())


def _slow(address: Address, seconds: bytes) -> Callable[[], Exchange]:
    return _ask(address, lambda body: _output(body).encode(), seconds=float(seconds))


PEER = Peer(
    name="cog",
    title="Cog 0.23.1",
    requirements=("cog==0.23.1", *CODECS),
    command=_command,
    asks={Workload.PICTURE: _picture, Workload.DATA: _data, Workload.SLOW: _slow},
    ready="/health-check",
    ready_says=b'"READY"',  # it answers with 200 from the first moment
    settings=(
        f"an asynchronous runner with concurrency.max={_SLOTS}: with the default, one at a time, all but one client "
        "are refused with 409; it works in a thread, because with work in its event loop the server came to a stop in "
        "some rounds with 16 clients; one process for a model; pictures are base64 in JSON, both ways"
    ),
    litter=(Path("/tmp/coglet"),),  # written into the program, whatever TMPDIR says
    cannot={Workload.BATCH: "does not batch", Workload.LIVE: "has no WebSocket"},
)
"""Cog as a peer."""
