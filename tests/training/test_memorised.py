from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.training.memorised import Learnt

BOOK = (
    "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness, "
    "it was the epoch of belief,\nit was the epoch of incredulity."
)


def test_a_passage_that_stands_in_the_text_is_marked_to_its_last_sign() -> None:
    stolen = "it was the age of wisdom, it was the age of foolishness, it was the epoch of belief"
    text = f"He said: {stolen}! And more of his own."
    found = Learnt([("book.txt", BOOK)]).find(text)
    (span,) = found.spans
    assert text[span.start : span.end] in {stolen, f" {stolen}"}
    assert span.source == "book.txt"
    assert found.longest == span.end - span.start
    assert found.share == pytest.approx(found.longest / len(text))


def test_line_breaks_are_spaces_and_short_passages_are_nobodys() -> None:
    learnt = Learnt([("book.txt", BOOK)])
    assert learnt.find("it was the age of wisdom, really").spans == ()
    text = "it was the epoch of belief, it was\n the epoch of incredulity."
    assert learnt.find(text).share == 1.0
    assert learnt.find("").share == 0.0


def test_a_passage_does_not_go_on_from_one_document_into_the_next() -> None:
    learnt = Learnt([("a", "x" * 30), ("b", "y" * 30)], at_least=40)
    assert learnt.find("x" * 30 + " " + "y" * 30).spans == ()


def test_a_text_of_one_word_over_and_over_ends() -> None:
    found = Learnt([("a", "ha " * 50_000)]).find("ha " * 2000)
    assert found.share > 0.99


@given(st.integers(0, 2000), st.integers(50, 400), st.integers(0, 30))
def test_every_passage_that_is_long_enough_is_found(begin: int, length: int, chance: int) -> None:
    draw = random.Random(chance)
    book = "".join(draw.choice("abcdefgh ") for _ in range(3000)).replace("  ", " a")
    stolen = book[begin : begin + length].strip()
    text = f"ZZZ{stolen}ZZZ"
    found = Learnt([("book", book)]).find(text)
    if len(stolen) >= 50:
        assert [(span.start, span.end) for span in found.spans] == [(3, 3 + len(stolen))]
