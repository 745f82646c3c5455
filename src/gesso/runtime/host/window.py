"""How long a run waits for others that could go along with it in one call of the model.

Clients that wait for their answers come back together: after a call for sixteen, sixteen answers go out, and the next
requests drip in. Whoever ran the first of them at once would make the fifteen others wait for a whole call. So a call
waits a little while fewer are there than were seen together last time, as long as one after the other comes - and not
at all for somebody who is alone.
"""

from __future__ import annotations

from typing import Final

_SHARE: Final = 0.5
"""The most that may be waited while others come, as a share of what a call takes: it pays if half were missing."""
_GAP: Final = 0.2
"""The most that may be waited for the next one, as a share of what a call takes: whoever has left is not waited for."""
_LONGEST_S: Final = 0.05


class Window:
    """Decides for one command of one model. Times in seconds, of any clock that does not go back."""

    def __init__(self) -> None:
        self._together = 1
        self._expected = 1
        self._call_s = 0.0

    def opens_until(self, waiting: int, *, since: float, latest: float) -> float:
        """Return until when to wait for company: `waiting` runs could go since `since`, the last came at `latest`.

        A time that is not later than `since` means: go now.
        """
        if waiting >= self._expected:
            return since
        call_s = min(self._call_s, _LONGEST_S / _SHARE)
        return min(since + _SHARE * call_s, max(since, latest) + _GAP * call_s)

    def called(self, together: int) -> None:
        """Note that a call for `together` runs begins."""
        self._together = together

    def ended(self, call_s: float, *, waiting: int) -> None:
        """Note how long the call took, and how many wait now: they and those of the call may come together next."""
        self._call_s = call_s
        self._expected = self._together + waiting
