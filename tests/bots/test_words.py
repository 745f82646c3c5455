from __future__ import annotations

import pytest

from gesso.bots.words import find_word


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("The Fox is here", "fox"),
        ("fox!", "fox"),
        ("ＦＯＸ", "fox"),
        ("f\N{ZERO WIDTH SPACE}o\N{SOFT HYPHEN}x", "fox"),
        ("a red   fox", "red fox"),
        ("GROSSE STRASSE", "straße"),
        ("Лиса здесь", "лиса"),
        ("今日は狐を見た", "狐"),
        ("สวัสดีจิ้งจอก", "จิ้งจอก"),
        ("I like C++.", "C++"),
        ("so :) nice", ":)"),
        ("je l'aime", "l'aime"),
    ],
)
def test_a_word_is_found_in_any_writing(text: str, word: str) -> None:
    assert find_word(text, ["nothing", word]) == word


@pytest.mark.parametrize(("text", "word"), [("foxes", "fox"), ("firefox", "fox"), ("Лисами", "лиса"), ("", "fox")])
def test_a_part_of_a_word_is_no_word(text: str, word: str) -> None:
    assert find_word(text, [word]) is None


def test_no_words_are_never_found() -> None:
    assert find_word("anything", []) is None
