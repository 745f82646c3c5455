from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.bots.wording import answer_of, pieces, shorten, without_calls

FAMILY = "👨‍👩‍👧"


def said(made: str, *, prompt: str = "", characters: int = 400) -> str:
    return answer_of(made, prompt=prompt, name="Poet", authors={"Ada", "Poet"}, characters=characters)


def test_only_its_own_lines_are_its_answer() -> None:
    assert said(" The river.\nIt waits.\nAda: oh\nPoet: yes") == "The river.\nIt waits."
    assert said("Poet: The river.") == "The river."
    assert said("Ada: I speak for others") == ""
    assert said("The river\nAda：full-width") == "The river"


def test_a_prompt_that_is_repeated_is_taken_away() -> None:
    assert said("Ada: hi\nPoet: The river.", prompt="Ada: hi\nPoet:") == "The river."


def test_signs_that_do_something_are_taken_away() -> None:
    assert said("a\x00b\x1b[2Jc\x07") == "ab[2Jc"


@pytest.mark.parametrize(
    ("text", "most", "short"),
    [
        ("One. Two. Three.", 10, "One. Two."),
        ("Why? Because it is so", 12, "Why?"),
        ("今日は。明日は晴れ", 5, "今日は。"),
        ("a word and another word", 13, "a word and…"),
        ("unbreakable", 6, "unbre…"),
        ("short", 5, "short"),
    ],
)
def test_an_answer_ends_with_a_sentence_or_a_word(text: str, most: int, short: str) -> None:
    assert shorten(text, most) == short


def test_no_sign_is_cut_apart() -> None:
    assert shorten(FAMILY * 3, len(FAMILY) + 3) == f"{FAMILY}…"
    assert shorten("e\N{COMBINING ACUTE ACCENT}" * 5, 6) == "e\N{COMBINING ACUTE ACCENT}" * 2 + "…"
    assert shorten("🇫🇷🇩🇪🇬🇷", 4) == "🇫🇷…"
    assert shorten("👍🏽👍🏽👍🏽", 4) == "👍🏽…"


@given(st.text(max_size=300), st.integers(min_value=5, max_value=50))
def test_whatever_a_text_is_it_is_no_longer_than_it_may_be(text: str, most: int) -> None:
    assert len(shorten(text, most)) <= most
    cut = pieces(text, most)
    assert all(0 < len(piece) <= most for piece in cut)
    assert "".join("".join(cut).split()) == "".join(text.split())


@pytest.mark.parametrize(
    "text", ["@everyone", "@here and there", "<@123>", "<@!123>", "<@&77>", "hello @ada", "＠everyone"]
)
def test_nobody_is_called(text: str) -> None:
    tame = without_calls(text)
    assert "\N{ZERO WIDTH SPACE}" in tame
    assert "@everyone" not in tame
    assert "<@1" not in tame
    assert "<@&" not in tame


def test_an_address_of_mail_or_a_lone_sign_stays_readable() -> None:
    assert without_calls("three @ 5 euros") == "three @ 5 euros"
    assert without_calls("ada@example.org").replace("\N{ZERO WIDTH SPACE}", "") == "ada@example.org"
