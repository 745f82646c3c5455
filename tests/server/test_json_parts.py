from __future__ import annotations

import pytest

from gesso.server.errors import Refusal
from gesso.server.json_parts import check_parts, count_parts
from gesso.server.plain_json import MOST_PARTS


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
