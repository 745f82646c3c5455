"""A run that is broken off and taken up again is the run that was never broken off."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import gesso
from gesso import CanceledError
from gesso.trainers.text import checkpoints
from gesso.trainers.text.checkpoints import State
from gesso.trainers.text.kept import Kept
from gesso.trainers.text.options import Options
from gesso.trainers.text.work import open_training
from tests.trainers.text.given import Listener, quick, write_dataset


def kept_in(folder: Path) -> Kept:
    folder.mkdir(exist_ok=True)
    return Kept(folder)


def train(options: Options, kept: Kept, listener: Listener | None = None) -> State:
    training, state = open_training(options, kept, news=listener or Listener())
    return training.train(state)


def losses(kept: Kept) -> list[tuple[int, float]]:
    return [(line["step"], line["loss"]) for line in kept.lines("curve.jsonl") if "loss" in line]


def looks(kept: Kept) -> list[dict[str, Any]]:
    return [line for line in kept.lines("curve.jsonl") if "heldout_loss" in line]


def test_it_learns_and_tells_of_it(tmp_path: Path) -> None:
    listener, kept = Listener(), kept_in(tmp_path / "kept")
    state = train(quick(write_dataset(tmp_path), max_steps=40, every=10, learning_rate=1e-2), kept, listener)
    assert state.step == 40
    assert [step for step, _ in losses(kept)] == list(range(1, 41))
    assert losses(kept)[-1][1] < losses(kept)[0][1] - 1
    assert [line["step"] for line in looks(kept)] == [10, 20, 30, 40]
    assert looks(kept)[-1]["heldout_loss"] < looks(kept)[0]["heldout_loss"]
    assert len(list(kept.lines("samples.jsonl"))) == 12
    assert all(text.startswith("the fox") for text in listener.samples)


@pytest.mark.parametrize("dropout", [0.0, 0.1])
def test_a_paused_run_goes_on_step_by_step_as_if_it_had_not_been(tmp_path: Path, dropout: float) -> None:
    options = quick(write_dataset(tmp_path), dropout=dropout)
    whole, broken = kept_in(tmp_path / "whole"), kept_in(tmp_path / "broken")
    train(options, whole)
    for after in (3, 4, 2):
        with pytest.raises(CanceledError):
            train(options, broken, Listener("pause", after))
    train(options, broken)
    assert losses(broken) == losses(whole)
    assert looks(broken) == looks(whole)
    assert list(broken.lines("samples.jsonl")) == list(whole.lines("samples.jsonl"))
    weights = [(checkpoints.best(kept) or tmp_path) / "model.safetensors" for kept in (whole, broken)]
    assert weights[0].read_bytes() == weights[1].read_bytes()


KILLED = """
import sys
from pathlib import Path
from gesso.trainers.text.kept import Kept
from gesso.trainers.text.work import open_training
from tests.trainers.text.given import Listener, quick

training, state = open_training(quick(Path(sys.argv[1])), Kept(Path(sys.argv[2])), news=Listener())
training.train(state)
"""


def test_a_killed_run_loses_the_steps_since_its_last_checkpoint_and_no_more(tmp_path: Path) -> None:
    dataset = write_dataset(tmp_path)
    whole, killed = kept_in(tmp_path / "whole"), kept_in(tmp_path / "killed")
    train(quick(dataset), whole)
    paths = [str(Path(gesso.__file__).parents[1]), str(Path(__file__).parents[3])]
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(dataset), str(killed.folder)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
    )
    while process.poll() is None and len(losses(killed)) < 6:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()
    begun = checkpoints.last_step(killed)
    train(quick(dataset), killed)
    assert begun in (4, 8, 12)
    assert losses(killed) == losses(whole)
    assert looks(killed) == looks(whole)


def test_what_is_left_out_of_a_broken_run_comes_again(tmp_path: Path) -> None:
    options, kept = quick(write_dataset(tmp_path)), kept_in(tmp_path / "kept")
    with pytest.raises(CanceledError):
        train(options, kept, Listener("pause", 5))
    kept.append("curve.jsonl", {"step": 6, "loss": 1.0})  # as if it had gone on, and been killed
    with (kept.folder / "curve.jsonl").open("a") as file:
        file.write('{"step": 7, "lo')
    train(options, kept)
    assert [step for step, _ in losses(kept)] == list(range(1, 13))


def test_what_a_kill_has_left_half_done_is_in_nobodys_way(tmp_path: Path) -> None:
    options, kept = quick(write_dataset(tmp_path)), kept_in(tmp_path / "kept")
    with pytest.raises(CanceledError):
        train(options, kept, Listener("pause", 5))
    for half in (".000004.gone", ".000006.part", ".000005.part"):
        (kept.folder / "checkpoints" / half).mkdir(exist_ok=True)
        (kept.folder / "checkpoints" / half / "model.safetensors").write_bytes(b"half")
    (kept.folder / ".model.part").mkdir()
    (kept.folder / ".checkpoints.json.part").write_text("[")
    train(options, kept)
    assert [step for step, _ in losses(kept)] == list(range(1, 13))
    assert checkpoints.last_step(kept) == 12


def test_a_run_that_is_finished_early_has_a_checkpoint_of_its_last_step(tmp_path: Path) -> None:
    kept = kept_in(tmp_path / "kept")
    state = train(quick(write_dataset(tmp_path)), kept, Listener("finish", 6))
    assert state.step == checkpoints.last_step(kept) == 6
    assert state.heldout_loss is not None


def test_it_stops_when_what_was_held_out_is_guessed_no_better(tmp_path: Path) -> None:
    listener, kept = Listener(), kept_in(tmp_path / "kept")
    options = quick(write_dataset(tmp_path, words=200), max_steps=400, every=5, learning_rate=3e-2)
    assert train(options, kept, listener).step < 400
    assert any("no better" in line for line in listener.heard)
    listing = json.loads((kept.folder / "checkpoints.json").read_text())
    assert sum(each["is_best"] for each in listing) == 1
    assert listing == checkpoints.listed(kept)


def test_the_best_and_the_last_checkpoints_are_kept(tmp_path: Path) -> None:
    kept = kept_in(tmp_path / "kept")
    train(quick(write_dataset(tmp_path), max_steps=20, learning_rate=1e-2), kept)
    assert len(checkpoints.listed(kept)) <= 3
    assert checkpoints.last_step(kept) == 20
