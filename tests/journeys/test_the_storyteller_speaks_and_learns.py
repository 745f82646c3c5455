"""A fresh home, no network: the storyteller speaks, and takes on the words of a few pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.serving import run
from tests.conftest import ROOT

PROMPT = "The painter opened the window and"


@pytest.mark.timeout(1500)  # the first time, what the trainer needs is installed
def test_the_storyteller_speaks_and_learns(warm_home: Path, tmp_path: Path) -> None:
    home: dict[str, Any] = {"GESSO_HOME": str(warm_home)}
    said = run("run", "storyteller", "-i", f"prompt={PROMPT}", "--seed", "3", "--json", patience_s=600, **home)
    assert said.returncode == 0, said.stderr
    told = json.loads(said.stdout)["generated_text"]
    assert told.startswith(PROMPT)
    words = told.removeprefix(PROMPT).split()
    assert len(words) > 40
    assert {"the", "and", "of"} & set(words)  # English, and not noise

    pages = tmp_path / "pages.txt"
    pages.write_text((ROOT / "benchmarks" / "texts" / "modern.txt").read_text(encoding="utf-8")[:10_000])
    quick = ["--max-steps", "3", "--batch-tokens", "512", "--block-size", "256"]
    trained = run("train", "text", str(pages), "--name", "pages", *quick, patience_s=1400, **home)
    assert (trained.returncode, trained.stdout) == (0, "pages\n"), trained.stderr
    assert "It begins with storyteller, which has read the old books" in trained.stderr
    assert "step 0: held-out loss" in trained.stderr  # what it brings along is judged before anything is learnt

    made = json.loads((warm_home / "models" / "trained" / "pages" / "training.json").read_bytes())
    assert made["recipe"]["inputs"]["base"] == "storyteller"
    assert made["recipe"]["base"]["licence"] == "Apache-2.0"
    assert "share" in made["memorised"]
    card = (warm_home / "models" / "trained" / "pages" / "README.md").read_text(encoding="utf-8")
    assert "## What it began with\n\nstoryteller, " in card
    spoken = run("run", "pages", "-i", f"prompt={PROMPT}", "--seed", "3", **home)
    assert PROMPT in spoken.stdout, spoken.stderr

    plain = run("train", "text", "--dataset", "pages", "--name", "plain", "--base", "nothing", *quick,
                patience_s=600, **home)  # fmt: skip
    assert plain.returncode == 0, plain.stderr
    assert "storyteller" not in plain.stderr
    again = run("train", "text", "--recipe", str(warm_home / "models" / "trained" / "pages"), "--name", "again",
                patience_s=600, **home)  # fmt: skip
    assert again.returncode == 0, again.stderr
    shown = run("train", **home).stdout
    assert "plain" in shown
    assert "storyteller" in run("train", "show", "again", **home).stdout
    assert "from nothing" in run("train", "show", "plain", **home).stdout
