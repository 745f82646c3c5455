"""Connections that never finish asking: whoever sends the head of a request too slowly, or without end, is let go.

uvicorn waits for ever for one. Bodies have their own limit (`bodies.py`), and answers wait for nobody's next request
longer than `timeout_keep_alive`.
"""

from __future__ import annotations

import asyncio
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

PATIENCE_S: Final = 20.0
"""How long the head of a request may take, from the first byte of a connection or after the last answer."""
MOST_HEAD_BYTES: Final = 65_536
"""How much of a head may come after its first piece, which is at most what the system hands on at once."""


class PatientProtocol(HttpToolsProtocol):
    """HTTP/1.1 as uvicorn speaks it with httptools, with an end to waiting for the head of a request."""

    patience_s = PATIENCE_S
    _clock: asyncio.TimerHandle | None = None
    _is_at_head = True  # what comes next belongs to a head
    _has_begun = False  # and some of it is there
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        """Wait on as long as the head is not whole."""
        self._head_bytes = self._head_bytes + len(data) if self._has_begun else 0
        super().data_received(data)
        if self.transport.is_closing() or not self._is_at_head:
            return
        if self._has_begun and self._head_bytes > MOST_HEAD_BYTES:
            self.send_400_response("The head of the request is too long.")
        elif self._clock is None and self.timeout_keep_alive_task is None and not self._is_answering():
            self._expect_head()  # uvicorn has just stopped its own clock for what may be a single byte

    def on_message_begin(self) -> None:
        """Hear that a head begins."""
        self._has_begun = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Stop the clock: the head is whole."""
        self._is_at_head = self._has_begun = False
        self._stop_expecting()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Hear that what comes next is another head."""
        super().on_message_complete()
        self._is_at_head = True

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._stop_expecting()
        super().connection_lost(exc)

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _expect_head(self) -> None:
        self._clock = self.loop.call_later(self.patience_s, self._let_go)

    def _stop_expecting(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _let_go(self) -> None:
        self._clock = None
        if not self.transport.is_closing() and self._is_at_head:
            self.transport.close()
