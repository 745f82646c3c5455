"""The programs that install packages: which command makes an environment, and which puts packages into it."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeAlias

from packaging.version import Version

from gesso.errors import SettingsError

InstallerName: TypeAlias = Literal["pip", "uv"]
"""The installers that Gesso can use."""

_PIP_WITH_RAW_PROGRESS = Version("24.1")  # since then `--progress-bar raw` says how many bytes have come


def python_in(folder: Path) -> Path:
    """Return the interpreter of the environment in a folder."""
    return folder / "Scripts" / "python.exe" if sys.platform == "win32" else folder / "bin" / "python"


def make_command(installer: InstallerName, folder: Path, *, python: Path) -> list[str]:
    """Return the command that makes an empty environment in `folder` with the interpreter `python`.

    pip of the environment that runs this installs into others, so that they need none of their own, which saves two
    seconds each; only where there is none here, it comes along.
    """
    needs_own_pip = installer == "pip" and not _is_pip_here()
    return [str(python), "-I", "-m", "venv", *([] if needs_own_pip else ["--without-pip"]), str(folder)]


def install_command(
    installer: InstallerName,
    folder: Path,
    *,
    requirements: Sequence[str],
    constraints: Path | None,
    is_without_dependencies: bool = False,
) -> list[str]:
    """Return the command that installs requirements into the environment in `folder`, in one resolution."""
    begin = _uv_install(folder) if installer == "uv" else _pip_install(folder)
    limits = [] if constraints is None else ["--constraint", str(constraints)]
    alone = ["--no-deps"] if is_without_dependencies else []
    return [*begin, *limits, *alone, "--", *requirements]


def _is_pip_here() -> bool:
    return importlib.util.find_spec("pip") is not None


def _pip_install(folder: Path) -> list[str]:
    if not _is_pip_here():
        return [str(python_in(folder)), "-I", "-m", "pip", "install", "--progress-bar", "off"]
    has_raw_progress = Version(importlib.metadata.version("pip")) >= _PIP_WITH_RAW_PROGRESS
    # -P: a file of the current folder that is called pip.py is not pip
    pip = [sys.executable, "-P", "-m", "pip", "--python", str(python_in(folder)), "install"]
    return [*pip, "--progress-bar", "raw" if has_raw_progress else "off"]


def _uv_install(folder: Path) -> list[str]:
    if program := shutil.which("uv"):
        uv = [program]
    elif importlib.util.find_spec("uv") is not None:
        uv = [sys.executable, "-P", "-m", "uv"]
    else:
        raise SettingsError(
            "The setting for the installer says uv, but uv is not on this machine.",
            hint="Install it (pip install uv), or set the installer to pip.",
        )
    return [*uv, "pip", "install", "--python", str(python_in(folder)), "--color", "never"]
