"""Say which versions a result depends on."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Iterable


def versions_of(distributions: Iterable[str]) -> dict[str, str]:
    """Return the versions of Python and of those libraries that are installed here, by name."""
    found = {"python": platform.python_version()}
    for name in distributions:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # a requirement for another system
    return found
