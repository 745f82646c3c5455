"""The environment of a peer: made once, in `.cache/peers`, with what it says that it needs, unmodified."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import Final

from benchmarks.peers.peer import ROOT, Peer

_CACHE: Final = ROOT / ".cache" / "peers"
_TIMEOUT_S: Final = 1200
_STAMP: Final = "installed.txt"


class NotInstalledError(Exception):
    """A peer cannot be installed; the message is what the installer said last."""


def python_of(peer: Peer) -> Path:
    """Return the Python of a peer's environment, and make it if it is not there or has not what is asked for.

    Raises `NotInstalledError`.
    """
    if not peer.requirements:
        return Path(sys.executable)
    folder = _CACHE / (peer.environment or peer.name)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    wanted = "\n".join((sys.version, *peer.requirements))
    stamp = folder / _STAMP
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        _make(folder, python, requirements=peer.requirements)
        stamp.write_text(wanted, encoding="utf-8")
    return python


def _make(folder: Path, python: Path, *, requirements: tuple[str, ...]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    words: tuple[str | Path, ...] = (
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        *requirements,
    )
    try:
        venv.create(folder, with_pip=True)
        subprocess.run(words, check=True, capture_output=True, text=True, timeout=_TIMEOUT_S)
    except subprocess.CalledProcessError as error:
        said = [line for line in str(error.stderr).splitlines() if line.startswith("ERROR")]
        raise NotInstalledError((said or [str(error)])[0]) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstalledError(str(error)) from error
