"""The training loop, on one page.

A step: read a batch, learn from it, and now and then stop to see how well the text that was held out is guessed, to let
the model speak, and to keep a checkpoint. Nothing here remembers more than a checkpoint does, so that a run that was
broken off goes on exactly as it would have.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import Final, Literal, Protocol

from gesso import CanceledError, GessoError
from gesso.trainers.text import checkpoints
from gesso.trainers.text.batches import Batches, spread
from gesso.trainers.text.checkpoints import State
from gesso.trainers.text.corpus import Corpus
from gesso.trainers.text.kept import Kept
from gesso.trainers.text.learner import Learner
from gesso.trainers.text.plan import Plan
from gesso.trainers.text.sampling import sample

SEEDS: Final = (1, 2, 3)
"""Those of the samples."""
_LINES: Final = 1000
_LEAST: Final = 32
"""How few tokens of held-out text say anything."""
_PARTS: Final = 8
_NAT_IN_BITS: Final = 1 / math.log(2)


class News(Protocol):
    """Who hears how it goes, and says what is wanted: the package `gesso` itself, or a terminal."""

    def progress(self, fraction: float, text: str = "") -> None:
        """Hear how far it is."""

    def log(self, text: str, level: str = "info") -> None:
        """Hear what happened."""

    def preview(self, value: str) -> None:
        """Hear the latest sample."""

    def wanted(self) -> Literal["go on", "pause", "finish"]:
        """Say what is wanted."""


@dataclass(frozen=True, kw_only=True)
class Training:
    """A run with everything it needs: `train` goes through it."""

    plan: Plan
    learner: Learner
    corpus: Corpus
    kept: Kept
    news: News

    def train(self, state: State) -> State:
        """Learn from where a run is to its end, and return where it is then. Raises `CanceledError` if paused."""
        plan, batches, began = self.plan, self._batches(), time.monotonic() - state.elapsed_s
        if state.step == 0 and plan.base_sha256:
            self._say_how_well(0, self.heldout_loss())  # what it begins from speaks already
        while state.step < plan.steps:
            wanted = self.news.wanted()
            if wanted == "pause":
                self._pause(state)
            if wanted == "finish":
                self.news.log(f"Finished early, after {state.step} of {plan.steps} steps, because that was wanted.")
                break
            if plan.patience and state.worse >= plan.patience:
                self.news.log(f"Stopped after {state.step} steps: what was held out is guessed no better any more.")
                break
            rate, stepped = plan.rate(state.step), time.monotonic()
            loss = self.learner.learn(state.step, batches(state.step), rate=rate)
            if not math.isfinite(loss):
                raise GessoError("The loss is no number any more.", hint="Take a lower learning rate.")
            now = time.monotonic()
            state = replace(state, step=state.step + 1, loss=loss, elapsed_s=now - began)
            state = replace(state, heldout_loss=None, bits_per_byte=None)  # none was taken at this step yet
            self._tell(state, rate=rate, tokens_per_s=plan.batch_tokens / (now - stepped))
            if state.step % plan.every == 0 or state.step == plan.steps:
                state = self._look(replace(state, elapsed_s=time.monotonic() - began))
        return state if state.step and state.step == self._looked_at() else self._look(state)

    def _batches(self) -> Batches:
        return Batches(self.corpus.text, rows=self.plan.rows, length=self.plan.block_size, seed=self.plan.seed)

    def _look(self, state: State) -> State:
        """See how well it does, let it speak, and keep a checkpoint."""
        loss = self.heldout_loss()
        is_better = loss is not None and (state.best_loss is None or loss < state.best_loss)
        state = replace(
            state,
            heldout_loss=loss,
            bits_per_byte=self._bits_per_byte(loss),
            best_loss=loss if is_better else state.best_loss,
            worse=0 if is_better or loss is None else state.worse + 1,
        )
        checkpoints.save(self.kept, self.learner, state=state)
        self._say_how_well(state.step, loss)
        return state

    def _looked_at(self) -> int:
        """Return the step of the last look: it leaves a line in the curve that has a held-out loss."""
        looks = [line["step"] for line in self.kept.lines("curve.jsonl") if "heldout_loss" in line]
        return looks[-1] if looks else -1

    def heldout_loss(self) -> float | None:
        """Return how badly what was held out is guessed, nats a token; None where nothing was."""
        text, block_size = self.corpus.heldout, self.plan.block_size
        if len(text) < _LEAST:
            return None
        parts = math.ceil((len(text) - 1) / block_size)
        length = block_size if parts > _PARTS else (len(text) - 1) // parts  # so that nothing of a short one is lost
        starts = spread(text, length=length, most=self.plan.heldout_most)
        loss: float = self.learner.loss(text, starts, length=length)
        return loss

    def _bits_per_byte(self, loss: float | None) -> float | None:
        return None if loss is None else loss * _NAT_IN_BITS / self.plan.bytes_per_token

    def _say_how_well(self, step: int, loss: float | None) -> None:
        line = {"step": step, "heldout_loss": loss, "bits_per_byte": self._bits_per_byte(loss)}
        self.kept.append("curve.jsonl", line)
        plan, corpus = self.plan, self.corpus
        texts = sample(
            self.learner.model,
            corpus.tokenizer,
            prompt=plan.prompt,
            seeds=list(SEEDS),
            length=plan.sample_tokens,
            begins_after=corpus.begins_after,
        )
        for seed, text in zip(SEEDS, texts, strict=True):
            self.kept.append("samples.jsonl", {"step": step, "prompt": plan.prompt, "seed": seed, "text": text})
        self.news.preview(texts[0])

    def _tell(self, state: State, *, rate: float, tokens_per_s: float) -> None:
        step, steps = state.step, self.plan.steps
        left = f", {_minutes(state.elapsed_s / step * (steps - step))} left" if step < steps else ""
        self.news.progress(step / steps, f"step {step} of {steps}, loss {state.loss:.2f}{left}")
        if step % math.ceil(steps / _LINES) == 0 or step == 1:
            line = {"step": step, "loss": state.loss, "learning_rate": rate}
            self.kept.append("curve.jsonl", line | {"tokens_per_s": tokens_per_s, "elapsed_s": state.elapsed_s})

    def _pause(self, state: State) -> None:
        if state.step and checkpoints.last_step(self.kept) != state.step:
            checkpoints.save(self.kept, self.learner, state=state)
        self.news.log(f"Paused after {state.step} of {self.plan.steps} steps.")
        raise CanceledError(f"The training is paused after {state.step} of {self.plan.steps} steps.")


def _minutes(seconds: float) -> str:
    if seconds < 90:
        return "1 second" if seconds < 1.5 else f"{seconds:.0f} seconds"
    return f"{seconds / 60:.1f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"
