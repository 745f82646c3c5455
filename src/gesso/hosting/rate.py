"""How often somebody may ask: the generic cell rate algorithm, which keeps one number for each client.

https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm
"""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import Final

from gesso.errors import LimitError

_MOST_CLIENTS: Final = 10_000


class Rates:
    """The clients of late. A minute's worth may come at once, and then one after the other as the rate allows."""

    def __init__(self) -> None:
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def take(self, client: str, *, per_minute: int) -> None:
        """Count one request. Raises `LimitError` with the seconds until the next is allowed."""
        now, each_s = time.monotonic(), 60 / per_minute
        full_at = max(self._full_at.get(client, now), now) + each_s
        early_s = full_at - now - 60
        if early_s > 1e-6:  # what additions of many small numbers may be off
            raise LimitError(
                f"That is more than {per_minute} requests a minute.",
                hint=f"Wait {early_s:.1f} seconds, or ask the owner for more.",
                retry_after_s=early_s,
            )
        self._full_at[client] = full_at
        self._full_at.move_to_end(client)
        if len(self._full_at) > _MOST_CLIENTS:
            self._full_at.popitem(last=False)
