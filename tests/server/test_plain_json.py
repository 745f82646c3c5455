from __future__ import annotations

import math
from typing import Any

import pytest

from gesso.server.errors import Refusal
from gesso.server.plain_json import MOST_PARTS, check_parts, check_plain, count_parts


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


@pytest.mark.parametrize(
    ("data", "count"), [(b"", 0), (b"[1,2]", 2), (b'{"a":[{},{}]}', 5), (b'"a, b"', 1), (b"\xff\xfe,", 1)]
)
def test_parts_are_counted_before_they_are_read(data: bytes, count: int) -> None:
    assert count_parts(data) == count


def test_too_many_parts_are_not_read() -> None:
    assert check_parts(b"," * MOST_PARTS)
    with pytest.raises(Refusal) as refused:
        check_parts(b"," * (MOST_PARTS + 1))
    assert refused.value.status_code == 422
