"""A bare WebSocket that sends a frame back as it came, or decodes and codes it again: the limit of live frames."""

from __future__ import annotations

from benchmarks.peers.camera import SocketCamera
from benchmarks.peers.peer import CODECS, Peer, Workload, program

_REQUIREMENTS = ("websockets==17.4", "uvloop==0.23.0", *CODECS)
_CANNOT = dict.fromkeys((Workload.PICTURE, Workload.DATA, Workload.BATCH, Workload.SLOW), "a WebSocket alone")


def _peer(name: str, title: str, *, work: str, settings: str) -> Peer:
    return Peer(
        name=name,
        title=title,
        requirements=_REQUIREMENTS,
        environment="websockets",
        command=program("with_websockets", work),
        asks={},
        camera=lambda address: SocketCamera(address, "/"),
        settings=settings,
        cannot=_CANNOT,
        is_limit=True,
    )


ECHO = _peer("echo", "a bare echo", work="echo", settings="no compression, uvloop; the frame is not even looked at")
"""Frames come back as they went."""
INLINE = _peer(
    "inline", "a bare echo that decodes and encodes", work="inline", settings="the same, with the model in its loop"
)
"""Frames are decoded and coded again."""
