"""Webhooks: messages to an address that a guest has named, signed, sent again if need be, and never in anybody's way.

They go through the one door out, past its guard: this computer, its network and the metadata of clouds are no targets,
unless the owner lets addresses of their own network be fetched (`fetch_private`).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, TypeVar
from weakref import WeakValueDictionary

from gesso.errors import FetchError, GessoError
from gesso.hosting.signing import sign
from gesso.net.door import Door
from gesso.net.exchange import Errand, check_target, post

_T = TypeVar("_T")

PAUSES_S: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 120.0, 300.0, 600.0)
"""Before each further attempt to tell of an end: twenty minutes in all."""
_TIMEOUT_S: Final = 10.0
_LINES: Final = 8
_LINES_OF_ONE: Final = 2
_LONGEST_URL: Final = 2000
_GONE: Final = 410


@dataclass(frozen=True, kw_only=True)
class Message:
    """What is sent: where to, for whom, its id (the same for every attempt), its body, the secrets that sign it."""

    url: str
    sender: str
    id: str
    body: bytes
    secrets: tuple[str, ...]

    def headers(self) -> dict[str, str]:
        """Return the headers of an attempt made now."""
        sent_s = int(time.time())
        return {
            "Content-Type": "application/json",
            "webhook-id": self.id,
            "webhook-timestamp": str(sent_s),
            "webhook-signature": sign(self.secrets, message_id=self.id, sent_s=sent_s, body=self.body),
        }


class Webhooks:
    """Sends messages, in threads of its own: a target that is slow holds up other messages of its sender alone."""

    def __init__(self, door: Door, *, allow_private: Callable[[], bool], pauses_s: Sequence[float] = PAUSES_S) -> None:
        self._door = door
        self._allow_private = allow_private
        self._pauses_s = pauses_s
        self._threads = ThreadPoolExecutor(_LINES, thread_name_prefix="gesso-webhook")
        self._turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._is_stopping = False

    async def check(self, url: str, *, sender: str) -> None:
        """Raise `FetchError` for an address to which nothing is ever sent."""
        if len(url) > _LONGEST_URL:
            raise FetchError(f"The address of a webhook has at most {_LONGEST_URL} characters.")
        await self._in_thread(sender, lambda: check_target(url, allow_private=self._allow_private()))

    async def send(self, message: Message) -> None:
        """Send a message once. Raises `FetchError`, whose `is_passing` says whether another attempt may go better."""
        status = await self._in_thread(message.sender, lambda: self._post(message))
        if not 200 <= status < 300:
            raise FetchError(f"The webhook's target answered {status}.", is_passing=status != _GONE)

    async def send_surely(self, message: Message) -> GessoError | None:
        """Send a message, again and again if need be. Return why it was given up, None if it has arrived."""
        for pause_s in (*self._pauses_s, None):
            try:
                await self.send(message)
            except FetchError as error:
                if pause_s is None or not error.is_passing:
                    return error
                await asyncio.sleep(pause_s)
            else:
                return None
        raise AssertionError("the last attempt returns")

    def stop(self) -> None:
        """Send nothing more."""
        self._is_stopping = True
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _post(self, message: Message) -> int:
        errand = Errand(
            door=self._door,
            what_for="a webhook of a deployment",
            allow_private=self._allow_private(),
            timeout_s=_TIMEOUT_S,
            is_canceled=lambda: self._is_stopping,
        )
        return post(message.url, errand, body=message.body, headers=message.headers())

    async def _in_thread(self, sender: str, work: Callable[[], _T]) -> _T:
        turn = self._turns.setdefault(sender, asyncio.Semaphore(_LINES_OF_ONE))
        async with turn:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
