"""Checkpoints: all that a run needs to go on as if nothing had happened.

A folder each: the weights, the optimiser's memory, and `state.json` with everything else. What is read in a step and
what is forgotten in it are functions of the seed and the step's number (`batches.py`, `learner.py`): so this is all.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from safetensors.torch import load_file, save_file

from gesso.trainers.text.kept import Kept, gone_if_broken, remove, room_for
from gesso.trainers.text.learner import Learner

_FOLDER: Final = "checkpoints"
_LAST: Final = 2
"""How many of the last are kept, besides the best."""


@dataclass(frozen=True, kw_only=True)
class State:
    """Where a run is: `step` steps are done. Losses in nats a token; `heldout_loss` None where none was taken.

    `best_loss` is the lowest held-out loss so far, and `worse` how many have come since that were not lower.
    """

    step: int = 0
    loss: float | None = None
    heldout_loss: float | None = None
    bits_per_byte: float | None = None
    best_loss: float | None = None
    worse: int = 0
    elapsed_s: float = 0.0


def save(kept: Kept, learner: Learner, *, state: State) -> None:
    """Keep a checkpoint, whole or not at all, and let go of those that are neither best nor among the last.

    Raises `GessoError` if there is no room; then those from before are still there.
    """
    made = kept.folder / _FOLDER / f".{state.step:06}.part"
    shutil.rmtree(made, ignore_errors=True)
    with room_for(f"the checkpoint of step {state.step}"), gone_if_broken(made):
        made.mkdir(parents=True)
        save_file({name: weight.detach().cpu() for name, weight in learner.weights.items()}, made / "model.safetensors")
        save_file(learner.state(), made / "optimizer.safetensors")
        said = asdict(state) | {"at": datetime.now(UTC).isoformat(timespec="seconds")}
        (made / "state.json").write_text(json.dumps(said) + "\n", encoding="utf-8")
        kept.put(made, f"{_FOLDER}/{state.step:06}")
        _prune(kept)


def listed(kept: Kept) -> list[dict[str, Any]]:
    """Return the checkpoints that are there, by step, as `checkpoints.json` lists them."""
    found = []
    for folder in sorted((kept.folder / _FOLDER).glob("[0-9]*")):
        state = json.loads((folder / "state.json").read_text(encoding="utf-8"))
        size = sum(path.stat().st_size for path in folder.iterdir())
        found.append(state | {"folder": f"{_FOLDER}/{folder.name}", "size_bytes": size})
    taken = [each["heldout_loss"] for each in found if each["heldout_loss"] is not None]
    for each in found:
        each["is_best"] = bool(taken) and each["heldout_loss"] == min(taken)
    return found


def _prune(kept: Kept) -> None:
    found = listed(kept)
    stays = [each for each in found if each["is_best"] or each in found[-_LAST:]]
    kept.write("checkpoints.json", stays)
    for each in found:
        if each not in stays:
            remove(kept.folder / each["folder"])


def restore(folder: Path, learner: Learner) -> State:
    """Bring a learner to where a checkpoint was taken."""
    device = learner.habits.device
    learner.restore(load_file(folder / "model.safetensors", device), load_file(folder / "optimizer.safetensors"))
    return read_state(folder)


def read_state(folder: Path) -> State:
    """Return where the run was when a checkpoint was taken."""
    said = json.loads((folder / "state.json").read_text(encoding="utf-8"))
    return State(**{name: said[name] for name in State.__dataclass_fields__})


def best(kept: Kept) -> Path | None:
    """Return the folder of the best checkpoint, or of the last where no held-out loss was taken; None without any."""
    found = listed(kept)
    chosen = [each for each in found if each["is_best"]] or found[-1:]
    return kept.folder / chosen[-1]["folder"] if chosen else None


def last(kept: Kept) -> Path | None:
    """Return the folder of the last checkpoint."""
    found = listed(kept)
    return kept.folder / found[-1]["folder"] if found else None


def last_step(kept: Kept) -> int:
    """Return the step of the last checkpoint, 0 without any."""
    folder = last(kept)
    return int(folder.name) if folder else 0
