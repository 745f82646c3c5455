"""Connections that never finish asking: whoever sends the head of a request too slowly is let go.

uvicorn waits for ever for one. Bodies have their own limit (`bodies.py`), and answers wait for nobody's next request
longer than `timeout_keep_alive`.
"""

from __future__ import annotations

import asyncio
from typing import Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

PATIENCE_S: Final = 20.0
"""How long the head of a request may take, from the first byte of a connection or after the last answer."""


class PatientProtocol(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it, with an end to waiting for the head of a request."""

    patience_s = PATIENCE_S
    _head: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        """Wait on as long as the head is not whole."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._stop_expecting()
        elif self._head is None and self.timeout_keep_alive_task is None:
            self._expect_head()  # uvicorn has just stopped its own clock for what may be a single byte

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._stop_expecting()
        super().connection_lost(exc)

    def _expect_head(self) -> None:
        self._head = self.loop.call_later(self.patience_s, self._let_go)

    def _stop_expecting(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _let_go(self) -> None:
        self._head = None
        if not self.transport.is_closing() and self.conn.their_state is h11.IDLE:
            self.transport.close()
