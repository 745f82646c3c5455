"""The form that is run: made once, whole or not at all, by as many as like."""

from __future__ import annotations

import errno
import os
import threading
import time
from pathlib import Path

import ctranslate2
import pytest

from gesso.errors import GessoError, InputError
from gesso.trainers.text import converting
from gesso.trainers.text.fast_form import fast_form
from tests.trainers.text.tiny import write_chance


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    return write_chance(tmp_path / "weights")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_it_is_made_once_and_runs(weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = fast_form(weights, tmp_path / "home" / "cache")
    assert ctranslate2.Generator(str(made), device="cpu")
    assert names(weights) == ["config.json", "model.safetensors", "tokenizer.json"]
    monkeypatch.setattr(converting, "convert", None)
    assert fast_form(weights, tmp_path / "home" / "cache") == made
    assert names(made.parent) == [made.name]


def test_other_weights_have_another_one(weights: Path, tmp_path: Path) -> None:
    first = fast_form(weights, tmp_path / "cache")
    with (weights / "model.safetensors").open("r+b") as file:
        file.seek(-4, os.SEEK_END)
        file.write(b"\0\0\0\0")
    second = fast_form(weights, tmp_path / "cache")
    assert first != second
    assert (first / "model.bin").is_file()


def test_many_ask_at_once(weights: Path, tmp_path: Path) -> None:
    found: list[Path] = []
    threads = [threading.Thread(target=lambda: found.append(fast_form(weights, tmp_path / "cache"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    assert names(tmp_path / "cache") == [found[0].name]
    assert ctranslate2.Generator(str(found[0]), device="cpu")


def test_one_that_was_left_half_made_is_never_used(weights: Path, tmp_path: Path) -> None:
    made = fast_form(weights, tmp_path / "cache")
    (made / "model.bin").unlink()  # as if somebody had tidied up
    old = tmp_path / "cache" / ".making-killed"
    new = tmp_path / "cache" / ".making-now"
    for folder in (old, new):
        (folder / "half").mkdir(parents=True)
    os.utime(old, (time.time() - 7200, time.time() - 7200))
    assert fast_form(weights, tmp_path / "cache") == made
    assert (made / "model.bin").is_file()
    assert names(tmp_path / "cache") == sorted([".making-now", made.name])


def test_a_full_disk_gets_a_word_and_leaves_nothing(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(folder: Path, into: Path) -> Path:
        into.mkdir()
        (into / "model.bin").write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(converting, "convert", full)
        with pytest.raises(GessoError, match="disk is full"):
            fast_form(weights, tmp_path / "cache")
    assert names(tmp_path / "cache") == []
    assert fast_form(weights, tmp_path / "cache").is_dir()


def test_a_place_that_cannot_be_written_is_named(weights: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file in the way")
    with pytest.raises(GessoError, match="cannot be kept") as caught:
        fast_form(weights, tmp_path / "cache")
    assert "cache" in caught.value.hint


def test_weights_of_another_kind_are_refused(weights: Path, tmp_path: Path) -> None:
    (weights / "config.json").write_text('{"model_type": "llama"}')
    with pytest.raises(InputError, match="llama"):
        fast_form(weights, tmp_path / "cache")
    assert names(tmp_path / "cache") == []
