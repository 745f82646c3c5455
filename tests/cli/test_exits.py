from __future__ import annotations

import pytest

from gesso import errors
from gesso.cli.exits import MEANINGS, code_of


@pytest.mark.parametrize("name", [name for name in errors.__all__ if name.endswith("Error")])
def test_every_error_has_a_code_that_means_something(name: str) -> None:
    kind = getattr(errors, name)
    error = kind("a", "b") if kind is errors.InputError else kind("a")
    assert code_of(error) in MEANINGS
    assert code_of(error) != 0


def test_a_kind_below_has_the_code_of_the_one_above() -> None:
    assert code_of(errors.ModelError("")) == code_of(errors.RunError(""))
