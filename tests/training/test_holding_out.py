from __future__ import annotations

import random

from gesso.training.documents import Document
from gesso.training.holding_out import hold_out

WORDS = ["snow", "fox", "roof", "lane", "wood", "child", "trace", "fir", "sky", "town", "night", "river", "bread"]


def prose(characters: int, seed: int = 1) -> str:
    draw = random.Random(seed)
    lines: list[str] = []
    while sum(map(len, lines)) < characters:
        lines.append(" ".join(draw.choice(WORDS) for _ in range(40)) + ".")
    return "\n\n".join(lines)


def test_a_twentieth_of_a_long_text_is_held_out_in_blocks_from_all_over() -> None:
    text = prose(200_000)
    pieces, removed = hold_out([Document(text, "book")])
    held = [piece.text for piece in pieces if piece.split == "heldout"]
    assert 0.03 < sum(map(len, held)) / len(text) < 0.08
    assert len(held) > 2
    assert removed == 0
    train = "\n".join(piece.text for piece in pieces if piece.split == "train")
    assert all(piece[:80] not in train for piece in held)
    words = sorted("".join(train.split()) + "".join("".join(piece.split()) for piece in held))
    assert words == sorted("".join(text.split()))
    assert hold_out([Document(text, "book")]) == (pieces, removed)


def test_of_a_short_text_a_few_hundred_characters_are_held_out() -> None:
    pieces, _ = hold_out([Document(prose(3000), "page")])
    assert 200 < sum(len(piece.text) for piece in pieces if piece.split == "heldout") < 900


def test_of_many_documents_whole_ones_are_held_out() -> None:
    documents = [Document(prose(500, seed), f"{seed}.txt") for seed in range(100)]
    pieces, _ = hold_out(documents)
    assert len(pieces) == 100
    assert 3 <= sum(piece.split == "heldout" for piece in pieces) <= 12


def test_of_many_books_each_gives_a_part() -> None:
    books = [Document(prose(20_000, seed), f"{seed}.txt") for seed in range(25)]
    pieces, _ = hold_out(books)
    held = {piece.source for piece in pieces if piece.split == "heldout"}
    assert len(held) > 20
    assert held <= {piece.source for piece in pieces if piece.split == "train"}


def test_what_stands_in_both_parts_is_taken_from_what_is_held_out() -> None:
    again = (
        "This very sentence stands in nearly every one of all these little documents, more than a hundred signs of it."
    )
    documents = [Document(f"{prose(300, seed)} {again}", f"{seed}.txt") for seed in range(60)]
    pieces, removed = hold_out(documents)
    held = [piece.text for piece in pieces if piece.split == "heldout"]
    assert held
    assert removed > 0
    assert not any(again in text for text in held)


def test_one_endless_line_is_cut_between_words() -> None:
    line = prose(50_000).replace("\n\n", " ")
    pieces, _ = hold_out([Document(line, "line")])
    assert {piece.split for piece in pieces} == {"train", "heldout"}
    assert all(piece.text.split()[0].strip(".") in WORDS for piece in pieces)
