"""Where the time of a direct run went."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from gesso.server.schemas.direct import DirectMetrics
from gesso.spec.runnable import Result


@dataclass(kw_only=True)
class Timings:
    """Seconds, written down as they pass; see `DirectMetrics`. It begins when it is made."""

    began: float = field(default_factory=time.perf_counter)
    decode_s: float = 0.0
    encode_s: float = 0.0
    result: Result | None = None

    def figures(self) -> DirectMetrics:
        """Return the figures as they stand now."""
        made = self.result
        queue_s, setup_s, run_s = (made.queue_s, made.setup_s, made.run_s) if made else (0.0, 0.0, 0.0)
        return DirectMetrics(
            queue_s=queue_s,
            decode_s=self.decode_s,
            setup_s=setup_s,
            run_s=run_s,
            transport_s=max(0.0, made.total_s - queue_s - setup_s - run_s) if made else 0.0,
            encode_s=self.encode_s,
            total_s=time.perf_counter() - self.began,
        )


def server_timing(figures: DirectMetrics) -> str:
    """Return the figures as the header `Server-Timing`, in milliseconds: browsers show them."""
    return ", ".join(f"{name.removesuffix('_s')};dur={seconds * 1000:.2f}" for name, seconds in figures)
