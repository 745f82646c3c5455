"""Train by a recipe, without a server: `python -m gesso.trainers.text RECIPE --material FOLDER --kept FOLDER`.

The very same trainer, in the environment that `gesso.toml` asks for. It goes on where it was broken off; writing
"pause" or "finish" into the file `wanted` in the kept folder says what is wanted of it.
"""

from __future__ import annotations

import argparse
import sys
import time
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

import torch

from gesso import CanceledError, GessoError
from gesso.trainers.text.finish import make_model
from gesso.trainers.text.kept import Kept
from gesso.trainers.text.material import make_dataset
from gesso.trainers.text.options import Options
from gesso.trainers.text.work import open_training


@dataclass
class Terminal:
    """Prints what a run says. While the file `hold` is there it waits."""

    kept: Kept
    hold: Path | None = None
    told: float = 0.0

    def progress(self, fraction: float, text: str = "") -> None:
        """Print how far it is, once in a while."""
        if time.monotonic() - self.told > 20 or fraction >= 1:
            self.told = time.monotonic()
            self.log(text)
        while self.hold is not None and self.hold.exists():
            time.sleep(2)

    def log(self, text: str, level: str = "info") -> None:
        """Print a line, with the time."""
        mark = "" if level == "info" else f"{level}: "
        sys.stdout.write(f"{time.strftime('%m-%d %H:%M:%S')} {mark}{text}\n")
        sys.stdout.flush()

    def preview(self, value: str) -> None:
        """Print the latest sample."""
        self.log(f"sample: {value!r}")

    def wanted(self) -> Literal["go on", "pause", "finish"]:
        """Say what the file `wanted` says."""
        try:
            said = (self.kept.folder / "wanted").read_text(encoding="utf-8").strip()
        except OSError:
            return "go on"
        return "pause" if said == "pause" else "finish" if said == "finish" else "go on"


def options_of(recipe: dict[str, Any], dataset: Path) -> Options:
    """Return the options of a recipe. Raises `GessoError` for one that is not known."""
    known = {field.name for field in fields(Options)} - {"dataset"}
    if strange := sorted(recipe["options"].keys() - known):
        raise GessoError(f"The recipe has an option {strange[0]!r}, which is not known.")
    return Options(dataset=dataset, **recipe["options"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, and say 0 if it went to its end, 1 if it was paused or failed."""
    parser = argparse.ArgumentParser(prog="python -m gesso.trainers.text", description=__doc__)
    parser.add_argument("recipe", type=Path, help="a TOML file: what is read, and the options")
    parser.add_argument("--material", type=Path, required=True, help="the folder where the recipe's files lie")
    parser.add_argument("--kept", type=Path, required=True, help="the folder where checkpoints and the model go")
    parser.add_argument("--hold", type=Path, help="while this file is there, wait")
    parser.add_argument("--bf16", action="store_true", help="write the model's weights in 16 bits: half as large")
    asked = parser.parse_args(arguments)
    asked.kept.mkdir(parents=True, exist_ok=True)
    kept = Kept(asked.kept)
    terminal = Terminal(kept, asked.hold)
    recipe = tomllib.loads(asked.recipe.read_text(encoding="utf-8"))
    try:
        dataset = make_dataset(recipe, asked.material, place=asked.kept / "dataset.jsonl")
        options = options_of(recipe, dataset)
        training, state = open_training(options, kept, news=terminal)
        terminal.log(f"{training.plan}")
        state = training.train(state)
        report = make_model(training, state, options=options, dtype=torch.bfloat16 if asked.bf16 else torch.float32)
    except CanceledError:
        return 1
    except GessoError as error:
        terminal.log(str(error), "error")
        return 1
    terminal.log(f"Done: {report}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
