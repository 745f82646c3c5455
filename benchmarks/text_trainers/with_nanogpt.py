"""nanoGPT: its model and its steps for the speed, its `train.py` itself for Shakespeare. `nanogpt` is a checkout of it.

{"task": "speed", "nanogpt": "...", "shape": {...}, "rows": 8, "precision": "bf16", "steps": 20} -> seconds of each step
{"task": "loss", "nanogpt": "...", "text": "...", "folder": "...", "seed": 1, "steps": 2000} -> loss and seconds
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import runpy
import shutil
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

from benchmarks.text_trainers.shakespeare import BABY, SHARE, heldout_loss


def speed(asked: dict[str, Any]) -> list[float]:
    """Do what its `train.py` does in a step: on a CPU in 32 bits, and by `autocast` in 16 if that is asked."""
    sys.path.insert(0, asked["nanogpt"])
    nano, shape = importlib.import_module("model"), asked["shape"]
    with contextlib.redirect_stdout(sys.stderr):
        config = nano.GPTConfig(
            block_size=shape["context"],
            vocab_size=shape["vocabulary"],
            n_layer=shape["layers"],
            n_head=shape["heads"],
            n_embd=shape["width"],
            dropout=0.0,
            bias=False,
        )
        model = nano.GPT(config)
        optimiser = model.configure_optimizers(0.1, 1e-4, (0.9, 0.95), "cpu")
    noise = torch.randint(shape["vocabulary"], (asked["rows"], shape["context"]))
    taken = []
    for _ in range(asked["steps"]):
        began = time.perf_counter()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=asked["precision"] == "bf16"):
            _, loss = model(noise, noise)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        taken.append(time.perf_counter() - began)
    return taken


def loss(asked: dict[str, Any]) -> dict[str, float]:
    """Run its `train.py` as its page says for a CPU, and judge the model that it leaves."""
    place = Path(asked["folder"]) / "nanoGPT"
    shutil.copytree(asked["nanogpt"], place)
    shutil.copyfile(asked["text"], place / "data" / "shakespeare_char" / "input.txt")
    sys.modules.setdefault("requests", ModuleType("requests"))  # asked for by what would fetch a text that is here
    with contextlib.redirect_stdout(sys.stderr):
        runpy.run_path(str(place / "data" / "shakespeare_char" / "prepare.py"))
        began = time.perf_counter()
        _train(place, asked)
        seconds = time.perf_counter() - began
    nano = importlib.import_module("model")
    kept = torch.load(place / "out" / "ckpt.pt", weights_only=True)
    model = nano.GPT(nano.GPTConfig(**kept["model_args"]))
    model.load_state_dict(kept["model"])
    model.eval()
    text = Path(asked["text"]).read_text(encoding="utf-8")
    number = {character: place for place, character in enumerate(sorted(set(text)))}
    heldout = torch.tensor([number[character] for character in text[int(len(text) * SHARE) :]])
    return {"loss": heldout_loss(lambda tokens: model(tokens, tokens)[0], heldout), "seconds": seconds}


def _train(place: Path, asked: dict[str, Any]) -> None:
    steps = asked["steps"]
    own = {"device": "cpu", "compile": False, "eval_iters": 20, "log_interval": 500, "max_iters": steps}
    own |= {"lr_decay_iters": steps, "dropout": 0.0, "eval_interval": steps, "always_save_checkpoint": True} | BABY
    sys.argv = [
        "train.py",
        "config/train_shakespeare_char.py",
        "--out_dir=out",
        *(f"--{k}={v}" for k, v in own.items()),
    ]
    sys.path.insert(0, str(place))
    os.chdir(place)
    seeding = torch.manual_seed
    torch.manual_seed = lambda _: seeding(asked["seed"])  # it has one seed, and no option for it
    runpy.run_path("train.py")


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    print(json.dumps({"speed": speed, "loss": loss}[asked["task"]](asked)))
