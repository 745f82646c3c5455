"""Gesso as it is shipped: its key, the check of Host and Origin, validation, a process for each model, metering."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from typing import Final

from benchmarks.peers.camera import SocketCamera
from benchmarks.peers.http import once, post_file, post_json
from benchmarks.peers.peer import SERVED, Address, Command, Exchange, Home, Peer, Workload
from gesso.version import VERSION

_MODEL: Final = "bench"  # the name of whichever model is served
_RUN: Final = f"/api/v1/models/{_MODEL}/run"
_LIVE: Final = f"/api/v1/models/{_MODEL}/live"
_HELLO: Final = json.dumps({})  # the options of a live session: none


# -- how Gesso is asked ------------------------------------------------------------------------------------------------


def _picture(address: Address, jpeg: bytes) -> Callable[[], Exchange]:
    return once(post_file(address, _RUN, field="image", content=jpeg, accept="image/jpeg"))


def _data(address: Address, prompt: bytes) -> Callable[[], Exchange]:
    return once(post_json(address, _RUN, value={"inputs": {"prompt": prompt.decode()}}))


def _slow(address: Address, seconds: bytes) -> Callable[[], Exchange]:
    return once(post_json(address, _RUN, value={"inputs": {"seconds": float(seconds)}}))


def _camera(address: Address) -> SocketCamera:
    return SocketCamera(address, _LIVE, hello=_HELLO)


# -- how it is started -------------------------------------------------------------------------------------------------


def _environment(home: Home) -> dict[str, str]:
    return {"GESSO_HOME": str(home.folder / "home"), "GESSO_NEEDS_KEY": "1"}


def _prepare(home: Home) -> None:
    """Put the model on the list, and say that it is trusted."""
    name = "picture" if home.workload is Workload.LIVE else home.workload.value.lower()
    source = SERVED / "gesso_models" / f"{name}.py"
    for words in (("add", source, "--name", _MODEL), ("show", _MODEL, "--trust")):
        command = (home.python.with_name("gesso"), *words)
        subprocess.run(command, env=os.environ | _environment(home), check=True, capture_output=True)


def _key(home: Home) -> str:
    from gesso.server.owner import find_lent_key  # brings much with it, which the load does not need

    return find_lent_key(home.folder / "home")


def _command(home: Home) -> Command:
    return Command((home.python.with_name("gesso"), "serve", "--port", str(home.port)), _environment(home))


PEER: Final = Peer(
    name="gesso",
    title=f"Gesso {VERSION}",
    command=_command,
    asks={Workload.PICTURE: _picture, Workload.DATA: _data, Workload.BATCH: _data, Workload.SLOW: _slow},
    camera=_camera,
    ready="/api/v1/health",
    settings="as it is shipped, with needs_key on, and nothing else set",
    prepare=_prepare,
    token=_key,
)
"""Gesso among its peers."""
