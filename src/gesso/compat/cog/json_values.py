"""What a model gives as JSON: files in it become data URIs, results dicts, arrays lists, as with Cog's own server."""

from __future__ import annotations

import datetime
import enum
import io
import os
from collections.abc import Iterable, Mapping
from typing import Any

from cog.types import Secret

from gesso.compat.cog.made_files import as_file
from gesso.compat.cog.prediction import Prediction
from gesso.compat.cog.results import parts_of
from gesso.types.file import FileType


def as_json(prediction: Prediction, value: Any) -> Any:
    """Return a value as plain JSON; what cannot be said so stays as it is, and is refused by the output's type."""
    if value is None or (isinstance(value, str | int | float) and not isinstance(value, enum.Enum)):
        return value
    if isinstance(value, os.PathLike | io.IOBase):
        return FileType().to_wire(as_file(prediction, value))
    if (parts := parts_of(value)) is not None:
        return {str(name): as_json(prediction, part) for name, part in parts.items()}
    return _of_object(prediction, value)


def _of_object(prediction: Prediction, value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return as_json(prediction, value.value)
    if isinstance(value, Secret):
        return value.get_secret_value()
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    if hasattr(value, "tolist"):  # numpy, torch
        return value.tolist()
    if isinstance(value, Iterable) and not isinstance(value, bytes | bytearray | Mapping):
        return [as_json(prediction, part) for part in value]
    return value
