"""Text training: tokens per second beside nanoGPT and transformers' Trainer, and how well Shakespeare is guessed.

`NANOGPT=folder` names a checkout of nanoGPT, `SHAKESPEARE=file` its text, `../shared/data/text` by default. What is not
there is left out, and that is said. Each trainer is a process of its own with the same threads; they take turns.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from gesso.runtime.host.launch import worker_variables

ROUNDS: Final = 3
STEPS: Final = 2000
SEEDS: Final = (1, 2, 3)
SHAPES: Final[Mapping[str, tuple[dict[str, int], int, int]]] = {
    "0.8M, 64 characters": ({"vocabulary": 65, "context": 64, "layers": 4, "heads": 4, "width": 128}, 12, 100),
    "10M, 512 tokens": ({"vocabulary": 8192, "context": 512, "layers": 6, "heads": 5, "width": 320}, 8, 8),
    "124M, 256 tokens": ({"vocabulary": 50257, "context": 256, "layers": 12, "heads": 12, "width": 768}, 4, 4),
}
"""A name, and the shape of a model, the sequences in a batch and the steps that are timed."""

_ROOT: Final = Path(__file__).parents[1]
_SHAKESPEARE: Final = _ROOT.parent / "shared" / "data" / "text" / "tinyshakespeare.txt"
_THREADS: Final = os.cpu_count() or 1


def main() -> str:
    """Measure, and return the tables."""
    return f"{_speeds()}\n{_losses()}"


def _ask(trainer: str, asked: Mapping[str, Any]) -> Any:
    """Run a trainer in a process of its own, and return its answer."""
    variables = worker_variables(_ROOT, _THREADS, mark="") | {
        "PYTHONPATH": os.pathsep.join([str(_ROOT), str(_ROOT / "src")])
    }
    variables |= {"TMPDIR": tempfile.gettempdir()}
    command = [sys.executable, "-m", f"benchmarks.text_trainers.with_{trainer}", json.dumps(asked)]
    done = subprocess.run(command, env=variables, check=False, capture_output=True, text=True, cwd=_ROOT)
    if done.returncode:
        sys.exit(f"with_{trainer} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _nanogpt() -> str:
    folder = os.environ.get("NANOGPT", "")
    return str(Path(folder).resolve()) if folder else ""


def _speeds() -> str:
    trainers = ["gesso", *(["nanogpt"] if _nanogpt() else []), "transformers"]
    rows = [
        "| shape | precision | " + " | ".join(trainers) + " | Gesso against each |",
        "|---|---|" + "---:|" * (len(trainers) + 1),
    ]
    for name, (shape, batch, steps) in SHAPES.items():
        for precision in ("fp32", "bf16"):
            asked = {"task": "speed", "shape": shape, "rows": batch, "precision": precision, "steps": steps + 2}
            asked["nanogpt"] = _nanogpt()
            seconds: dict[str, list[float]] = {trainer: [] for trainer in trainers}
            for _ in range(ROUNDS):
                for trainer in trainers:
                    seconds[trainer] += _ask(trainer, asked)[2:]
            speeds = {each: batch * shape["context"] / statistics.median(taken) for each, taken in seconds.items()}
            told = " | ".join(f"{speed:,.0f} tokens/s" for speed in speeds.values())
            against = ", ".join(f"{speeds['gesso'] / speeds[each]:.2f}x" for each in trainers[1:])
            rows.append(f"| {name} | {precision} | {told} | {against} |")
    missing = "" if _nanogpt() else "\nnanoGPT is left out: name a checkout of it by NANOGPT=folder.\n"
    return "\n".join(rows) + "\n" + missing


def _losses() -> str:
    text = Path(os.environ.get("SHAKESPEARE", _SHAKESPEARE))
    if not text.is_file():
        return f"Shakespeare is left out: there is no {text}. SHAKESPEARE=file names one.\n"
    kinds = [("gesso", "fp32"), ("gesso", "bf16"), *([("nanogpt", "fp32")] if _nanogpt() else [])]
    rows = [
        f"Loss on the last tenth of tiny Shakespeare after {STEPS:,} steps of 12 x 64 characters, seeds {SEEDS}:\n",
        "| trainer | mean | each | seconds |",
        "|---|---:|---|---:|",
    ]
    for trainer, precision in kinds:
        found = [_learn(trainer, text, seed=seed, precision=precision) for seed in SEEDS]
        losses = [each["loss"] for each in found]
        seconds = statistics.mean(each["seconds"] for each in found)
        each = ", ".join(f"{loss:.4f}" for loss in losses)
        rows.append(f"| {trainer}, {precision} | {statistics.mean(losses):.4f} | {each} | {seconds:.0f} |")
    return "\n".join(rows) + "\n"


def _learn(trainer: str, text: Path, *, seed: int, precision: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        asked = {"task": "loss", "text": str(text.resolve()), "folder": folder, "seed": seed, "steps": STEPS}
        found: dict[str, float] = _ask(trainer, asked | {"precision": precision, "nanogpt": _nanogpt()})
        return found


if __name__ == "__main__":
    print(main())
