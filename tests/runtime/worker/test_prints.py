"""Prints become lines."""

from __future__ import annotations

import sys

from hypothesis import given
from hypothesis import strategies as st

from gesso.runtime.worker.prints import PrintedLines


def lines_of(*texts: str) -> list[str]:
    heard: list[str] = []
    stream = PrintedLines(1, lambda line, _: heard.append(line))
    for text in texts:
        stream.write(text)
    stream.finish()
    return heard


def test_lines_are_cut_at_newlines() -> None:
    assert lines_of("a\nb", "c\n", "", "d") == ["a", "bc", "d"]


def test_a_progress_bar_shows_its_last_state() -> None:
    assert lines_of("\r10%\r20%\r100%\n") == ["100%"]


def test_a_line_without_end_still_gets_through() -> None:
    assert max(map(len, lines_of("x" * 50_000))) <= 50_000
    assert "".join(lines_of(*["x" * 999] * 50)) == "x" * 999 * 50


@given(texts=st.lists(st.text(alphabet="ab \n")))
def test_nothing_is_lost(texts: list[str]) -> None:
    assert "\n".join(lines_of(*texts)).strip("\n") == "".join(texts).strip("\n")


def test_a_child_process_can_print_to_it() -> None:
    assert PrintedLines(2, print).fileno() == 2
    assert PrintedLines(2, print).encoding == "utf-8"
    assert not sys.stdout.closed
