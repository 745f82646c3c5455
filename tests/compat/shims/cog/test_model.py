"""Cog's `BaseModel` takes parts by name or in order, and leaves out what may be None."""

from __future__ import annotations

import pydantic
import pytest
from cog import BaseModel, Path


class Output(BaseModel):
    text: str
    file: Path | None
    tags: list[str] = []  # noqa: RUF012 - as models write it
    count: int = pydantic.Field(default=3)


class Wider(Output, auto_dataclass=True):
    more: int


def test_parts_come_by_name_or_in_order() -> None:
    assert Output(text="a") == Output("a")
    assert Output("a", Path("b")).file == Path("b")
    assert Output(text="a").dict() == {"text": "a", "file": None, "tags": [], "count": 3}
    assert Wider(text="a", more=1).model_dump()["more"] == 1
    assert repr(Output("a")) == "Output(text='a', file=None, tags=[], count=3)"
    assert Output("a").json() == '{"text": "a", "file": null, "tags": [], "count": 3}'


def test_a_default_is_not_shared() -> None:
    Output("a").tags.append("x")
    assert Output("a").tags == []


@pytest.mark.parametrize(
    ("args", "kwargs"), [((), {}), (("a",), {"text": "b"}), ((1, 2, 3, 4, 5), {}), (("a",), {"no": 1})]
)
def test_what_does_not_fit_is_refused(args: tuple[object, ...], kwargs: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        Output(*args, **kwargs)
