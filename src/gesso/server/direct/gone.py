"""A client that leaves ends what it has asked for."""

from __future__ import annotations

import asyncio
from typing import Self

from starlette.types import Receive


class ClientGoneError(Exception):
    """Nobody waits for the answer any more."""


class CanceledWhenGone:
    """Cancels what is done inside as soon as the connection is closed, and raises `ClientGoneError` in its place.

    The body of the request must have come whole: the next that `receive` tells is that the client has left. Call
    `let_go` before the last piece of the answer: it would tell so after that, too.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._is_gone = False

    async def __aenter__(self) -> Self:
        task = asyncio.current_task()
        assert task is not None
        self._task = task
        self._watching = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.let_go()
        if self._is_gone and self._task.uncancel() == 0 and kind is asyncio.CancelledError:  # nobody else has canceled
            raise ClientGoneError from None

    def let_go(self) -> None:
        """Watch no longer."""
        self._watching.cancel()

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._is_gone = True
        self._task.cancel()
