"""Texts become numbers, and come back as they were."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from gesso import InputError
from gesso.trainers.text import tokens
from tests.trainers.text.given import story

BYTES = tokens.train([story(500)], vocabulary=300)


@given(st.text())
def test_any_text_comes_back(text: str) -> None:
    assert BYTES.decode(BYTES.encode(text).ids) == text


def test_documents_are_told_apart() -> None:
    numbers = tokens.encode(BYTES, ["the fox", "", "the fox"])
    assert numbers.dtype == np.uint16
    assert (numbers == tokens.end_of(BYTES)).sum() == 3
    half = len(numbers) // 2
    assert list(numbers[:half]) == list(numbers[-half:])


@pytest.mark.parametrize(("size", "pieces"), [(0, 320), (5_000, 320), (1_000_000, 1984), (10**9, 16384)])
def test_more_text_has_more_pieces(size: int, pieces: int) -> None:
    assert tokens.vocabulary_for(size) == pieces


def test_a_vocabulary_is_read_from_both_of_hugging_faces_forms(tmp_path: Path) -> None:
    BYTES.save(str(tmp_path / "tokenizer.json"))
    said = json.loads((tmp_path / "tokenizer.json").read_text())["model"]
    older = tmp_path / "older"
    older.mkdir()
    (older / "vocab.json").write_text(json.dumps(said["vocab"]))
    merges = [each if isinstance(each, str) else " ".join(each) for each in said["merges"]]
    (older / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n")
    for folder in (tmp_path, older):
        read = tokens.read(folder)
        assert read.encode("the fox sang").ids == BYTES.encode("the fox sang").ids
        assert tokens.end_of(read) == tokens.end_of(BYTES)


def test_a_vocabulary_without_an_end_is_refused() -> None:
    with pytest.raises(InputError, match="endoftext"):
        tokens.end_of(Tokenizer.from_str(BYTES.to_str().replace(tokens.END, "<end>")))


def test_lines_of_another_split_are_passed_over(tmp_path: Path) -> None:
    lines = [{"text": "a", "split": "train"}, {"text": "b", "split": "heldout"}, {"text": "c", "split": "train"}]
    (tmp_path / "it").write_text("\n".join(map(json.dumps, lines)))
    assert list(tokens.documents(tmp_path / "it", "train")) == ["a", "c"]
