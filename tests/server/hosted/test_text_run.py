from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.server.hosted.text_run import Cut, Written


@given(
    text=st.text(alphabet="ab\n", max_size=30),
    words=st.lists(st.text(alphabet="ab\n", min_size=1, max_size=4), max_size=3),
    sizes=st.lists(st.integers(1, 5), min_size=1, max_size=30),
)
def test_a_text_in_pieces_is_cut_where_the_whole_would_be(text: str, words: list[str], sizes: list[int]) -> None:
    cut, taken, left = Cut(words), "", text
    for size in sizes * 30:
        if not left or cut.is_found:
            break
        taken, left = taken + cut.take(left[:size]), left[size:]
    ends = [(text.find(word) + len(word), text.find(word)) for word in words if word in text]
    assert taken + cut.rest() == (text[: min(ends)[1]] if ends else text)


@pytest.mark.parametrize(("limit", "text", "reason"), [(None, "a b", "stop"), (2, "a b", "length"), (3, "a b", "stop")])
def test_why_it_ended_is_told_by_words(limit: int | None, text: str, reason: str) -> None:
    assert Written(limit, text).finish_reason == reason


def test_why_it_ended_is_told_by_tokens_where_they_are_known() -> None:
    assert Written(3, "a b c d", parts=2, has_tokens=True).finish_reason == "stop"
    assert Written(3, "", parts=3, has_tokens=True).finish_reason == "length"
    assert Written(3, "", parts=3, has_tokens=True, is_cut=True).finish_reason == "stop"
