"""Is busy for as long as it is told, and says at every step how far it is: there a cancel reaches it."""

import time

from gesso import Model, progress


class Slow(Model):
    """A model that is canceled."""

    def run(self, seconds: float) -> str:
        """Be busy."""
        end = began = time.monotonic()
        end += seconds
        while (now := time.monotonic()) < end:
            progress((now - began) / seconds)
            time.sleep(0.010)
        return "done"
