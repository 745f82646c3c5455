"""What a model gives as a file (a path, an open file, bytes) becomes a file of the run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from gesso.compat.cog.prediction import Prediction
from gesso.errors import InputError, ModelError
from gesso.types.file import File, FileType
from gesso.types.given import describe, describe_name


def as_file(prediction: Prediction, value: Any) -> File:
    """Return the file that a model gave, or raise `ModelError`."""
    if isinstance(value, str) and value.startswith("data:"):
        return _of_data_uri(value)
    if isinstance(value, str | os.PathLike):
        return _of_path(prediction, Path(value))
    if isinstance(value, bytes | bytearray):
        return File(bytes(value))
    if hasattr(value, "read"):
        return _of_open_file(prediction.close_later(value))
    raise ModelError(f"The model says that it returns a file, but it returned {describe(value)}.")


def _of_path(prediction: Prediction, path: Path) -> File:
    try:
        return File(prediction.keep(path))
    except OSError as error:
        said = error.strerror or error
        raise ModelError(f"The model returned the path {describe_name(path)}, which cannot be read: {said}.") from error


def _of_open_file(opened: Any) -> File:
    if hasattr(opened, "seek") and (not hasattr(opened, "seekable") or opened.seekable()):
        opened.seek(0)  # what was just written is meant, from its beginning
    content = opened.read()
    named = getattr(opened, "name", "")
    name = Path(named).name if isinstance(named, str) else ""
    return File(content.encode() if isinstance(content, str) else bytes(content), name=name)


def _of_data_uri(text: str) -> File:
    try:
        return FileType().coerce(text)
    except InputError as error:
        raise ModelError(f"The model returned a data URI that cannot be read: {error.given}.") from error
