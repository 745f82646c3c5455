"""Look at the installation: what Gesso needs from this computer to work."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from gesso.doctor.finding import Finding
from gesso.settings import Settings
from gesso.types.given import size
from gesso.version import VERSION

_ENOUGH_BYTES: Final = 5_000_000_000  # one environment with torch, and weights for it
_LITTLE_BYTES: Final = 500_000_000  # one small environment
_ASK_TIMEOUT_S: Final = 10.0


def look_at_installation(settings: Settings) -> Iterator[Finding]:
    """Yield a finding for each thing that Gesso needs."""
    yield Finding(title=f"Gesso {VERSION} on Python {platform.python_version()}, {platform.platform(terse=True)}")
    home = _home(settings.home)
    yield home
    if home.kind == "good":
        yield _space(settings.home)
    yield _installer(settings.installer)
    yield Finding(title=f"Device: {_device()}")


def _home(home: Path) -> Finding:
    title = f"Home folder: {home}"
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            return Finding(title=title)
    except OSError as error:
        return Finding(
            title=title,
            kind="problem",
            message=f"Gesso cannot write there: {error.strerror}.",
            hint="Make the folder yours, or name another one in the environment variable GESSO_HOME.",
        )


def _space(home: Path) -> Finding:
    free = shutil.disk_usage(home).free
    title = f"Room on the disk: {size(free)}"
    if free >= _ENOUGH_BYTES:
        return Finding(title=title)
    return Finding(
        title=title,
        kind="remark" if free >= _LITTLE_BYTES else "problem",
        message=f"Only {size(free)} are free. Models with large libraries need several gigabytes each.",
        hint="Make room, or move Gesso's folder with GESSO_HOME.",
    )


def _installer(name: str) -> Finding:
    title = f"Installer: {name}"
    if name == "uv":
        is_there, hint = shutil.which("uv") is not None, "Install uv, or set GESSO_INSTALLER=pip."
    else:
        is_there = all(importlib.util.find_spec(module) for module in ("venv", "ensurepip"))
        hint = "On Debian and Ubuntu: sudo apt install python3-venv"
    if is_there:
        return Finding(title=title)
    return Finding(title=title, kind="problem", message=f"{name} is not there.", hint=hint)


def _device() -> str:
    """Say which device there is, as far as one can tell without a model's own libraries."""
    program = shutil.which("nvidia-smi")
    if program is not None:
        try:
            told = subprocess.run(
                [program, "--query-gpu=name,memory.total", "--format=csv,noheader"],
                capture_output=True, text=True, timeout=_ASK_TIMEOUT_S, check=True,
            )  # fmt: skip
            return "cuda: " + "; ".join(told.stdout.strip().splitlines())
        except (OSError, subprocess.SubprocessError):
            pass  # the program is there and the card is not
    if sys.platform == "darwin" and platform.machine() == "arm64":
        return "mps: the graphics unit of this Mac"
    return "cpu"
