from __future__ import annotations

import math
from typing import Any

import pytest

from gesso.server.plain_json import check_plain


def nested(depth: int, *, as_objects: bool = False) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = {"a": value} if as_objects else [value]
    return value


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"a": None, "b": [True, -0.0, 1e308, 2**200, "ü🦊\0\\\"'", {"": {}}]},
        {"text": "[[[[{{{{" * 100_000},
        {"text": "a,b," * 1_000_000},
        {"text": '\\"[' * 1000, "[": "{"},
        {"deep": nested(99)},
        {"deep": nested(99, as_objects=True)},
        {"wide": [[] for _ in range(100_000)]},
    ],
)
def test_json_stays_as_it_is(values: dict[str, Any]) -> None:
    assert check_plain(values) is values


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (math.nan, "no NaN"),
        ([[math.inf]], "no infinity"),
        ({"x": -math.inf}, "no infinity"),
        ("\ud800", "whole characters"),
        ({"\udfff": 1}, "whole characters"),
        (nested(100), "100 levels"),
        (nested(100, as_objects=True), "100 levels"),
        ([{"a": nested(60)}, {"a": nested(98)}], "100 levels"),
        (nested(50_000), "100 levels"),
        ([0] * 250_001, "250000 parts"),
        ([{}] * 250_001, "250000 parts"),
    ],
)
def test_what_is_none_is_refused(value: Any, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        check_plain({"a": value})
