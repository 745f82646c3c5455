"""A disk that is soon full."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder in which no more than about 2 MB can be written, for real.

    Where we may, it is a small tmpfs; elsewhere no file of this process may grow beyond that while the test runs.
    """
    folder = tmp_path / "small"
    folder.mkdir()
    with _mounted(folder) if _mount(folder) else _limited(2_000_000):
        yield folder


def _mount(folder: Path) -> bool:
    mount = shutil.which("mount") if sys.platform == "linux" else None
    command = [str(mount), "-t", "tmpfs", "-o", "size=2m", "gesso-test", str(folder)]
    return mount is not None and subprocess.run(command, capture_output=True, check=False).returncode == 0


@contextlib.contextmanager
def _mounted(folder: Path) -> Iterator[None]:
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextlib.contextmanager
def _limited(size_bytes: int) -> Iterator[None]:
    if sys.platform != "win32":
        import resource

        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
    else:
        pytest.skip("needs a disk that is soon full, and Windows makes none without an administrator")
