"""The dataset of a recipe is its files, as they were, without what stands there twice."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from gesso import InputError
from gesso.trainers.text.material import make_dataset

LONG = (
    "A paragraph that is long enough so that nobody would think that it stands there twice by accident, or by chance."
)
TEXTS = {
    "a.txt": f"First.\n\n{LONG}\n\nLast.",
    "b.txt": f"Second.\n\n{LONG.upper()}\n\n{LONG[::-1]}",
    "c.txt": f"{LONG[::-1]}\n\nC",
}


def recipe(folder: Path) -> dict[str, Any]:
    for name, text in TEXTS.items():
        (folder / name).write_text(text)
    files = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in TEXTS.items()}
    return {"material": {"files": files, "heldout": ["b.txt"]}}


def test_what_is_held_out_is_learnt_from_nowhere(tmp_path: Path) -> None:
    place = make_dataset(recipe(tmp_path), tmp_path, place=tmp_path / "dataset.jsonl")
    told = {line["source"]: line for line in map(json.loads, place.read_text().splitlines())}
    assert {name: line["split"] for name, line in told.items()} == {
        "a.txt": "train",
        "b.txt": "heldout",
        "c.txt": "train",
    }
    assert told["b.txt"]["text"] == TEXTS["b.txt"]
    assert told["a.txt"]["text"] == "First.\n\nLast."
    assert told["c.txt"]["text"] == "C"


def test_texts_that_must_not_be_seen_are_not(tmp_path: Path) -> None:
    said = recipe(tmp_path)
    said["material"]["heldout"] = []
    said["material"]["unseen"] = {"b.txt": said["material"]["files"].pop("b.txt")}
    place = make_dataset(said, tmp_path, place=tmp_path / "dataset.jsonl")
    assert LONG not in place.read_text()


@pytest.mark.parametrize("fault", ["missing", "changed"])
def test_a_file_that_is_not_what_the_recipe_says_is_refused(tmp_path: Path, fault: str) -> None:
    said = recipe(tmp_path)
    (tmp_path / "a.txt").unlink() if fault == "missing" else (tmp_path / "a.txt").write_text("other")
    with pytest.raises(InputError, match=r"a\.txt"):
        make_dataset(said, tmp_path, place=tmp_path / "dataset.jsonl")
    assert not (tmp_path / "dataset.jsonl").exists()
