"""Stands for the package `cog`, so that a model written for it runs where only this folder is on the path.

    PYTHONPATH=src/gesso/compat/shims python -c "from predict import Predictor; ..."

What it has, it has under the names that https://cog.run/python gives them. It needs nothing but Python; pydantic is
imported only where a model itself brings it. Serving and building images are not its trade: Gesso does the first.
"""

from __future__ import annotations

from typing import Any

from cog.decorators import concurrent, streaming
from cog.exceptions import CancelationException
from cog.input import FieldInfo, Input
from cog.model import BaseModel
from cog.opaque import Opaque
from cog.predictor import BasePredictor, BaseRunner
from cog.scope import Scope, current_scope
from cog.types import (
    AsyncConcatenateIterator,
    ConcatenateIterator,
    File,
    Path,
    Secret,
    URLFile,
    URLPath,
)

__version__ = "0.23.1"
"""The version whose documentation this follows; models ask for it to choose between old and new habits."""

__all__ = [
    "AsyncConcatenateIterator",
    "BaseModel",
    "BasePredictor",
    "BaseRunner",
    "CancelationException",
    "ConcatenateIterator",
    "ExperimentalFeatureWarning",
    "FieldInfo",
    "File",
    "Input",
    "Opaque",
    "Path",
    "Scope",
    "Secret",
    "URLFile",
    "URLPath",
    "__version__",
    "concurrent",
    "current_scope",
    "emit_metric",
    "streaming",
]


class ExperimentalFeatureWarning(FutureWarning):
    """Was given by old versions; models still import it to silence it."""


def emit_metric(name: str, value: Any) -> None:
    """Record a metric: the old name of `current_scope().record_metric`."""
    current_scope().record_metric(name, value)
