"""A model that writes a text piece by piece, records metrics, and tidies up when it is canceled."""

from __future__ import annotations

import time

from cog import BaseRunner, CancelationException, ConcatenateIterator, Input, current_scope, streaming


class Runner(BaseRunner):
    @streaming
    def run(
        self,
        prompt: str = Input(description="How it begins", min_length=1, max_length=40),
        words: int = Input(description="How many words", default=3, ge=1, le=100),
        pause_s: float = 0.0,
    ) -> ConcatenateIterator[str]:
        """Go on with a story."""
        self.record_metric("words.given", len(prompt.split()))
        yield prompt
        try:
            for number in range(words):
                current_scope().record_metric("words.written", 1, mode="incr")
                print(f"word {number}")
                time.sleep(pause_s)
                yield " fox"
        except Exception as error:
            raise AssertionError("a cancel is no Exception") from error
        except CancelationException:
            print("tidied up")
            raise
