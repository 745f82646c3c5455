"""Live frames over a WebSocket, as a page in a browser sends them."""

from __future__ import annotations

from typing import Protocol

from websockets.asyncio.client import ClientConnection, connect

from benchmarks.peers.peer import Address


class Camera(Protocol):
    """What sends frames and hears what comes back. A server may answer fewer than it is sent."""

    async def open(self) -> None:
        """Connect."""

    async def send(self, frame: bytes) -> None:
        """Send a JPEG."""

    async def receive(self) -> bytes:
        """Wait for the next JPEG that comes back."""

    async def close(self) -> None:
        """Disconnect."""


class SocketCamera:
    """A camera at a WebSocket. `hello` is a text that is sent first; texts that come are skipped."""

    def __init__(self, address: Address, path: str, *, hello: str = "") -> None:
        self._address = address
        self._path = path
        self._hello = hello
        self._socket: ClientConnection

    async def open(self) -> None:
        """Connect, without compression: JPEGs are packed already."""
        token = self._address.token
        self._socket = await connect(
            f"ws://127.0.0.1:{self._address.port}{self._path}",
            compression=None,
            max_size=None,
            additional_headers={"Authorization": f"Bearer {token}"} if token else None,
        )
        if self._hello:
            await self._socket.send(self._hello)

    async def send(self, frame: bytes) -> None:
        """Send a JPEG."""
        await self._socket.send(frame)

    async def receive(self) -> bytes:
        """Wait for the next JPEG that comes back."""
        while True:
            message = await self._socket.recv()
            if isinstance(message, bytes):
                return message

    async def close(self) -> None:
        """Disconnect."""
        await self._socket.close()
