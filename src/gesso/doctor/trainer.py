"""Try a trainer out, as a model is: it estimates, and learns a few steps from a text that the doctor brings."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any, Final

from gesso.doctor.trial import Trial
from gesso.errors import RunError
from gesso.runtime.host.model import WorkerModel
from gesso.spec.model import Command, ModelSpec
from gesso.spec.runnable import Request, Result
from gesso.training.course import MODEL
from gesso.training.dataset import lines_of
from gesso.training.holding_out import Piece

_STEPS: Final = 2
_RUN: Final = "run"
_TRIED: Final = ("estimate", _RUN)
_CREATURES: Final = ("fox", "hare", "owl", "wren", "stoat", "badger", "heron")
_PLACES: Final = ("in the snow", "by the river", "under the moon", "behind the mill", "on the hill")


class TrainerTrial(Trial):
    """A trainer that is tried out. What it makes is thrown away."""

    def _commands(self, spec: ModelSpec) -> Sequence[Command]:
        return [spec.command(name) for name in _TRIED]

    async def _run(self, model: WorkerModel, command: Command) -> None:
        with tempfile.TemporaryDirectory(prefix="gesso-doctor-", ignore_cleanup_errors=True) as place:
            dataset = Path(place) / "dataset.jsonl"
            dataset.write_bytes(b"".join(lines_of(_pieces())))
            kept = Path(place) / "kept"
            kept.mkdir()
            told: dict[str, Any] = {"dataset": dataset, "name": "trial", "max_steps": _STEPS}
            known = {port.name for port in command.inputs}
            inputs = {name: value for name, value in told.items() if name in known}
            request = Request(inputs=inputs, command=command.name, seed=0, checkpoints=kept)
            async with aclosing(model.run(request)) as events:
                async for event in events:
                    if not isinstance(event, Result):
                        self.report(event)
            if command.name == _RUN and not (kept / MODEL / "gesso.toml").is_file():
                raise RunError("It has ended and left no model.", hint=f"It belongs into checkpoints() / '{MODEL}'.")


def _pieces() -> list[Piece]:
    """Return a small text in the form that trainers read."""
    lines = [
        f"{number} times the {creature} went {place}, and {number + 1} times it came back."
        for number in range(1, 12)
        for creature in _CREATURES
        for place in _PLACES
    ]
    return [Piece("\n".join(lines[30:]), "doctor", "train"), Piece("\n".join(lines[:30]), "doctor", "heldout")]
