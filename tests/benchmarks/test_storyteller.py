"""The card of `storyteller`: its figures come out of reports, into their place, and nowhere else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from benchmarks import storyteller
from benchmarks.storyteller import BEGIN, END, TAKEN, figures, filled, main, take_over

REPORT: dict[str, Any] = {
    "steps": 5000,
    "best_step": 4875,
    "bits_per_byte": 1.8514,
    "tokens": 40_960_000,
    "rounds": 1.5,
    "operations": 2.9e15,
    "tokens_per_s": 3011.4,
    "seconds": 14_400.0,
    "parameters": 10_183_680,
    "fast_form": {"divergence": 0.00812},
    "samples": ["Once\nupon a time"],
}
SHARE = {"share": 0.0123, "samples_with_any": 3, "longest": 71}
HEART = {
    "samples": 200,
    "characters_each": 400,
    "at_least": 50,
    "by_itself": SHARE,
    "after_a_beginning_it_read": SHARE | {"share": 0.5},
    "after_a_beginning_it_did_not_read": SHARE | {"share": 0.0},
    "first_samples": ["The end.", "No more."],
}
RESULTS: dict[str, Any] = {
    "base": {"books": {"books/1_a.txt": 1.5, "books/2_b.txt": 2.5}, "shakespeare": 2.125},
    "shape-15min": {"minutes": 15.0, "bits_per_byte": 2.5},
    "shape-2min": {"minutes": 2.0, "bits_per_byte": 3.25},
    "heart": HEART,
}


def made(folder: Path) -> Path:
    for name in TAKEN:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps({"report": REPORT} if name == "training.json" else {"of": name}))
    weights = {"wte.weight": torch.tensor([[1.0, 1 / 3]])}
    save_file(weights, folder / "weights" / "model.safetensors", metadata={"format": "pt"})
    (folder / "model.py").write_text("the speaker")
    return folder


def test_what_was_measured_stands_there_and_what_was_not_is_marked() -> None:
    assert figures({}, {}).count("to be measured") == 8
    shown = figures({"report": REPORT}, RESULTS)
    assert "to be measured" not in shown
    for figure in ("5,000 steps", "40,960,000", "2.9e+15", "4.0 hours", "1.851", "2.000", "2.125", "1.23%, in 3 texts"):
        assert figure in shown, figure
    assert "3.250 (2 min), 2.500 (15 min)" in shown
    assert shown.endswith("1. The end.\n2. No more.")
    assert figures({"report": REPORT}, {}).endswith("1. Once upon a time")


def test_figures_take_the_place_of_figures_and_of_nothing_else() -> None:
    card = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    once = filled(card, "new")
    assert once == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"
    assert filled(once, "new") == once
    with pytest.raises(ValueError, match="no place"):
        filled("a card", "new")


def test_a_finished_run_is_taken_over_and_its_card_filled(tmp_path: Path) -> None:
    run, model, results = made(tmp_path / "run"), tmp_path / "model", tmp_path / "results"
    model.mkdir()
    results.mkdir()
    (results / "heart.json").write_text(json.dumps(HEART))
    (model / "README.md").write_text(f"# It\n\n{BEGIN}\n{END}\n\nThe rest.\n")
    main(["--made", str(run), "--model", str(model), "--results", str(results)])
    card = (model / "README.md").read_text()
    assert "1.851 (best step, 4,875)" in card
    assert card.endswith("The rest.\n")
    assert sorted(path.name for path in model.iterdir()) == ["README.md", "training.json", "weights"]
    assert load_file(model / "weights" / "model.safetensors")["wte.weight"].dtype == torch.bfloat16
    assert json.loads((model / "weights" / "config.json").read_text())["torch_dtype"] == "bfloat16"


def test_half_a_run_is_not_taken_over(tmp_path: Path) -> None:
    run = made(tmp_path / "run")
    (run / "weights" / "model.safetensors").unlink()
    with pytest.raises(FileNotFoundError, match=r"model\.safetensors"):
        take_over(run, tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_the_card_in_the_box_has_a_place_for_figures() -> None:
    card = (storyteller._MODEL / "README.md").read_text(encoding="utf-8")
    assert filled(card, "x").count("\nx\n") == 1
