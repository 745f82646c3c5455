"""Gradio, asked as its own clients ask it: upload, queue, events, download."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from benchmarks.peers.gradio_camera import GradioCamera
from benchmarks.peers.http import expected, get, post_file, post_json
from benchmarks.peers.peer import (
    CORES,
    Address,
    Command,
    Exchange,
    Home,
    Peer,
    UnexpectedAnswerError,
    Workload,
    program,
)

_API = "/gradio_api"


def _command(home: Home) -> Command:
    environment = {
        "GRADIO_ANALYTICS_ENABLED": "False",
        "GRADIO_TEMP_DIR": str(home.folder / "gradio"),
        "HF_HUB_OFFLINE": "1",
    }
    return replace(program("with_gradio")(home), environment=environment)


def _queued(address: Address, value: Any) -> Exchange:
    """Join the queue and listen to its events until the run is over. Returns the output as JSON."""
    session = secrets.token_hex(5)
    joined = {"data": [value], "fn_index": 0, "session_hash": session}
    expected((yield post_json(address, f"{_API}/queue/join", value=joined)))
    events = expected((yield get(address, f"{_API}/queue/data?session_hash={session}"))).body
    for line in reversed(events.splitlines()):
        if line.startswith(b"data: ") and b'"process_completed"' in line:
            event = json.loads(line[6:])
            if event["success"]:
                return json.dumps(event["output"]["data"][0]).encode()
    raise UnexpectedAnswerError(events[-200:].decode(errors="replace"))


def _picture(address: Address, jpeg: bytes) -> Callable[[], Exchange]:
    upload = post_file(address, f"{_API}/upload", field="files", content=jpeg)

    def run() -> Exchange:
        [path] = json.loads(expected((yield upload)).body)
        output = yield from _queued(address, {"path": path, "meta": {"_type": "gradio.FileData"}})
        return expected((yield get(address, f"{_API}/file={json.loads(output)['path']}"))).body

    return run


def _data(address: Address, prompt: bytes) -> Callable[[], Exchange]:
    return lambda: _queued(address, prompt.decode())


def _slow(address: Address, seconds: bytes) -> Callable[[], Exchange]:
    return lambda: _queued(address, float(seconds))


PEER = Peer(
    name="gradio",
    title="Gradio 6.31.0",
    requirements=("gradio==6.31.0", "pillow==12.3.0", "numpy==2.4.6"),  # Gradio wants Pillow below 13
    command=_command,
    asks={Workload.PICTURE: _picture, Workload.DATA: _data, Workload.BATCH: _data, Workload.SLOW: _slow},
    camera=lambda address: GradioCamera(address, _API),
    ready="/config",
    settings=(
        f"concurrency_limit={CORES}: one for each core, where the default is 1; asked as its own clients do it, with "
        "four HTTP requests for a picture (upload, join the queue, its events, download) and two for text, but over a "
        "connection that is kept open, where its Python client opens one for each; live frames as its page sends them"
    ),
)
"""Gradio as a peer."""
