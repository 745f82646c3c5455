from __future__ import annotations

import pytest

from gesso.bots.networks.x_text import fitting, weight, without_callers
from gesso.bots.wording import shorten


@pytest.mark.parametrize(
    ("text", "weighs"),
    [
        ("fox", 3),
        ("狐", 2),
        ("🦊", 2),
        ("é“”…–", 5 + 1),
        ("Лиса", 4),
        ("see https://example.org/" + "x" * 200, 27),
        ("", 0),
    ],
)
def test_a_text_weighs_what_x_says(text: str, weighs: int) -> None:
    assert weight(text) == weighs


@pytest.mark.parametrize("text", ["fox " * 200, "狐" * 400, "🦊" * 300, "short", "https://example.org/" + "x" * 400])
def test_what_is_too_heavy_is_shortened_and_no_more_than_needed(text: str) -> None:
    made = fitting(text, shorten)
    assert weight(made) <= 280
    assert made == text or weight(made) > 100


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("@poet hello", "hello"),
        ("@ada @poet hello", "hello"),
        ("hello @Poet and @ada", "hello  and @ada"),
        ("@poet", ""),
        ("hello @poets", "hello @poets"),
        ("a@poet.example", "a.example"),
    ],
)
def test_those_whom_a_post_is_addressed_to_are_left_out(text: str, left: str) -> None:
    assert without_callers(text, "poet") == left
