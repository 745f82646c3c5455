from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gesso.errors import InputError
from gesso.types.arrays import pack_array, unpack_array
from gesso.types.base import Packed
from gesso.types.image import ImageType

REFUSE = ImageType().refuse


def test_memory_is_shared_both_ways() -> None:
    array = np.arange(12, dtype=np.uint16).reshape(3, 4)
    packed = pack_array(array, more=1)
    assert packed.header == {"shape": [3, 4], "dtype": "uint16", "more": 1}
    again = unpack_array(packed, REFUSE, dtypes=("uint16",))
    assert np.shares_memory(array, again)
    assert np.array_equal(array, again)


def test_an_array_with_gaps_is_copied() -> None:
    array = np.arange(12, dtype=np.uint8).reshape(3, 4)[:, ::2]
    assert unpack_array(pack_array(array), REFUSE, dtypes=("uint8",)).tolist() == array.tolist()


@pytest.mark.parametrize(
    "header",
    [
        None,
        [],
        {},
        {"dtype": "object", "shape": [1]},
        {"dtype": "uint8"},
        {"dtype": "uint8", "shape": [3]},
        {"dtype": "uint8", "shape": [10**12, 10**12]},
        {"dtype": "uint8", "shape": ["a"]},
        {"dtype": "uint8", "shape": 4},
    ],
)
def test_a_header_that_does_not_fit_is_refused(header: Any) -> None:
    with pytest.raises(InputError, match="damaged"):
        unpack_array(Packed(header, [b"1234"]), REFUSE, dtypes=("uint8",))
