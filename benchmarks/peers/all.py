"""Every contender, in the order of the rounds and of the tables."""

from __future__ import annotations

from typing import Final

from benchmarks.peers import bare, bentoml, cog, gesso, gradio, inprocess, litserve, ray_serve, websocket_echo
from benchmarks.peers.peer import Peer

PEERS: Final[tuple[Peer, ...]] = (
    inprocess.PEER,
    bare.ONE,
    bare.ALL,
    websocket_echo.ECHO,
    websocket_echo.INLINE,
    gesso.PEER,
    litserve.PEER,
    bentoml.PEER,
    cog.PEER,
    gradio.PEER,
    ray_serve.PEER,
)
"""Limits first, then Gesso, then the others."""


def peer_named(name: str) -> Peer:
    """Return the peer of this name."""
    return {peer.name: peer for peer in PEERS}[name]
