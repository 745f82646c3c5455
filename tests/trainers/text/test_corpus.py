"""A text in numbers: after what a new one begins."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from tokenizers import Tokenizer

from gesso.trainers.text import tokens
from gesso.trainers.text.corpus import Corpus
from tests.trainers.text.tiny import byte_tokenizer, letter_tokenizer

LETTERS = letter_tokenizer("ab\n")


def corpus(tokenizer: Tokenizer, texts: Sequence[str]) -> Corpus:
    numbers = tokens.encode(tokenizer, texts)
    return Corpus(tokenizer=tokenizer, text=numbers, heldout=numbers[:0], heldout_bytes=0, text_bytes=len(numbers))


@pytest.mark.parametrize(
    ("tokenizer", "texts", "begins_after"),
    [
        (byte_tokenizer(257), ["one\n\ntwo\nthree"], ["Ċ", "Ċ"]),
        (byte_tokenizer(257), ["one\ntwo\nthree"], ["Ċ"]),
        (byte_tokenizer(257), ["one two three"], []),
        (byte_tokenizer(257), ["one\n\ntwo"] * 19, ["Ċ", "Ċ"]),
        (byte_tokenizer(257), ["one\n\ntwo"] * 20, []),
        (LETTERS, ["ab\n\nba"], ["\n", "\n"]),
        (LETTERS, ["ab\nba"], ["\n"]),
        (letter_tokenizer("ab"), ["abba"], []),
    ],
)
def test_a_text_begins_after_a_blank_line_unless_there_are_many(
    tokenizer: Tokenizer, texts: list[str], begins_after: list[str]
) -> None:
    found = corpus(tokenizer, texts).begins_after
    assert found == begins_after
    assert all(tokenizer.token_to_id(piece) is not None for piece in found)
