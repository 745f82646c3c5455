"""Find a Python that a model asks for: the running one if it fits, else another one of this machine.

The places are those where Python's own installer, Homebrew, pyenv, uv and the Linux distributions put one. A file that
is called python is believed only after it was run: pyenv's shims and the Microsoft Store's stub look like one and fail.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from gesso.errors import InstallError

SUPPORTED_PYTHONS: Final = SpecifierSet(">=3.11,<3.14")
"""The Pythons on which a worker runs: the `requires-python` of Gesso itself."""

_SUPPORTED_MINORS = ("3.11", "3.12", "3.13")
_PROBE = "import json,sys,sysconfig,venv;print(json.dumps(['%d.%d.%d'%sys.version_info[:3],sysconfig.get_platform()]))"
_PROBE_TIMEOUT_S = 10.0


@dataclass(frozen=True)
class Interpreter:
    """A Python of this machine: its program, its version ("3.12.1") and its platform ("linux-x86_64")."""

    path: Path
    version: str
    platform: str

    @property
    def minor_version(self) -> str:
        """The version without its last part, "3.12": packages are made for one of these."""
        return ".".join(self.version.split(".")[:2])


def running() -> Interpreter:
    """Return the Python that runs this."""
    version = ".".join(map(str, sys.version_info[:3]))
    return Interpreter(Path(sys.executable), version, sysconfig.get_platform())


def find(wanted: SpecifierSet) -> Interpreter:
    """Return the running Python if `wanted` allows it, else the oldest on this machine that it allows.

    The oldest, because packages are made for it the longest. Raises `InstallError` if there is none. Runs other
    programs, so it takes up to a second.
    """
    here = running()
    if wanted.contains(here.version, prereleases=True):
        return here
    found = [here]
    for path in _candidates():
        interpreter = _probe(path)
        if interpreter is None or interpreter.version in {known.version for known in found}:
            continue
        if wanted.contains(interpreter.version) and SUPPORTED_PYTHONS.contains(interpreter.version):
            return interpreter
        found.append(interpreter)
    raise _none_fits(wanted, found)


def _none_fits(wanted: SpecifierSet, found: list[Interpreter]) -> InstallError:
    versions = ", ".join(sorted({interpreter.version for interpreter in found}, key=Version))
    message = f"The model asks for Python {wanted}, but this machine has {versions}."
    within = wanted & SUPPORTED_PYTHONS
    fitting = [minor for minor in _SUPPORTED_MINORS if any(within.filter(f"{minor}.{patch}" for patch in range(40)))]
    if not fitting:
        oldest, *_, newest = _SUPPORTED_MINORS
        return InstallError(message, hint=f"Gesso runs models on Python {oldest} to {newest}: ask the model's author.")
    return InstallError(
        message,
        hint=f"Install one that fits, Python {fitting[0]}, from python.org beside the one you have, and try again.",
    )


def _probe(path: Path) -> Interpreter | None:
    """Run the program and ask what it is; None if it is no Python that can make environments."""
    try:
        answer = subprocess.run(
            [path, "-I", "-S", "-c", _PROBE], capture_output=True, timeout=_PROBE_TIMEOUT_S, check=True
        )
        version, its_platform = json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return Interpreter(path, version, its_platform)


def _candidates() -> list[Path]:
    """Return what may be a Python, each file once, those whose path names an older version first.

    Those whose path names one that is too old for Gesso are left out.
    """
    programs = {}
    for path in _places():
        with contextlib.suppress(OSError, RuntimeError):  # a folder that we may not look into; a circle of links
            if path.is_file():
                programs[path.resolve()] = path
    young = [path for path in programs.values() if _version_in(path) >= _version_in(Path(_SUPPORTED_MINORS[0]))]
    return sorted(young, key=lambda path: (_version_in(path), str(path)))


def _version_in(path: Path) -> tuple[int, ...]:
    """Return what a path names after "3." (".../3.12.1/bin/python": 12, 1), or a large number if it names nothing."""
    named = re.findall(r"3\.(\d+)(?:\.(\d+))?|[Pp]ython3(\d\d)\b", str(path))
    return tuple(int(part) for part in named[-1] if part) if named else (99,)


def _places() -> Iterator[Path]:
    home = Path.home()
    pyenvs = {home / ".pyenv", home / ".pyenv" / "pyenv-win"}
    for folder in map(Path, os.get_exec_path()):
        if folder.name == "shims":
            pyenvs.add(folder.parent)
        elif folder.is_absolute():  # a PATH may name the current folder, where strangers' files may lie
            yield from _glob(folder, "python3.??", "python3", "python3.??.exe", "python.exe")
    for pyenv in pyenvs:
        yield from _glob(pyenv / "versions", "3.*/bin/python", "3.*/python.exe")
    yield from _glob(home / ".local/share/uv/python", "cpython-3.*/bin/python3")
    if sys.platform == "darwin":  # a program that was started from the Dock has none of these on its PATH
        yield from _glob(Path("/Library/Frameworks/Python.framework/Versions"), "3.*/bin/python3")
        yield from _glob(Path("/opt/homebrew/bin"), "python3.??")
        yield from _glob(Path("/usr/local/bin"), "python3.??")
    if sys.platform == "win32":
        yield from _glob(home / "AppData/Roaming/uv/python", "cpython-3.*/python.exe")
        yield from _of_the_py_launcher()


def _glob(folder: Path, *patterns: str) -> Iterator[Path]:
    for pattern in patterns:
        yield from folder.glob(pattern)


def _of_the_py_launcher() -> Iterator[Path]:
    """Ask Windows' `py` which Pythons were installed; each line ends with the path of one."""
    try:
        listing = subprocess.run(["py", "-0p"], capture_output=True, text=True, timeout=_PROBE_TIMEOUT_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return
    for line in listing.stdout.splitlines():
        if found := re.search(r"[A-Za-z]:\\.*\.exe", line):
            yield Path(found[0])
