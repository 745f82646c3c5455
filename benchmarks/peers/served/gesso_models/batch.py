"""Returns words backwards, all that wait in one call of 20 ms."""

import time

from gesso import Model


class Batch(Model):
    """Requests that wait run together."""

    def run(self, prompt: str) -> str:
        """Return the words backwards."""
        return self.run_batch([prompt])[0]

    def run_batch(self, prompt: list[str]) -> list[str]:
        """Return all of them backwards."""
        time.sleep(0.020)
        return [words[::-1] for words in prompt]
