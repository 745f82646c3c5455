"""What voices are measured on, and how it is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from benchmarks import text_voices
from benchmarks.text_by_heart import Written, _beginnings, _share
from benchmarks.text_trainers.voice import bits_per_byte
from benchmarks.text_voices import cut_text, main, text_of
from benchmarks.text_voices_tables import tables
from gesso.trainers.text.gpt import Gpt, Shape
from gesso.training.memorised import Learnt
from tests.trainers.text.tiny import byte_tokenizer


def learnt(text: str, kilobytes: int, arm: str, bits: float, *, minutes: float = 2) -> dict[str, dict[str, Any]]:
    name = f"learn-{text}-{kilobytes}kB-{minutes:g}min-{arm}"
    said = {"text": text, "kilobytes": kilobytes, "minutes": minutes, "arm": arm}
    return {name: {**said, "bits_per_byte": bits, "seconds": 120.4, "samples": ["One\n|two|", "Three"]}}


def test_a_text_is_cut_so_that_nobody_learns_what_is_judged() -> None:
    text = "".join(f"{number:04} " for number in range(2000))
    found = cut_text(text, 5000)
    assert found is not None
    taught, judged = found
    assert taught == text[:5000]
    assert judged == text[9000:]
    assert cut_text(text, 9001) is None
    assert cut_text("é" * 1000, 901) == ("é" * 450, "é" * 100)


def test_the_own_text_is_long_enough_for_20_kb() -> None:
    assert cut_text(text_of("modern", Path("nowhere")), 20_000) is not None
    assert cut_text(text_of("docs", Path("nowhere")), 100_000) is not None


def test_gains_are_told_against_the_aim() -> None:
    results = learnt("alice", 20, "nothing", 4.0) | learnt("alice", 20, "full", 2.8) | learnt("alice", 20, "lora", 3.2)
    results |= learnt("alice", 5, "nothing", 4.0) | learnt("alice", 5, "lora", 4.4)
    results |= learnt("shakespeare", 1000, "nothing", 2.0) | learnt("shakespeare", 1000, "full", 2.5)
    told = tables(results)
    assert "| 2 | alice | 20 | 4.000 (120 s) | 2.800 (120 s) | 3.200 (120 s) | +30% (aim +25%: met) |" in told
    assert "| 2 | alice | 5 | 4.000 (120 s) |  | 4.400 (120 s) | -10% (aim +0%: MISSED) |" in told
    assert told.rstrip().splitlines()[-1].endswith("| -25% |")


def test_samples_are_told_as_they_came_if_that_is_wanted() -> None:
    results = learnt("alice", 5, "full", 2.0)
    assert "Three" not in tables(results)
    assert "### alice-5kB-2min-full\n\n1. One \\|two\\|\n2. Three" in tables(results, samples=10)


def test_parts_that_were_measured_before_are_joined(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "table", "--out", str(tmp_path)]) == "Nothing was measured yet.\n"
    (tmp_path / "first-storyteller.json").write_text('{"seconds": 12.3, "sample": "Hello"}')
    assert "| storyteller | 12 | Hello |" in main(["--only", "table", "--out", str(tmp_path)])
    with pytest.raises(SystemExit):
        main(["--only", "nonsense", "--out", str(tmp_path)])


def test_a_model_that_knows_nothing_needs_as_many_bits_as_there_are_pieces() -> None:
    tokenizer = byte_tokenizer(257)  # bytes, and the end: no piece has two
    model = Gpt(Shape(vocabulary=257, context=16, layers=1, heads=1, width=8))
    torch.nn.init.zeros_(model.wte.weight)
    for text in ("a", "abc", "the fox in the snow and the hare", "the fox " * 30):
        assert bits_per_byte(model, tokenizer, text=text) == pytest.approx(8.0056, abs=0.001), text


def test_what_stands_in_a_book_is_counted_once() -> None:
    line = "It was the best of times, it was the worst of times, it was the age of wisdom."
    written = [Written(f"Well: {line}"), Written("Nothing of it.")]
    for _ in range(2):
        written[0].look(Learnt([("tale.txt", f"x {line} y")]))
    told = _share(written)
    assert told["samples_with_any"] == 1
    assert told["longest"] >= len(line)
    assert told["share"] == pytest.approx(len(line) / (len(line) + 20), abs=0.03)


def test_beginnings_begin_with_a_word(tmp_path: Path) -> None:
    import random

    book = tmp_path / "book.txt"
    book.write_text("once upon a time there was a fox " * 100)
    for found in _beginnings([book], 20, chance=random.Random(1)):
        assert found.split()[0] in {"once", "upon", "a", "time", "there", "was", "fox"}
        assert 100 < len(found) <= 200


def test_what_is_there_is_not_measured_again_unless_the_base_is_another_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def first_sample(base: str, data: Path) -> dict[str, Any]:
        asked.append(base)
        return {"seconds": 1.0, "sample": "x"}

    monkeypatch.setattr(text_voices, "_first_sample", first_sample)
    for digest, measured in (("one", ["", "nothing"]), ("one", []), ("two", [""])):
        monkeypatch.setattr(text_voices, "digest_of_base", lambda digest=digest: digest)
        main(["--only", "first", "--out", str(tmp_path)])
        assert asked == measured
        asked.clear()
    main(["--only", "first", "--again", "--out", str(tmp_path)])
    assert asked == ["", "nothing"]
