"""How an array travels to another process: its shape and kind in the header, its memory as the one buffer, no copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.types.base import Json, Packed
from gesso.types.source import Refuse


def pack_array(array: NDArray[Any], **more: Json) -> Packed:
    """Return an array as `{"shape", "dtype", **more}` and its memory; it is copied only if it has gaps."""
    whole = np.ascontiguousarray(array)
    raw = whole.reshape(-1).view(np.uint8)
    return Packed({"shape": list(whole.shape), "dtype": whole.dtype.name, **more}, [raw.data])


def unpack_array(packed: Packed, refuse: Refuse, *, dtypes: Sequence[str]) -> NDArray[Any]:
    """Return the array again, on the buffer's memory; a header that does not fit its buffer raises `InputError`."""
    header = packed.header
    if not isinstance(header, Mapping) or header.get("dtype") not in dtypes or len(packed.buffers) != 1:
        raise refuse("a damaged message")
    try:
        array = np.frombuffer(packed.buffers[0], dtype=header["dtype"])
        return array.reshape([int(side) for side in header["shape"]])
    except (KeyError, TypeError, ValueError) as error:
        raise refuse("a damaged message") from error
