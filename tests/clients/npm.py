"""npm packages, installed once into `.cache/clients`. Without Node, or without a way to the registry, a test fails."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

from filelock import FileLock

from tests.conftest import ROOT

_HERE: Final = Path(__file__).parent
_CACHE: Final = ROOT / ".cache" / "clients"
_FILES: Final = ("package.json", "package-lock.json", ".npmrc")


def installed(name: str) -> Path:
    """Return the `node_modules` with what `tests/clients/<name>/package-lock.json` names."""
    source, target = _HERE / name, _CACHE / name
    digest = hashlib.sha256((source / "package-lock.json").read_bytes()).hexdigest()
    target.mkdir(parents=True, exist_ok=True)
    with FileLock(target / "lock"):
        stamp = target / "installed"
        if not stamp.exists() or stamp.read_text() != digest:
            stamp.unlink(missing_ok=True)
            for file in _FILES:
                shutil.copyfile(source / file, target / file)
            npm = shutil.which("npm")
            assert npm, "npm is not here, so the clients of others cannot be tried: install Node 20"
            done = subprocess.run(
                [npm, "ci", "--ignore-scripts"], cwd=target, capture_output=True, text=True, timeout=300, check=False
            )
            assert done.returncode == 0, f"{name} could not be installed: {done.stderr}"
            stamp.write_text(digest)
    return target / "node_modules"


def node_environment(name: str) -> dict[str, str]:
    """Return the environment in which Node finds the packages."""
    return os.environ | {"NODE_PATH": str(installed(name))}
