from __future__ import annotations

import json

import pytest

from gesso.cli.results import shown
from gesso.types.base import Json


@pytest.mark.parametrize(
    ("value", "lines", "last"),
    [
        ([{"x": number} for number in range(33)], 7, "]"),
        ([f"line {number}" for number in range(50)], 5, "... 46 more (--json shows all)"),
        (list(range(500)), 1, "99, ... 400 more (--json shows all)]"),
    ],
)
def test_a_long_list_is_cut_for_a_person_and_whole_for_a_program(value: Json, lines: int, last: str) -> None:
    cut = shown(value, is_whole=False).splitlines()
    assert len(cut) == lines
    assert cut[-1].endswith(last)
    assert "more (--json shows all)" in "".join(cut)
    assert "more" not in shown(value)


@pytest.mark.parametrize("value", [[{"x": 1}, {"x": 2}], ["a", "b"], [1, 2, 3], "a text", 0.5, {"a": [1] * 500}, []])
def test_what_is_short_is_whole(value: Json) -> None:
    assert shown(value, is_whole=False) == shown(value)
    if not isinstance(value, str) and value != ["a", "b"]:
        assert json.loads(shown(value)) == value
