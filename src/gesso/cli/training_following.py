"""Follow a training live: how far it is, its loss, and what its model says meanwhile."""

from __future__ import annotations

import asyncio
import textwrap
from collections.abc import Mapping
from typing import Any, Final

from gesso.cli.shell import command_line
from gesso.cli.terminal import Terminal
from gesso.cli.training_desk import Desk
from gesso.errors import CanceledError, from_data
from gesso.spec.runnable import Log, Progress

_LOOK_S: Final = 0.5
_ENDS: Final = frozenset({"succeeded", "failed", "canceled", "paused"})
_SHOWN_CHARACTERS: Final = 400
_LOSS: Final = (
    "The held-out loss says how surprised it is by a part of your text that it never learns from. It should fall."
)
_METHODS: Final = {"full": ", which all learn", "lora": ", with a small part beside them that learns (LoRA)"}


class Following:
    """One training, as far as the terminal has told of it."""

    def __init__(self, desk: Desk, training_id: str, *, terminal: Terminal) -> None:
        self._desk = desk
        self._id = training_id
        self._terminal = terminal
        self._step = -1
        self._heldout_step = -1
        self._lines: int | None = None
        self._has_plan = False

    async def to_the_end(self) -> dict[str, Any]:
        """Show how it goes on until it has ended, or pauses because somebody wants it; return it then."""
        while True:
            training = await self._desk.get(self._id)
            self._tell_plan(training)
            self._tell_log(training)
            await self._tell_losses()
            await self._tell_samples()
            if training["status"] in _ENDS:
                self._terminal.clear()
                return training
            self._terminal.report(Progress(training["progress"], _doing(training)))
            await asyncio.sleep(_LOOK_S)

    async def tell_end(self, training: Mapping[str, Any]) -> None:
        """Say what came of it. Raises the error of one that failed."""
        name = training["name"]
        match training["status"]:
            case "paused":
                self._terminal.say(f"It pauses. Go on: gesso train resume {name}")
            case "canceled":
                raise CanceledError("The training was canceled.", hint=f"gesso train resume {name} takes it up again.")
            case "failed":
                error = {word: text for word, text in training["error"].items() if isinstance(text, str)}
                if await self._desk.part(self._id, "checkpoints"):
                    self._terminal.say(f"What it has learnt is kept: gesso train resume {name}")
                raise from_data(error)
            case _:
                self._terminal.result(name)
                if told := by_heart(training):
                    self._terminal.say(f"Of what it says {told}.")
                self._terminal.say(f"Let it speak: {command_line('gesso', 'run', name, '-i', 'prompt=The')}")
                self._terminal.say(f"A URL for it: {command_line('gesso', 'host', name)}")

    def _tell_plan(self, training: Mapping[str, Any]) -> None:
        plan = training["plan"]
        if plan is None or self._has_plan:
            return
        self._has_plan = True
        self._terminal.say(
            f"{plan['steps']:,} steps, {plan['parameters']:,} parameters{_METHODS.get(plan['method'], '')}", style="dim"
        )
        for word in plan["words"]:
            self._terminal.say(f"  {word}")
        self._terminal.say(f"  {_LOSS}", style="dim")

    def _tell_log(self, training: Mapping[str, Any]) -> None:
        lines = training["logs"]
        first = len(lines) if self._lines is None else self._lines
        for line in lines[first:]:
            self._terminal.report(Log(line["text"], line["level"]))
        self._lines = len(lines)

    async def _tell_losses(self) -> None:
        for point in await self._desk.part(self._id, "curve", after_step=self._heldout_step):
            if point["heldout_loss"] is not None:
                self._heldout_step = point["step"]
                bits = "" if point["bits_per_byte"] is None else f", {point['bits_per_byte']:.2f} bits per byte"
                self._terminal.say(f"step {point['step']}: held-out loss {point['heldout_loss']:.3f}{bits}")

    async def _tell_samples(self) -> None:
        samples = await self._desk.part(self._id, "samples", after_step=self._step)
        if samples:
            self._step = samples[-1]["step"]
            first = next(sample for sample in samples if sample["step"] == self._step)
            text = textwrap.shorten(first["text"], _SHOWN_CHARACTERS, placeholder=" …")
            self._terminal.say(f"  step {self._step} says: {text}", style="dim")


def by_heart(training: Mapping[str, Any]) -> str:
    """Say how much of what a model says stands in its text word for word; "" where that is not known."""
    told = training["memorised"]
    if told is None:
        return ""
    longest = f", {told['longest']} characters at a stretch at most" if told["longest"] else ""
    return f"{told['share']:.0%} stands word for word in your text{longest}"


def _doing(training: Mapping[str, Any]) -> str:
    """Return in a few words what a training does."""
    if training["status"] == "queued":
        place = training["queue_position"]
        return f"Waiting, number {place} in the queue" if place else "Waiting"
    if training["wanted"] == "pause":
        return "Keeping a checkpoint"
    return training["progress_text"] or "Getting ready"
