"""Tiny packages to install, made in a moment, and pip told to look nowhere else."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

BACKEND = """
import os, time, zipfile
HERE = os.path.dirname(os.path.abspath(__file__))
NAME, VERSION = "slow", "1.0"
METADATA = f"Metadata-Version: 2.1\\nName: {NAME}\\nVersion: {VERSION}\\n"

def build_wheel(folder, config_settings=None, metadata_directory=None):
    with open(os.path.join(HERE, "builds"), "a") as builds:
        print(os.getpid(), file=builds)
    end = time.monotonic() + 60
    while os.path.exists(os.path.join(HERE, "wait")) and time.monotonic() < end:
        time.sleep(0.01)
    name = f"{NAME}-{VERSION}-py3-none-any.whl"
    info = f"{NAME}-{VERSION}.dist-info"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        wheel.writestr(f"{NAME}.py", "")
        wheel.writestr(f"{info}/METADATA", METADATA)
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{info}/RECORD", "")
    return name

def prepare_metadata_for_build_wheel(folder, config_settings=None):
    info = f"{NAME}-{VERSION}.dist-info"
    os.makedirs(os.path.join(folder, info))
    with open(os.path.join(folder, info, "METADATA"), "w") as file:
        file.write(METADATA)
    return info
"""


class Shelf:
    """A folder of packages, the only one where pip looks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir()
        for name, version in (("msgspec", "0.18"), ("numpy", "1.26"), ("numpy", "2.0"), ("pillow", "10.0")):
            self.put(name, version)

    def put(self, name: str, version: str, *, requires: Sequence[str] = (), python: str = "") -> Path:
        """Put a package there that holds one module, which knows its version."""
        info = f"{name}-{version}.dist-info"
        lines = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}", *(f"Requires-Dist: {r}" for r in requires)]
        lines += [f"Requires-Python: {python}"] if python else []
        path = self.folder / f"{name}-{version}-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as wheel:
            wheel.writestr(f"{name}.py", f"VERSION = {version!r}\n")
            wheel.writestr(f"{info}/METADATA", "\n".join(lines) + "\n")
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")
        return path


class SlowPackage:
    """A package that has to be built, which takes for as long as one says."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir()
        (folder / "backend.py").write_text(BACKEND)
        system = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        (folder / "pyproject.toml").write_text(system + '[project]\nname = "slow"\nversion = "1.0"\n')
        self.hold()

    @property
    def requirement(self) -> str:
        return f"slow @ {self._folder.as_uri()}"

    @property
    def builds(self) -> int:
        """How often its build has begun."""
        path = self._folder / "builds"
        return len(path.read_text().splitlines()) if path.exists() else 0

    def hold(self) -> None:
        (self._folder / "wait").touch()

    def let_go(self) -> None:
        (self._folder / "wait").unlink()


def look_only_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have pip find packages in one folder and nowhere else, whatever this machine's settings say."""
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
