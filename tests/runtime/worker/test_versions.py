"""The versions that a result depends on."""

from __future__ import annotations

import platform

import numpy as np

from gesso.runtime.worker.versions import versions_of


def test_python_and_what_is_there() -> None:
    assert versions_of(["numpy", "no-such-library"]) == {
        "python": platform.python_version(),
        "numpy": np.__version__,
    }
