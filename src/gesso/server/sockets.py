"""WebSockets that stay within their memory, whatever the other side does, and never fall behind by a full buffer."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import Final

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

_UNSENT_BYTES: Final = 128 * 1024
"""So much may wait in the system to be sent; it would take megabytes, which are seconds of old frames."""
_MOST_PIECES: Final = 1024
"""Of one message; websockets counts only their bytes."""
_FLUSH_S: Final = 5.0
"""How long a client that does not read may keep a connection that is over."""


class BoundedSocketProtocol(WebSocketsSansIOProtocol):
    """WebSockets as uvicorn speaks them, with limits where it has none. Messages are limited by `ws_max_size`."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Have small messages sent at once, and little of what is old kept by the system."""
        super().connection_made(transport)
        connection = transport.get_extra_info("socket")
        if connection is not None and connection.family in {socket.AF_INET, socket.AF_INET6}:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if (unsent := getattr(socket, "TCP_NOTSENT_LOWAT", None)) is not None:
                with contextlib.suppress(OSError):  # an old system: then it keeps more
                    connection.setsockopt(socket.IPPROTO_TCP, unsent, _UNSENT_BYTES)

    def handle_ping(self) -> None:
        """Answer, unless the other side reads nothing: it could have us collect answers without end."""
        output = self.conn.data_to_send()
        if self.writable.is_set():
            self.transport.write(b"".join(output))

    def handle_cont(self, event: Frame) -> None:
        """Take a piece of a message, unless there are too many."""
        if len(self.frames) >= _MOST_PIECES:
            self.conn.fail(1009, f"more than {_MOST_PIECES} pieces")
            self.handle_parser_exception()
            return
        super().handle_cont(event)

    def keepalive_timeout(self) -> None:
        """Let go of who does not answer, also of what was still to be sent."""
        super().keepalive_timeout()
        self.transport.abort()

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        """Give the other side a moment to take what is left."""
        super().on_task_complete(task)
        self.loop.call_later(_FLUSH_S, self.transport.abort)
