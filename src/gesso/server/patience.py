"""Connections that never finish: whoever sends the head of a request too slowly, or without end, is let go.

uvicorn waits for ever for one. Bodies have their own limit (`bodies.py`), and answers wait for nobody's next request
longer than `timeout_keep_alive`. Whoever was answered before their body was there need not send the rest, and whoever
does not take their answer loses it: uvicorn counts both among the connections that there may be.
"""

from __future__ import annotations

import asyncio
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

PATIENCE_S: Final = 20.0
"""How long the head of a request may take, from the first byte of a connection or after the last answer."""
LINGER_S: Final = 5.0
"""How long the rest of a body may come that nobody wants any more: many clients send it before they read."""
SLOWEST_READING: Final = 1000
"""Bytes a second that whoever is sent an answer has to take."""
MOST_HEAD_BYTES: Final = 65_536
"""How much of a head may come after its first piece, which is at most what the system hands on at once."""


class PatientProtocol(HttpToolsProtocol):
    """HTTP/1.1 as uvicorn speaks it with httptools, with an end to waiting for the other side."""

    patience_s = PATIENCE_S
    linger_s = LINGER_S
    _clock: asyncio.TimerHandle | None = None
    _reading_clock: asyncio.TimerHandle | None = None
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
        self._stop_expecting()

    def on_response_complete(self) -> None:
        """Wait for the rest of a body that was not read, but not for long."""
        super().on_response_complete()
        if not (self._is_at_head or self._is_answering() or self.transport.is_closing()):
            self._clock = self.loop.call_later(self.linger_s, self._let_go_of_rest)

    def pause_writing(self) -> None:
        """Hear that the other side does not take its answer as fast as it comes."""
        super().pause_writing()
        self._watch_reading(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        """Hear that it does."""
        super().resume_writing()
        self._stop_watching()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clocks."""
        self._stop_expecting()
        self._stop_watching()
        super().connection_lost(exc)

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _expect_head(self) -> None:
        self._clock = self.loop.call_later(self.patience_s, self._let_go)

    def _stop_expecting(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _watch_reading(self, unsent_bytes: int) -> None:
        self._stop_watching()
        self._reading_clock = self.loop.call_later(self.patience_s, self._check_reading, unsent_bytes)

    def _stop_watching(self) -> None:
        if self._reading_clock is not None:
            self._reading_clock.cancel()
            self._reading_clock = None

    def _check_reading(self, unsent_bytes: int) -> None:
        left_bytes = self.transport.get_write_buffer_size()
        if unsent_bytes - left_bytes < self.patience_s * SLOWEST_READING:
            self.transport.abort()  # `close` would wait for what is unsent
        else:
            self._watch_reading(left_bytes)

    def _let_go_of_rest(self) -> None:
        self._clock = None
        if not self._is_at_head:
            self.transport.close()

    def _let_go(self) -> None:
        self._clock = None
        if not self.transport.is_closing() and self._is_at_head:
            self.transport.close()
