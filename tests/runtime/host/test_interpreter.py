from __future__ import annotations

import os
import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from gesso.errors import InstallError
from gesso.runtime.host import interpreter

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any Python but the one that runs this: an empty home and an empty PATH."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(sys, "platform", "linux")  # the fixed places of other systems may hold real ones
    return tmp_path


def put(path: Path, version: str) -> Path:
    """Put a program there that claims to be a Python."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\necho \'["{version}", "linux-easel"]\'\n' if version else "#!/bin/sh\nexit 127\n")
    path.chmod(0o755)
    return path


def test_the_running_python_is_taken_if_it_fits() -> None:
    found = interpreter.find(SpecifierSet(">=3.11"))
    assert found == interpreter.Interpreter(
        Path(sys.executable), "{}.{}.{}".format(*sys.version_info), sysconfig.get_platform()
    )
    assert found.minor_version == f"{sys.version_info.major}.{sys.version_info.minor}"


@posix_only
@pytest.mark.parametrize(
    "place",
    ["bin/python3.12", ".pyenv/versions/3.12.4/bin/python", ".local/share/uv/python/cpython-3.12.4-x/bin/python3"],
)
def test_another_python_is_found_where_people_have_them(
    machine: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interpreter, "running", lambda: interpreter.Interpreter(Path("here"), "3.11.0", "x"))
    there = put(machine / place, "3.12.4")
    assert interpreter.find(SpecifierSet(">=3.12")) == interpreter.Interpreter(there, "3.12.4", "linux-easel")


@posix_only
def test_the_oldest_that_fits_is_taken_and_shims_that_fail_are_passed_over(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interpreter, "running", lambda: interpreter.Interpreter(Path("here"), "3.11.0", "x"))
    put(machine / "bin" / "python3.13", "3.13.1")
    put(machine / "bin" / "python3.12", "")
    monkeypatch.setenv("PATH", f"{machine / 'py' / 'shims'}{os.pathsep}{machine / 'bin'}")
    put(machine / "py" / "shims" / "python3.12", "3.12.0")  # of pyenv: its versions are looked at instead
    assert interpreter.find(SpecifierSet(">3.11.0")).version == "3.13.1"
    put(machine / "py" / "versions" / "3.12.9" / "bin" / "python", "3.12.9")
    assert interpreter.find(SpecifierSet(">3.11.0")).version == "3.12.9"


@posix_only
def test_the_current_folder_is_no_place_for_a_python(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreter, "running", lambda: interpreter.Interpreter(Path("here"), "3.11.0", "x"))
    monkeypatch.setenv("PATH", f".{os.pathsep}{os.pathsep}bin")
    monkeypatch.chdir(machine)
    put(machine / "bin" / "python3.12", "3.12.4")
    put(machine / "python3.12", "3.12.4")
    (machine / ".pyenv").symlink_to(machine / ".pyenv")
    with pytest.raises(InstallError):
        interpreter.find(SpecifierSet(">=3.12"))


@posix_only
def test_if_none_fits_the_error_says_which_is_asked_and_which_are_here(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interpreter, "running", lambda: interpreter.Interpreter(Path("here"), "3.11.0", "x"))
    put(machine / "bin" / "python3.12", "3.12.4")
    put(machine / "bin" / "python3.8", "3.8.1")
    with pytest.raises(InstallError) as caught:
        interpreter.find(SpecifierSet("==3.13.*"))
    assert caught.value.message == "The model asks for Python ==3.13.*, but this machine has 3.11.0, 3.12.4."
    assert "Python 3.13, from python.org" in caught.value.hint


@pytest.mark.parametrize("wanted", ["<3.9", ">=3.20"])
def test_a_python_on_which_gesso_does_not_run_is_nothing_to_install(machine: Path, wanted: str) -> None:
    with pytest.raises(InstallError) as caught:
        interpreter.find(SpecifierSet(wanted))
    assert caught.value.hint == "Gesso runs models on Python 3.11 to 3.13: ask the model's author."


def test_the_pythons_are_those_of_the_distribution() -> None:
    root = Path(__file__).parents[3]
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert SpecifierSet(project["requires-python"]) == interpreter.SUPPORTED_PYTHONS
