"""What lies in a kept folder is whole, at any moment."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from gesso import GessoError
from gesso.trainers.text.kept import Kept, remove, room_for


def test_lines_are_read_but_for_one_that_is_broken_off(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    assert list(kept.lines("none.jsonl")) == []
    for step in (1, 2, 3):
        kept.append("curve.jsonl", {"step": step})
    with (tmp_path / "curve.jsonl").open("a") as file:
        file.write('{"step": 4, "los')
    assert [line["step"] for line in kept.lines("curve.jsonl")] == [1, 2, 3]
    kept.cut_back("curve.jsonl", 2)
    kept.append("curve.jsonl", {"step": 3})
    assert [line["step"] for line in kept.lines("curve.jsonl")] == [1, 2, 3]


def test_a_file_is_written_whole_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    assert kept.read("plan.json") is None
    for steps in (1, 2):
        kept.write("plan.json", {"steps": steps})
    assert kept.read("plan.json") == {"steps": 2}
    assert [path.name for path in tmp_path.iterdir()] == ["plan.json"]


def test_a_folder_takes_the_place_of_another(tmp_path: Path) -> None:
    for number in ("1", "2"):
        (tmp_path / "made").mkdir()
        (tmp_path / "made" / number).write_text(number)
        Kept(tmp_path).put(tmp_path / "made", "model")
    assert [path.name for path in (tmp_path / "model").iterdir()] == ["2"]
    remove(tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full: there was no room for the curve"),
        (RuntimeError(f"I/O error: kein Platz (os error {112 if os.name == 'nt' else 28})"), "The disk is full"),
        (OSError(errno.EFBIG, "File too large"), "The disk is full"),
        (RuntimeError("a layer of the name No space left"), "a layer of the name"),
        (OSError(errno.EACCES, "Permission denied"), "Permission denied"),
    ],
)
def test_a_full_disk_is_told_in_a_word_and_other_errors_as_they_are(error: Exception, said: str) -> None:
    with pytest.raises((GessoError, OSError, RuntimeError), match=said), room_for("the curve"):
        raise error
