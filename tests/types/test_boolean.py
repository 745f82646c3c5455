from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gesso.types.boolean import BooleanType


@pytest.mark.parametrize("given", [True, 1, 1.0, "true", "Yes", " on ", "1", np.True_])
def test_there_are_many_ways_to_say_yes(given: Any) -> None:
    assert BooleanType().coerce(given) is True
    if isinstance(given, str):
        assert BooleanType().parse(given) is True


@pytest.mark.parametrize("given", [False, 0, "false", "no", "OFF", "0", np.False_])
def test_there_are_many_ways_to_say_no(given: Any) -> None:
    assert BooleanType().coerce(given) is False
