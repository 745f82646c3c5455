"""What a token may still spend: reserved before a run, settled after it."""

from __future__ import annotations

import time

from gesso.errors import LimitError
from gesso.hosting.tokens import Token

_HINT = "Ask the owner for another token, or for a larger cap."
_SOON_S = 1.0
"""When to ask again where others hold what is left."""


class Purse:
    """What a token has spent, and what runs that are under way may spend yet. Milliseconds of the model's own time."""

    def __init__(self, token: Token, *, requests: int = 0, compute_ms: int = 0, used_ms: int | None = None) -> None:
        self.token = token
        self.requests = requests
        self.compute_ms = compute_ms
        self.used_ms = used_ms
        """When it was last used, in milliseconds since 1970."""
        self._held_ms = 0
        self._unsaved = [0, 0]

    def reserve(self, expected_ms: int) -> Reserve:
        """Take one request and the time that it is expected to take. Raises `LimitError` if that is no more there."""
        self.check_left()
        if (left_ms := self._left_ms) is not None:
            expected_ms = min(expected_ms, int(left_ms) + 1)
        self.requests += 1
        self.used_ms = time.time_ns() // 1_000_000
        self._unsaved[0] += 1
        return self.hold(expected_ms)

    def check_left(self) -> None:
        """Raise `LimitError` if nothing more may be asked for; what is held for others may be there again later."""
        token, left_ms = self.token, self._left_ms
        if token.max_requests is not None and self.requests >= token.max_requests:
            raise LimitError(f"All {token.max_requests} requests of this token are used up.", hint=_HINT)
        if self.is_used_up:
            raise LimitError(f"The {token.max_compute_s:g} seconds of this token are used up.", hint=_HINT)
        if left_ms is not None and left_ms <= 0:
            message = f"What is left of the {token.max_compute_s:g} seconds of this token is held for others."
            raise LimitError(message, hint="Ask again when they are over.", retry_after_s=_SOON_S)

    @property
    def is_used_up(self) -> bool:
        """Whether all the time is spent that it may spend."""
        most_s = self.token.max_compute_s
        return most_s is not None and self.compute_ms >= most_s * 1000

    @property
    def _left_ms(self) -> float | None:
        most_s = self.token.max_compute_s
        return None if most_s is None else most_s * 1000 - self.compute_ms - self._held_ms

    def hold(self, expected_ms: int) -> Reserve:
        """Hold time for a run whose request was counted before."""
        self.used_ms = self.used_ms or time.time_ns() // 1_000_000
        self._held_ms += expected_ms
        return Reserve(self, expected_ms)

    def take_unsaved(self) -> tuple[int, int]:
        """Return the requests and milliseconds spent since this was last called."""
        requests, compute_ms = self._unsaved
        self._unsaved = [0, 0]
        return requests, compute_ms

    def put_back(self, requests: int, compute_ms: int) -> None:
        """Take back what could not be saved, to save it later."""
        self._unsaved[0] += requests
        self._unsaved[1] += compute_ms

    def give_request_back(self) -> None:
        """Take back that something was asked for."""
        self.requests -= 1
        self._unsaved[0] -= 1

    def give_back(self, held_ms: int) -> None:
        """Give back what was held for a run."""
        self._held_ms -= held_ms

    def spend(self, compute_ms: int) -> LimitError | None:
        """Take what a run has cost, and return why no more may be spent, if that is so."""
        self.compute_ms += compute_ms
        self._unsaved[1] += compute_ms
        if not self.is_used_up:
            return None
        return LimitError(f"The {self.token.max_compute_s:g} seconds of this token are used up.", hint=_HINT)


class Reserve:
    """What is held for one run until it is settled."""

    def __init__(self, purse: Purse, held_ms: int) -> None:
        self._purse = purse
        self._held_ms: int | None = held_ms

    def spend(self, compute_s: float) -> LimitError | None:
        """Take what a run has cost; see `Purse.spend`. What was held for it is free again."""
        self.settle()
        return self._purse.spend(round(compute_s * 1000))

    @property
    def is_used_up(self) -> bool:
        """Whether all the time is spent that the token may spend."""
        return self._purse.is_used_up

    def undo(self) -> None:
        """Give back all of it, also the request: nothing has come of it."""
        self.settle()
        self._purse.give_request_back()

    def settle(self) -> None:
        """Give back what is held still."""
        if self._held_ms is not None:
            self._purse.give_back(self._held_ms)
            self._held_ms = None
