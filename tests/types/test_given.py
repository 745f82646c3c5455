from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gesso.types.given import between, describe, describe_bytes, size


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        (True, "yes (true)"),
        (7, "the number 7"),
        (0.1, "the number 0.1"),
        (10**400, "a very large number"),
        (float("nan"), "not a number (NaN)"),
        (float("-inf"), "infinity"),
        ("six", 'the text "six"'),
        ("", "an empty text"),
        ("a\x1b[31m\ud800", 'the text "a�[31m�"'),
        ("x" * 99, f'the text "{"x" * 60}…" (99 characters)'),
        ([1, 2], "a list of 2"),
        ({"a": 1}, "an object with 1 field"),
        ({}, "an object with 0 fields"),
        (np.zeros((2, 3)), "an array of shape (2, 3) and type float64"),
        (np.float32(0.5), "the value 0.5 of type float32"),
        (Path("fox.txt"), 'the path "fox.txt"'),
        (object(), "a value of the Python type object"),
        (b"%PDF-1.7", "a PDF of 8 bytes"),
    ],
)
def test_values_are_said_in_words(value: Any, words: str) -> None:
    assert describe(value) == words


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "an empty file"),
        (b"a", "a text file of 1 byte"),
        (b'<?xml version="1.0"?>\n<svg/>', "an SVG drawing of 28 bytes"),
        (b"8BPS\x00\x01", "a Photoshop file of 6 bytes"),
        (b"\x00\x01", "an unknown kind of file of 2 bytes"),
        (b"\x89PNG\r\n\x1a\n", "a PNG picture of 8 bytes"),
        (b"\x00\x00\x00\x18ftypheic", "a HEIC picture of 12 bytes"),
    ],
)
def test_files_are_known_by_their_first_bytes(data: bytes, words: str) -> None:
    assert describe_bytes(data) == words
    assert describe_bytes(data, size_bytes=3_200_000).endswith("of 3.2 MB")


def test_sizes_are_said_in_units() -> None:
    assert [size(count) for count in (1, 999, 1000, 999_999, 3_200_000, 2 * 10**12, 10**16)] == [
        "1 byte",
        "999 bytes",
        "1 kB",
        "1 MB",
        "3.2 MB",
        "2 TB",
        "1e+04 TB",
    ]


def test_limits_of_a_count_are_said_where_they_were_set() -> None:
    assert between(0, 10, default=10) == ""
    assert between(0, 5, default=10) == "at most 5 "
    assert between(2, 5, default=10) == "2 to 5 "
    assert between(2, 2, default=10) == "2 "
