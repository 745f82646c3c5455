"""What a new training takes over from an earlier one: a checkpoint to begin with, or all of one that broke off."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Final

from gesso.errors import NotFoundError
from gesso.jobs.kept import WANTED
from gesso.storage.durable import explained, write_whole
from gesso.training.course import Checkpoint
from gesso.training.trained import link_tree

BEGUN_FROM: Final = "from"
"""The folder, in that of a run, with the checkpoint of another one that it begins with."""


def choose(checkpoints: list[Checkpoint], step: int | None) -> Checkpoint:
    """Return the checkpoint of a step, or else the best, or the last. Raises `NotFoundError`."""
    if not checkpoints:
        raise NotFoundError("The training has no checkpoint yet.", hint="Let it run for a while.")
    if step is None:
        return next((each for each in checkpoints if each.is_best), checkpoints[-1])
    if found := next((each for each in checkpoints if each.step == step), None):
        return found
    there = ", ".join(str(each.step) for each in checkpoints)
    raise NotFoundError(f"There is no checkpoint of step {step}.", hint=f"There are those of the steps {there}.")


def take_along(folder: Path, target: Path, *, checkpoint: Checkpoint) -> None:
    """Take a checkpoint, and what belongs to all checkpoints of its run, into another folder."""
    with explained(target):
        link_tree(folder / checkpoint.folder, target / checkpoint.folder)
        if (folder / BEGUN_FROM).is_dir():  # of some, as of a LoRA, what they began with is a part
            link_tree(folder / BEGUN_FROM, target / BEGUN_FROM)
        for name in ("tokenizer.json", "plan.json"):
            if (folder / name).is_file():
                shutil.copy2(folder / name, target / name)
        _move_paths(target / "plan.json", folder, new=target)


def take_over(old: Path, new: Path) -> None:
    """Take all that a run has kept into the folder of another one, which goes on where it broke off."""
    if old.is_dir():
        with explained(new):
            link_tree(old, new)
            _move_paths(new / "plan.json", old, new=new)
            (new / WANTED).unlink(missing_ok=True)


def _move_paths(plan: Path, old: Path, *, new: Path) -> None:
    """Have a plan that was taken along name what was taken along with it."""
    try:
        told = json.loads(plan.read_bytes())
    except (OSError, ValueError):
        return
    inside = f"{old}{os.sep}"
    moved = {
        name: f"{new}{os.sep}{value.removeprefix(inside)}"
        if isinstance(value, str) and value.startswith(inside)
        else value
        for name, value in told.items()
    }
    write_whole(plan, json.dumps(moved, ensure_ascii=False).encode())
